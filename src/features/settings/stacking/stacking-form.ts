import { VOUCHER_TYPES, type StackingPolicy, type VoucherType } from '../../../core/engine/voucher.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseCount } from '../../../platform/html/typed-input.ts';
import { textOf } from '../../../platform/http/request.ts';

const MAX = 10;
const CHOICES = {
  strategy: ['best', 'entered'],
  discountOrder: ['percent_first', 'amount_first'],
  percentBase: ['original', 'remaining'],
} as const;
export type ChoiceField = keyof typeof CHOICES;
export const CHOICE_FIELDS = Object.keys(CHOICES) as ChoiceField[];

/** The form as it was typed; `pairs` names what may stand together. */
export interface TypedPolicy extends Readonly<Record<ChoiceField | 'maxVouchers' | 'maxPerCampaign', string>> {
  readonly [field: string]: unknown;
  readonly maxPerType: Readonly<Record<VoucherType, string>>;
  readonly pairs: readonly string[];
}

/** Every pair once, in the order of the matrix. */
export const TYPE_PAIRS: readonly (readonly [VoucherType, VoucherType])[] = VOUCHER_TYPES.flatMap((a, row) =>
  VOUCHER_TYPES.slice(0, row + 1).map((b) => [a, b] as const),
);

export function pairKey(a: VoucherType, b: VoucherType): string {
  return [a, b].sort((x, y) => VOUCHER_TYPES.indexOf(x) - VOUCHER_TYPES.indexOf(y)).join('+');
}

export function choiceOptions(field: ChoiceField, t: Translate): { value: string; label: string; hint: string }[] {
  return CHOICES[field].map((value) => ({
    value,
    label: t(`settings:stacking.${field}_${value}`),
    hint: t(`settings:stacking.${field}_${value}_hint`),
  }));
}

export function typedPolicyOf(policy: StackingPolicy): TypedPolicy {
  const forbidden = new Set(policy.forbiddenPairs.map(([a, b]) => pairKey(a, b)));
  return {
    maxVouchers: String(policy.maxVouchers),
    maxPerCampaign: String(policy.maxPerCampaign),
    maxPerType: perType((type) => (policy.maxPerType[type] === null ? '' : String(policy.maxPerType[type]))),
    pairs: TYPE_PAIRS.map(([a, b]) => pairKey(a, b)).filter((pair) => !forbidden.has(pair)),
    strategy: policy.strategy,
    discountOrder: policy.discountOrder,
    percentBase: policy.percentBase,
  };
}

export function typedPolicy(body: unknown): TypedPolicy {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const limits = (
    typeof sent['maxPerType'] === 'object' && sent['maxPerType'] !== null ? sent['maxPerType'] : {}
  ) as Record<string, unknown>;
  const pairs = Array.isArray(sent['pairs']) ? sent['pairs'] : [sent['pairs']];
  return {
    maxVouchers: textOf(sent['maxVouchers']),
    maxPerCampaign: textOf(sent['maxPerCampaign']),
    maxPerType: perType((type) => textOf(limits[type])),
    pairs: TYPE_PAIRS.map(([a, b]) => pairKey(a, b)).filter((pair) => pairs.includes(pair)),
    strategy: textOf(sent['strategy']),
    discountOrder: textOf(sent['discountOrder']),
    percentBase: textOf(sent['percentBase']),
  };
}

export function parsePolicy(
  typed: TypedPolicy,
  t: Translate,
): { readonly policy: StackingPolicy | null; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const count = (path: string, text: string, min: number): number => {
    const parsed = parseCount(text);
    if (parsed.ok && parsed.value >= min && parsed.value <= MAX) return parsed.value;
    errors.push({ path, message: t('settings:stacking.count_wrong', { min, max: MAX }) });
    return min;
  };
  const choice = <F extends ChoiceField>(field: F): StackingPolicy[F] => {
    const found = CHOICES[field].find((value) => value === typed[field]);
    if (found === undefined) errors.push({ path: field, message: t('settings:stacking.choice_required') });
    return (found ?? CHOICES[field][0]) as StackingPolicy[F];
  };
  const policy: StackingPolicy = {
    maxVouchers: count('maxVouchers', typed.maxVouchers, 1),
    maxPerCampaign: count('maxPerCampaign', typed.maxPerCampaign, 1),
    maxPerType: perType((type) =>
      typed.maxPerType[type] === '' ? null : count(`maxPerType.${type}`, typed.maxPerType[type], 0),
    ),
    forbiddenPairs: TYPE_PAIRS.filter(([a, b]) => !typed.pairs.includes(pairKey(a, b))),
    strategy: choice('strategy'),
    discountOrder: choice('discountOrder'),
    percentBase: choice('percentBase'),
  };
  return { policy: errors.length === 0 ? policy : null, errors };
}

function perType<T>(of: (type: VoucherType) => T): Record<VoucherType, T> {
  return { discount: of('discount'), deal: of('deal'), purchase: of('purchase'), settlement: of('settlement') };
}
