import type { Evaluation } from '../../../core/engine/voucher.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { extrasOf, sumOfExtras, type DealChoice } from './demo-deal-service.ts';
import { DEMO_FRAME } from '../trips/demo-trip-pages.ts';

export const DEAL_STEPS = ['code', 'trip', 'check', 'confirmation'] as const;

/** What every page of the deals shows around its content. */
export function dealFrame(current: (typeof DEAL_STEPS)[number]) {
  return { ...DEMO_FRAME, home: '/demo/trips', steps: DEAL_STEPS, current };
}

/** The extras beside what the deal leaves of the trip's price. */
export function extrasView(choice: DealChoice, evaluation: Evaluation, t: Translate) {
  return {
    extras: extrasOf(choice).map(({ id, cents }) => ({ label: t(`deals:extras.${id}`), cents })),
    total: evaluation.payable + sumOfExtras(choice),
  };
}
