import { formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import type { AcceptedCode, Evaluation } from '../../../core/engine/voucher.ts';
import type { RejectedCode } from '../../../core/engine/rejection.ts';
import type { DemoCheckout, DemoMessage } from '../trips/demo-session-form.ts';
import { DEMO_FRAME, tripView } from '../trips/demo-trip-pages.ts';
import { DEMO_CURRENCY, returnDay, type DemoTrip, type TripChoice } from '../trips/demo-trip-service.ts';
import { neutralRejection, rejectionSentence } from '../../booking/quotes/rejection-service.ts';

/** What stands in the field for a code, and what is wrong with it. */
export interface CodeBoxState {
  readonly typed: string;
  readonly error: string | null;
}

interface CheckoutParts {
  readonly checkout: DemoCheckout;
  readonly trip: DemoTrip;
  readonly evaluation: Evaluation;
  readonly box: CodeBoxState;
  /** The price that was shown before it changed under the traveller. */
  readonly priceBefore: number | null;
  readonly message: DemoMessage | null;
  readonly locale: Locale;
  readonly t: Translate;
}

export function checkoutView({ checkout, trip, evaluation, box, priceBefore, message, locale, t }: CheckoutParts) {
  const { accepted, rejected } = evaluation;
  return {
    ...DEMO_FRAME,
    title: t('booking:checkout.title'),
    ...journeyView(trip, checkout.choice, locale, t),
    ...priceView(evaluation),
    box,
    isOpen: box.typed !== '' || box.error !== null || accepted.length + rejected.length + checkout.setAside.length > 0,
    message,
    priceBefore,
    codes: [
      ...accepted.map(acceptedView),
      ...rejected.map((one) => resting(one.code, rejectedSentence(one, locale, t))),
    ],
    setAside: checkout.setAside,
    alternatives: evaluation.alternatives.map((one) => ({
      value: one.codes.join('\n'),
      label: one.codes.join(' + '),
      sentence: alternativeSentence(one, evaluation, locale, t),
    })),
  };
}

/** Trip, days and the prices of the travellers: the same on the checkout and on the confirmation. */
export function journeyView(trip: DemoTrip, choice: TripChoice, locale: Locale, t: Translate) {
  const view = tripView(trip, locale, t);
  const heads = [
    { kind: 'adults', count: choice.adults, price: trip.adultPrice },
    { kind: 'children', count: choice.children, price: trip.childPrice },
    { kind: 'infants', count: choice.infants, price: trip.infantPrice },
  ];
  return {
    trip: view,
    currency: DEMO_CURRENCY,
    departure: choice.departure,
    back: returnDay(trip, choice.departure),
    email: choice.email,
    heads: heads
      .filter(({ count }) => count > 0)
      .map(({ kind, count, price }) => ({ label: t(`booking:heads.${kind}`, { count }), price, sum: count * price })),
  };
}

export function priceView(evaluation: Evaluation) {
  return {
    tripPrice: evaluation.tripPrice,
    discount: evaluation.discount,
    payment: evaluation.payment,
    payable: evaluation.payable,
    paymentRequired: evaluation.paymentRequired,
    effects: evaluation.accepted.map(({ code, title, kind, applied }) => ({ code, title, kind, minus: -applied })),
  };
}

export function acceptedView(accepted: AcceptedCode) {
  return {
    code: accepted.code,
    title: accepted.title,
    type: accepted.type,
    minus: -accepted.applied,
    isApplied: true,
    reason: null,
    left: accepted.availableAfter ?? null,
    bookUntil: accepted.bookUntil,
  };
}

export function rejectedSentence(rejected: RejectedCode, locale: Locale, t: Translate): string {
  return rejectionSentence(neutralRejection(rejected), DEMO_CURRENCY, locale, t);
}

function resting(code: string, reason: string) {
  return { code, title: null, type: null, minus: 0, isApplied: false, reason, left: null, bookUntil: null };
}

function alternativeSentence(
  one: Evaluation['alternatives'][number],
  chosen: Evaluation,
  locale: Locale,
  t: Translate,
): string {
  const payable = formatMoney(one.payable, chosen.currency, locale);
  const kept = chosen.storedValueUsed - one.storedValueUsed;
  return kept > 0
    ? t('booking:alternatives.keeps', { payable, kept: formatMoney(kept, chosen.currency, locale) })
    : t('booking:alternatives.pays', { payable });
}
