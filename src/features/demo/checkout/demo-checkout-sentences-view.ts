import type { Response } from 'express';
import { formatMoney } from '../../../platform/html/format.ts';
import type { HoldWithEvaluation } from '../../booking/holds/hold-service.ts';
import { MAX_DEMO_CODES, type AddedCode } from './demo-checkout-service.ts';
import { rejectedSentence } from './demo-checkout-view.ts';

export function refusalSentence(refused: Exclude<AddedCode, { kind: 'added' }>, res: Response): string {
  const { t, locale } = res.locals;
  switch (refused.kind) {
    case 'duplicate':
      return t('rejections:duplicate_code');
    case 'too_many':
      return t('booking:code_box.too_many', { max: MAX_DEMO_CODES });
    case 'refused':
      return rejectedSentence(refused.rejected, locale, t);
  }
}

export function addedSentence(
  { code, seen }: Extract<AddedCode, { kind: 'added' }>,
  res: Response,
): [string, 'success' | 'info'] {
  const { t, locale } = res.locals;
  const { evaluation } = seen;
  const accepted = evaluation.accepted.find((one) => one.code === code);
  const payable = payableText(seen, res);
  if (accepted === undefined) return [t('booking:code_box.added_unused', { code, payable }), 'info'];
  return [
    t('booking:code_box.added', { code, amount: formatMoney(accepted.applied, evaluation.currency, locale), payable }),
    'success',
  ];
}

export function payableText({ evaluation }: HoldWithEvaluation, res: Response): string {
  return formatMoney(evaluation.payable, evaluation.currency, res.locals.locale);
}
