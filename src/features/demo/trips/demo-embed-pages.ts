import type { Request, Response, Router } from 'express';
import { HOUSE } from '../../../core/booking-owner.ts';
import { appError } from '../../../platform/process/errors.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { textOf } from '../../../platform/http/request.ts';
import { newReference } from '../checkout/demo-checkout-service.ts';
import { demoBookings } from './demo-trip-service.ts';
import { DEMO_FRAME } from './demo-trip-pages.ts';
import {
  changeHold,
  createHold,
  findHoldByToken,
  readHold,
  type HoldWithEvaluation,
} from '../../booking/holds/hold-service.ts';
import { neutralRejection, rejectionSentence, wrongCodesOf } from '../../booking/quotes/rejection-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/demo/embed';
const MAX_CODES = 10;

/** An agency's own page with the element for codes in it; its form works without scripts too. */
export function demoEmbedPages({
  database,
  clock,
  wrongCodes,
}: Pick<Shell, 'database' | 'clock' | 'wrongCodes'>): Router {
  const router = pageRouter();
  const moment = () => clock.moment();

  router.get(PATH, async (_req, res) => {
    const [trip] = demoBookings(clock.today(), res.locals.locale);
    if (trip === undefined) throw appError('not_found');
    const created = await createHold(
      database,
      { booking: { ...trip.booking, reference: newReference() }, codes: [], clientId: HOUSE.clientId },
      moment(),
    );
    show(res, created, created.clientToken, '', '');
  });

  router.post(PATH, async (req, res) => {
    const body = req.body as Record<string, unknown>;
    const [token, code] = [textOf(body['hold']), textOf(body['code'])];
    const found = await findHoldByToken(database, token);
    if (found === null) return res.redirect(303, PATH);
    const before = await readHold(database, found, moment());
    if (code === '') return show(res, before, token, '', res.locals.t('booking:code_box.empty'));
    const who = callerOf(req, found.id);
    wrongCodes.assertNotBlocked(who);
    const codes = [...before.hold.codes, { code, atMost: null }].slice(0, MAX_CODES);
    const seen = await changeHold(database, found, { codes }, moment());
    const wrong = wrongCodesOf(seen.evaluation.rejected);
    if (wrong > 0) await wrongCodes.countWrongCodes(who, wrong);
    const rejected = seen.evaluation.rejected.find((one) => one.code === code);
    if (rejected === undefined) return show(res, seen, token, '', '');
    const back = await changeHold(database, found, { codes: before.hold.codes }, moment());
    show(
      res,
      back,
      token,
      code,
      rejectionSentence(neutralRejection(rejected), seen.evaluation.currency, res.locals.locale, res.locals.t),
    );
  });

  return router;

  function show(
    res: Response,
    { hold, evaluation }: HoldWithEvaluation,
    token: string,
    typed: string,
    error: string,
  ): void {
    if (error !== '') res.status(422);
    const trip = demoBookings(clock.today(), res.locals.locale).find(
      ({ booking }) => booking.product === hold.booking.product,
    );
    renderPage(
      res,
      'demo/trips/embed',
      {
        ...DEMO_FRAME,
        title: res.locals.t('booking:embed.title'),
        hideHeading: false,
        path: PATH,
        tripTitle: trip?.title ?? '',
        departure: hold.booking.departure,
        evaluation,
        token,
        typed,
        error,
      },
      'public',
    );
  }
}

function callerOf(req: Request, holdId: string) {
  return {
    caller: {
      actor: `hold:${holdId}`,
      owner: HOUSE,
      channel: 'web' as const,
      channels: ['web'] as const,
      rights: [],
      holdId,
    },
    client: null,
    address: req.ip ?? '',
  };
}
