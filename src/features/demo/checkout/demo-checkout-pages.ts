import type { Moment } from '../../../platform/process/clock.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import type { Request, Response, Router } from 'express';
import { wrongCodesOf } from '../../booking/quotes/rejection-service.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { rawFieldOf, rawTextOf } from '../../../platform/http/request.ts';
import { addedSentence, payableText, refusalSentence } from './demo-checkout-sentences-view.ts';
import { checkoutView, type CodeBoxState } from './demo-checkout-view.ts';
import {
  addCode,
  alternativeWith,
  confirmCheckout,
  readCheckout,
  setCodes,
  startCheckout,
} from './demo-checkout-service.ts';
import {
  rememberCheckout,
  rememberRedemption,
  sayOnce,
  takeMessage,
  type DemoCheckout,
} from '../trips/demo-session-form.ts';
import { bookingOf, demoTrip, type DemoTrip } from '../trips/demo-trip-service.ts';
import type { HoldWithEvaluation } from '../../booking/holds/hold-service.ts';
import { redemptionOfHold } from '../../booking/redemptions/redemption-service.ts';

const PATH = '/demo/checkout';
const MAX_TYPED_LENGTH = 1000;

interface Open {
  readonly checkout: DemoCheckout;
  readonly trip: DemoTrip;
  readonly seen: HoldWithEvaluation;
}

/** Codes in, price out, and the booking itself. */
export function demoCheckoutPages(flow: Shell): Router {
  const { database, clock, wrongCodes } = flow;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  // Booked, but the process died before the visitor's session knew: they see that booking, and nothing is booked again.
  router.use(PATH, async (req, res, next) => {
    const booked = req.session.demo === undefined ? null : await redemptionOfHold(database, req.session.demo.holdId);
    if (booked === null) {
      next();
      return;
    }
    rememberRedemption(req, booked);
    res.redirect(303, `/demo/confirmation/${booked}`);
  });

  router.get(PATH, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      redirectWithoutCheckout(req, res);
      return;
    }
    show(req, res, open, { typed: rawTextOf(req.query.code).slice(0, MAX_TYPED_LENGTH), error: null });
  });

  router.post(`${PATH}/codes`, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      redirectWithoutCheckout(req, res);
      return;
    }
    const { t } = res.locals;
    const typed = rawFieldOf(req, 'code').slice(0, MAX_TYPED_LENGTH);
    const refuse = (status: number, error: string): void => {
      res.status(status);
      show(req, res, open, { typed, error });
    };
    if (typed.trim() === '') {
      refuse(422, t('booking:code_box.empty'));
      return;
    }
    const who = { caller: null, client: null, address: req.ip ?? '' };
    try {
      wrongCodes.assertNotBlocked(who);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.details.retryAfterSeconds !== undefined)
        res.set('Retry-After', String(error.details.retryAfterSeconds));
      refuse(error.status, errorSentence(error.code, res.locals.t));
      return;
    }
    const added = await addCode(database, open.seen, typed, moment());
    if (added.kind === 'refused') {
      const wrong = wrongCodesOf([added.rejected]);
      if (wrong > 0) await wrongCodes.countWrongCodes(who, wrong);
    }
    if (added.kind !== 'added') {
      refuse(422, refusalSentence(added, res));
      return;
    }
    keepCodes(req, open.checkout, added.seen, added.code);
    sayOnce(req, ...addedSentence(added, res));
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/codes/remove`, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      redirectWithoutCheckout(req, res);
      return;
    }
    const code = rawFieldOf(req, 'code');
    const rest = open.checkout.codes.filter((one) => one !== code);
    const setAside = open.checkout.setAside.filter((one) => one !== code);
    const seen = await setCodes(database, open.checkout.holdId, rest, moment());
    rememberCheckout(req, { ...open.checkout, codes: rest, setAside });
    sayOnce(req, res.locals.t('booking:code_box.removed', { code, payable: payableText(seen, res) }), 'info');
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/alternative`, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      redirectWithoutCheckout(req, res);
      return;
    }
    const chosen = alternativeWith(
      open.seen.evaluation,
      rawFieldOf(req, 'codes')
        .split('\n')
        .map((code) => code.trim()),
    );
    if (chosen !== null) {
      const seen = await setCodes(database, open.checkout.holdId, chosen, moment());
      const left = [...open.checkout.codes, ...open.checkout.setAside].filter((code) => !chosen.includes(code));
      rememberCheckout(req, { ...open.checkout, codes: chosen, setAside: [...new Set(left)] });
      sayOnce(
        req,
        res.locals.t('booking:code_box.switched', { codes: chosen.join(', '), payable: payableText(seen, res) }),
      );
    }
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/confirm`, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      redirectWithoutCheckout(req, res);
      return;
    }
    const { expectedPayable, key } = confirmation(req);
    const { holdId, reference, bookingNumber } = open.checkout;
    const outcome = await confirmCheckout(
      database,
      { holdId, reference, bookingNumber, expectedPayable, key },
      moment(),
    );
    if (outcome.kind === 'redeemed') {
      rememberRedemption(req, outcome.redemption.id);
      res.redirect(303, `/demo/confirmation/${outcome.redemption.id}`);
      return;
    }
    if (outcome.code === 'quote_changed') {
      const renewed = await openCheckout(req);
      res.status(409);
      show(req, res, renewed ?? open, { typed: '', error: null }, expectedPayable);
      return;
    }
    redirectWithoutCheckout(req, res);
  });
  return router;

  /** The booking in hand; a hold that was taken away is made again with the same codes. */
  async function openCheckout(req: Request): Promise<Open | null> {
    const checkout = req.session.demo;
    const trip = checkout === undefined ? null : demoTrip(checkout.choice.tripId);
    if (checkout === undefined || trip === null) return null;
    const seen = await readCheckout(database, checkout.holdId, moment());
    if (seen !== null) return { checkout, trip, seen };
    const booking = bookingOf(trip, checkout.choice, checkout.reference);
    const started = await startCheckout(database, booking, checkout.codes, moment());
    const renewed = { ...checkout, ...started, bookingNumber: checkout.bookingNumber };
    rememberCheckout(req, renewed);
    const again = await readCheckout(database, started.holdId, moment());
    return again === null ? null : { checkout: renewed, trip, seen: again };
  }

  function show(
    req: Request,
    res: Response,
    { checkout, trip, seen }: Open,
    box: CodeBoxState,
    priceBefore: number | null = null,
  ): void {
    const { locale, t } = res.locals;
    const page = checkoutView({
      checkout,
      trip,
      evaluation: seen.evaluation,
      box,
      priceBefore,
      message: takeMessage(req),
      locale,
      t,
    });
    renderPage(res, 'demo/checkout/checkout', { ...page, confirmKey: generateToken('confirm_') }, 'public');
  }
}

function keepCodes(req: Request, checkout: DemoCheckout, seen: HoldWithEvaluation, added: string): void {
  const codes = seen.hold.codes.map(({ code }) => code);
  rememberCheckout(req, { ...checkout, codes, setAside: checkout.setAside.filter((code) => code !== added) });
}

/** A visitor who just booked and comes back, or sends the form once more, sees that booking, not an error. */
function redirectWithoutCheckout(req: Request, res: Response): void {
  const last = req.session.demoRedemptions?.at(-1);
  res.redirect(303, last !== undefined ? `/demo/confirmation/${last}` : '/demo/trips');
}

function confirmation(req: Request): { expectedPayable: number; key: string } {
  const expectedPayable = Number(rawFieldOf(req, 'expectedPayable'));
  const key = rawFieldOf(req, 'key');
  if (!Number.isSafeInteger(expectedPayable) || expectedPayable < 0 || key === '' || key.length > 255)
    throw appError('invalid_request');
  return { expectedPayable, key };
}
