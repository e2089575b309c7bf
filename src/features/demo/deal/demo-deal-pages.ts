import type { Response, Router } from 'express';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { fieldOf, parameterOf } from '../../../platform/http/request.ts';
import { acceptedView, journeyView, priceView, rejectedSentence } from '../checkout/demo-checkout-view.ts';
import { newReference } from '../checkout/demo-checkout-service.ts';
import { demoDealCheckoutPages } from './demo-deal-checkout-pages.ts';
import { readDeal } from './demo-deal-service.ts';
import { dealFrame, extrasView } from './demo-deal-view.ts';
import { ownsRedemption, rememberDeal } from '../trips/demo-session-form.ts';
import { tripView } from '../trips/demo-trip-pages.ts';
import { demoTrip } from '../trips/demo-trip-service.ts';
import { readRedemption } from '../../booking/redemptions/redemption-service.ts';
import { wrongCodesOf } from '../../booking/quotes/rejection-service.ts';

export const DEALS_PATH = '/demo/deals';
const MAX_TYPED_LENGTH = 1000;

/** Booking by voucher: the deal's code first, then only the trips it pays. */
export function demoDealPages(flow: Shell): Router {
  const { database, clock, wrongCodes } = flow;
  const router = pageRouter();
  router.use(demoDealCheckoutPages(flow));

  router.get(DEALS_PATH, (req, res) => {
    const typed = parameterOf(req, 'code', MAX_TYPED_LENGTH);
    showEntry(res, typed === '' ? (req.session.demoDeal?.deal.code ?? '') : typed, null);
  });

  router.post(DEALS_PATH, async (req, res) => {
    const { t, locale } = res.locals;
    const typed = fieldOf(req, 'code', MAX_TYPED_LENGTH);
    const refuse = (status: number, error: string): void => {
      res.status(status);
      showEntry(res, typed, error);
    };
    if (typed === '') {
      refuse(422, t('deals:code_required'));
      return;
    }
    const who = { caller: null, client: null, address: req.ip ?? '' };
    try {
      wrongCodes.assertNotBlocked(who);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.details.retryAfterSeconds !== undefined)
        res.set('Retry-After', String(error.details.retryAfterSeconds));
      refuse(error.status, errorSentence(error.code, t));
      return;
    }
    const reading = await readDeal(
      database.knex,
      typed,
      req.session.demoDeal?.deal.reference ?? newReference(),
      clock.moment(),
    );
    if (reading.kind === 'refused') {
      const wrong = wrongCodesOf([reading.rejected]);
      if (wrong > 0) await wrongCodes.countWrongCodes(who, wrong);
      refuse(422, rejectedSentence(reading.rejected, locale, t));
      return;
    }
    if (reading.kind === 'no_trip') {
      refuse(422, t('deals:no_trip'));
      return;
    }
    rememberDeal(req, { deal: reading.deal, checkout: null });
    res.redirect(303, `${DEALS_PATH}/trips`);
  });

  router.get(`${DEALS_PATH}/trips`, async (req, res) => {
    const { t, locale } = res.locals;
    const entered = req.session.demoDeal;
    if (entered === undefined) {
      res.redirect(303, DEALS_PATH);
      return;
    }
    const reading = await readDeal(database.knex, entered.deal.code, entered.deal.reference, clock.moment());
    if (reading.kind !== 'deal') {
      res.redirect(303, DEALS_PATH);
      return;
    }
    renderPage(
      res,
      'demo/deal/deal-trips',
      {
        ...dealFrame('trip'),
        title: t('deals:trips.title', { count: reading.offers.length }),
        deal: reading.deal,
        adults: t('booking:heads.adults', { count: reading.deal.adults }),
        offers: reading.offers.map(({ trip, departure, evaluation, accepted }) => ({
          ...tripView(trip, locale, t),
          href: `${DEALS_PATH}/trips/${trip.id}`,
          departure,
          tripPrice: evaluation.tripPrice,
          payable: evaluation.payable,
          applied: accepted.applied,
          currency: evaluation.currency,
        })),
      },
      'public',
    );
  });

  router.get(`${DEALS_PATH}/confirmation/:id`, async (req, res) => {
    const { t, locale } = res.locals;
    const { id } = req.params;
    const choice = req.session.demoExtras?.[id];
    if (!ownsRedemption(req, id) || choice === undefined) throw appError('not_found');
    const redemption = await readRedemption(database, id);
    const trip = demoTrip(choice.tripId);
    if (trip === null) throw appError('not_found');
    const extras = extrasView(choice, redemption.evaluation, t);
    renderPage(
      res,
      'demo/deal/deal-confirmation',
      {
        ...dealFrame('confirmation'),
        title: t('booking:confirmation.title'),
        bookingNumber: redemption.bookingNumber,
        ...journeyView(trip, choice, locale, t),
        ...priceView(redemption.evaluation),
        ...extras,
        codes: redemption.evaluation.accepted.map(acceptedView),
      },
      'public',
    );
  });
  return router;

  function showEntry(res: Response, code: string, error: string | null): void {
    const errors = error === null ? [] : [{ path: 'code', message: error }];
    renderPage(
      res,
      'demo/deal/deal',
      { ...dealFrame('code'), title: res.locals.t('deals:title'), form: formView({ code }, errors), path: DEALS_PATH },
      'public',
    );
  }
}
