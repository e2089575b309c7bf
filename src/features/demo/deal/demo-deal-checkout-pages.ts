import type { Moment } from '../../../platform/process/clock.ts';
import express, { type Request, type Response, type Router } from 'express';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { confirmCheckout, readCheckout, startCheckout } from '../checkout/demo-checkout-service.ts';
import { journeyView, priceView, rejectedSentence } from '../checkout/demo-checkout-view.ts';
import {
  DEAL_EXTRAS,
  dealBooking,
  dealDepartures,
  dealFor,
  type DealChoice,
  type DealCode,
  type DealExtra,
} from './demo-deal-service.ts';
import { dealFrame, extrasView } from './demo-deal-view.ts';
import { rememberDeal, rememberDealBooking } from '../trips/demo-session-form.ts';
import { parseChoice, tripView, typedChoice } from '../trips/demo-trip-pages.ts';
import { DEMO_CURRENCY, demoTrip, returnDay, type DemoTrip } from '../trips/demo-trip-service.ts';
import type { HoldWithEvaluation } from '../../booking/holds/hold-service.ts';
import { redemptionOfHold } from '../../booking/redemptions/redemption-service.ts';

const PATH = '/demo/deals';
const CHECKOUT = `${PATH}/checkout`;

interface Open {
  readonly trip: DemoTrip;
  readonly choice: DealChoice;
  readonly seen: HoldWithEvaluation;
  readonly holdId: string;
  readonly bookingNumber: string;
  readonly reference: string;
}

/** From a trip the deal pays to the booking: who travels, which extras, what is left to pay, and yes. */
export function demoDealCheckoutPages({ database, clock }: Shell): Router {
  const router = express.Router();
  const moment = (): Moment => clock.moment();

  router.get(`${PATH}/trips/:id`, async (req, res) => {
    const entered = req.session.demoDeal;
    if (entered === undefined) {
      res.redirect(303, PATH);
      return;
    }
    const { trip, days } = await wanted(entered.deal, req);
    const [departure = ''] = days;
    showTrip(
      res,
      entered.deal,
      trip,
      days,
      { departure, adults: String(entered.deal.adults), children: '0', infants: '0', email: '', extras: [] },
      [],
    );
  });

  router.post(`${PATH}/trips/:id`, async (req, res) => {
    const { t, locale } = res.locals;
    const entered = req.session.demoDeal;
    if (entered === undefined) {
      res.redirect(303, PATH);
      return;
    }
    const { deal } = entered;
    const { trip, days } = await wanted(deal, req);
    const typed = typedChoice(req);
    const extras = extrasTyped(req);
    const parsed = parseChoice(trip, typed, days, t);
    const choice = parsed.choice === null ? null : { ...parsed.choice, extras };
    const errors = [...parsed.errors];
    if (choice !== null) {
      const { evaluation, rejected } = await dealFor(database.knex, deal, dealBooking(deal, trip, choice), moment());
      if (evaluation.accepted.length === 0 && rejected !== null)
        errors.push({ path: 'adults', message: rejectedSentence(rejected, locale, t) });
    }
    if (choice === null || errors.length > 0) {
      res.status(422);
      showTrip(res, deal, trip, days, { ...typed, extras }, errors);
      return;
    }
    const started = await startCheckout(database, dealBooking(deal, trip, choice), [deal.code], moment());
    rememberDeal(req, { deal, checkout: { ...started, choice } });
    res.redirect(303, CHECKOUT);
  });

  // Booked, but the process died before the visitor's session knew: they see that booking, and nothing is booked again.
  router.use(CHECKOUT, async (req, res, next) => {
    const checkout = req.session.demoDeal?.checkout ?? null;
    const booked = checkout === null ? null : await redemptionOfHold(database, checkout.holdId);
    if (checkout === null || booked === null) {
      next();
      return;
    }
    rememberDealBooking(req, booked, checkout.choice);
    res.redirect(303, `${PATH}/confirmation/${booked}`);
  });

  router.get(CHECKOUT, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) goBack(req, res);
    else showCheckout(res, open, null);
  });

  router.post(`${CHECKOUT}/confirm`, async (req, res) => {
    const open = await openCheckout(req);
    if (open === null) {
      goBack(req, res);
      return;
    }
    const { expectedPayable, key } = confirmation(req);
    const { holdId, reference, bookingNumber, choice } = open;
    const outcome = await confirmCheckout(
      database,
      { holdId, reference, bookingNumber, expectedPayable, key },
      moment(),
    );
    if (outcome.kind === 'redeemed') {
      rememberDealBooking(req, outcome.redemption.id, choice);
      res.redirect(303, `${PATH}/confirmation/${outcome.redemption.id}`);
      return;
    }
    const renewed = outcome.code === 'quote_changed' ? await openCheckout(req) : null;
    if (renewed === null) {
      goBack(req, res);
      return;
    }
    res.status(409);
    showCheckout(res, renewed, expectedPayable);
  });
  return router;

  async function wanted(
    deal: DealCode,
    req: Request,
  ): Promise<{ readonly trip: DemoTrip; readonly days: readonly string[] }> {
    const found = await dealDepartures(database.knex, deal, String(req.params['id']), moment());
    if (found === null) throw appError('not_found');
    return found;
  }

  /** The booking in hand; a hold that was taken away is made again with the deal. */
  async function openCheckout(req: Request): Promise<Open | null> {
    const entered = req.session.demoDeal;
    const checkout = entered?.checkout ?? null;
    const trip = checkout === null ? null : demoTrip(checkout.choice.tripId);
    if (entered === undefined || checkout === null || trip === null) return null;
    const seen = await readCheckout(database, checkout.holdId, moment());
    if (seen !== null) return { ...checkout, trip, seen };
    const started = await startCheckout(
      database,
      dealBooking(entered.deal, trip, checkout.choice),
      [entered.deal.code],
      moment(),
    );
    const renewed = { ...started, bookingNumber: checkout.bookingNumber, choice: checkout.choice };
    rememberDeal(req, { deal: entered.deal, checkout: renewed });
    const again = await readCheckout(database, started.holdId, moment());
    return again === null ? null : { ...renewed, trip, seen: again };
  }

  function showTrip(
    res: Response,
    deal: DealCode,
    trip: DemoTrip,
    days: readonly string[],
    values: Readonly<Record<string, unknown>>,
    errors: readonly FormError[],
  ): void {
    const { t, locale } = res.locals;
    const view = tripView(trip, locale, t);
    renderPage(
      res,
      'demo/deal/deal-trip',
      {
        ...dealFrame('trip'),
        title: view.title,
        trip: view,
        deal,
        currency: DEMO_CURRENCY,
        action: `${PATH}/trips/${trip.id}`,
        form: formView(values, errors),
        departures: days.map((day) => ({ day, back: returnDay(trip, day) })),
        extras: DEAL_EXTRAS.map(({ id, cents }) => ({ id, cents, label: t(`deals:extras.${id}`) })),
      },
      'public',
    );
  }

  function showCheckout(res: Response, { trip, choice, seen }: Open, priceBefore: number | null): void {
    const { t, locale } = res.locals;
    const { evaluation } = seen;
    const [rejected] = evaluation.rejected;
    renderPage(
      res,
      'demo/deal/deal-checkout',
      {
        ...dealFrame('check'),
        title: t('deals:checkout.title'),
        ...journeyView(trip, choice, locale, t),
        ...priceView(evaluation),
        ...extrasView(choice, evaluation, t),
        changeHref: `${PATH}/trips/${trip.id}`,
        refusal: rejected === undefined ? null : rejectedSentence(rejected, locale, t),
        priceBefore,
        confirmKey: generateToken('confirm_'),
      },
      'public',
    );
  }
}

/** A visitor who just booked and sends the form once more sees that booking, not an error. */
function goBack(req: Request, res: Response): void {
  const last = req.session.demoRedemptions?.at(-1);
  const booked = req.method === 'POST' && last !== undefined && req.session.demoExtras?.[last] !== undefined;
  res.redirect(303, booked ? `${PATH}/confirmation/${last}` : PATH);
}

function extrasTyped(req: Request): DealExtra[] {
  const typed: unknown = (req.body as Record<string, unknown>)['extras'];
  const names: readonly unknown[] = Array.isArray(typed) ? typed : [typed];
  return DEAL_EXTRAS.map(({ id }) => id).filter((id) => names.includes(id));
}

function confirmation(req: Request): { readonly expectedPayable: number; readonly key: string } {
  const body = (req.body ?? {}) as Record<string, unknown>;
  const { expectedPayable, key } = body;
  const payable = typeof expectedPayable === 'string' ? Number(expectedPayable) : Number.NaN;
  if (!Number.isSafeInteger(payable) || payable < 0 || typeof key !== 'string' || key === '' || key.length > 255)
    throw appError('invalid_request');
  return { expectedPayable: payable, key };
}
