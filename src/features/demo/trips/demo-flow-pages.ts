import type { Router } from 'express';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { demoCheckoutPages } from '../checkout/demo-checkout-pages.ts';
import { demoEmbedPages } from './demo-embed-pages.ts';
import { demoDealPages } from '../deal/demo-deal-pages.ts';
import { acceptedView, journeyView, priceView } from '../checkout/demo-checkout-view.ts';
import { ownsRedemption } from './demo-session-form.ts';
import { DEMO_FRAME, demoTripPages } from './demo-trip-pages.ts';
import { demoTrip, type TripChoice } from './demo-trip-service.ts';
import { readRedemption } from '../../booking/redemptions/redemption-service.ts';
import type { Redemption } from '../../booking/redemptions/redemption-service.ts';

/** The booking flow of the demo operator, from the choice of a trip to its confirmation. */
export function demoFlowPages(flow: Shell): Router {
  const router = pageRouter();
  router.use(demoTripPages(flow));
  router.use(demoCheckoutPages(flow));
  router.use(demoDealPages(flow));
  router.use(demoEmbedPages(flow));

  router.get('/demo/confirmation/:id', async (req, res) => {
    const { id } = req.params;
    if (!ownsRedemption(req, id)) throw appError('not_found');
    const redemption = await readRedemption(flow.database, id);
    const trip = demoTrip(redemption.booking.product ?? '');
    if (trip === null) throw appError('not_found');
    const { t, locale } = res.locals;
    renderPage(
      res,
      'demo/checkout/confirmation',
      {
        ...DEMO_FRAME,
        title: t('booking:confirmation.title'),
        bookingNumber: redemption.bookingNumber,
        ...journeyView(trip, choiceOf(redemption), locale, t),
        ...priceView(redemption.evaluation),
        codes: redemption.evaluation.accepted.map(acceptedView),
      },
      'public',
    );
  });
  return router;
}

function choiceOf({ booking }: Redemption): TripChoice {
  const count = (kind: string): number => booking.travellers.filter((traveller) => traveller.kind === kind).length;
  return {
    tripId: booking.product ?? '',
    departure: booking.departure ?? '',
    adults: count('adult'),
    children: count('child'),
    infants: count('infant'),
    email: booking.customer?.email ?? null,
  };
}
