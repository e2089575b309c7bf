import type {
  Channel,
  CodeShape,
  Customer,
  Deal,
  Funding,
  IncludeExclude,
  Multiplier,
  Residual,
  Tier,
  VoucherType,
} from '../../../core/engine/voucher.ts';
import { checkRules } from '../../../core/engine/voucher-rules-check.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { unknownIds, type CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { DEFAULT_CODE_SHAPE } from '../../../core/engine/voucher-code.ts';
import type { StoredRules } from './rules-row.ts';
import { readCodeShapes } from './rules-store.ts';

export type { StoredRules } from './rules-row.ts';
export { addCodeShape, insertManyRules, insertRules, readRules, updateRules } from './rules-store.ts';

export interface TierBody {
  readonly minTripPrice: number;
  readonly amount?: number | null;
  readonly percent?: number | null;
}

/** The rules in the JSON of the API; what may be left out takes its default. */
export interface RulesBody {
  readonly type: VoucherType;
  readonly title: string;
  readonly currency?: string;
  readonly value?: {
    readonly multiplier?: Multiplier;
    readonly tiers?: readonly TierBody[];
    readonly maxAmount?: number | null;
    readonly originalValue?: number | null;
  };
  readonly validity?: {
    readonly bookFrom?: string | null;
    readonly bookUntil?: string | null;
    readonly travelFrom?: string | null;
    readonly travelUntil?: string | null;
  };
  readonly restrictions?: {
    readonly products?: Partial<IncludeExclude>;
    readonly themes?: Partial<IncludeExclude>;
    readonly regions?: Partial<IncludeExclude>;
    readonly brand?: string | null;
    readonly partner?: string | null;
    readonly channels?: readonly Channel[];
    readonly customer?: Customer | null;
    readonly minTravellers?: number | null;
  };
  readonly usage?: { readonly maxUses?: number | null; readonly maxUsesPerCustomer?: number | null };
  readonly stacking?: { readonly exclusive?: boolean };
  readonly deal?: Partial<Deal> | null;
  readonly funding?: Funding | null;
  readonly residual?: Residual;
  /** Left out: yes for a settlement that stands for a refund. */
  readonly refundOnExpiry?: boolean;
  readonly motif?: string | null;
  readonly message?: string | null;
}

/** Every family of generated codes, the default one first. */
export async function codeShapes(connection: Connection): Promise<CodeShape[]> {
  return [DEFAULT_CODE_SHAPE, ...(await readCodeShapes(connection))];
}

export function isStoredValue(type: VoucherType): boolean {
  return type === 'purchase' || type === 'settlement';
}

/** The rules with every default filled in; they are checked apart. */
export function rulesFromBody(body: RulesBody, currency: string): StoredRules {
  const { value = {}, validity = {}, restrictions = {}, usage = {} } = body;
  const funding = body.funding ?? (body.type === 'settlement' ? 'refund_conversion' : null);
  return {
    type: body.type,
    title: body.title,
    currency: body.currency ?? currency,
    multiplier: value.multiplier ?? 'booking',
    tiers: (value.tiers ?? []).map(toTier).sort((a, b) => a.minTripPrice - b.minTripPrice),
    maxAmount: value.maxAmount ?? null,
    originalValue: value.originalValue ?? null,
    bookFrom: validity.bookFrom ?? null,
    bookUntil: validity.bookUntil ?? null,
    travelFrom: validity.travelFrom ?? null,
    travelUntil: validity.travelUntil ?? null,
    restrictions: {
      products: toPair(restrictions.products),
      themes: toPair(restrictions.themes),
      regions: toPair(restrictions.regions),
      brand: restrictions.brand ?? null,
      partner: restrictions.partner ?? null,
      channels: restrictions.channels ?? [],
      customer: toCustomer(restrictions.customer),
      minTravellers: restrictions.minTravellers ?? null,
    },
    maxUses: usage.maxUses === undefined ? (isStoredValue(body.type) ? null : 1) : usage.maxUses,
    maxUsesPerCustomer: usage.maxUsesPerCustomer ?? null,
    exclusive: body.stacking?.exclusive ?? false,
    deal: toDeal(body.type, body.deal),
    funding,
    residual: body.residual ?? 'keep',
    // A gift and a discount are owed to nobody, so there is nothing to pay out.
    refundOnExpiry:
      isStoredValue(body.type) && funding !== 'goodwill' && (body.refundOnExpiry ?? funding === 'refund_conversion'),
    motif: body.motif ?? null,
    message: body.message ?? null,
  };
}

/** The rules in the JSON of the API, every member present. */
export function rulesToBody(rules: StoredRules) {
  const { restrictions } = rules;
  return {
    type: rules.type,
    title: rules.title,
    currency: rules.currency,
    value: {
      multiplier: rules.multiplier,
      tiers: rules.tiers.map(({ minTripPrice, amount, basisPoints }) =>
        basisPoints === null ? { minTripPrice, amount: amount ?? 0 } : { minTripPrice, percent: basisPoints / 100 },
      ),
      maxAmount: rules.maxAmount,
      originalValue: rules.originalValue,
    },
    validity: {
      bookFrom: rules.bookFrom,
      bookUntil: rules.bookUntil,
      travelFrom: rules.travelFrom,
      travelUntil: rules.travelUntil,
    },
    restrictions,
    usage: { maxUses: rules.maxUses, maxUsesPerCustomer: rules.maxUsesPerCustomer },
    stacking: { exclusive: rules.exclusive },
    deal: rules.deal,
    funding: rules.funding,
    residual: rules.residual,
    refundOnExpiry: rules.refundOnExpiry,
    motif: rules.motif,
    message: rules.message,
  };
}

/** The stored rules with a partial body laid over them: groups are merged member by member, lists are replaced whole. */
export function mergeRules(rules: StoredRules, change: Partial<RulesBody>): RulesBody {
  const before: RulesBody = rulesToBody(rules);
  const groups = ['value', 'validity', 'restrictions', 'usage', 'stacking'] as const;
  const merged = Object.fromEntries(groups.map((group) => [group, { ...before[group], ...change[group] }]));
  const deal =
    change.deal === undefined || change.deal === null
      ? change.deal === null
        ? null
        : before.deal
      : { ...before.deal, ...change.deal };
  return { ...before, ...change, ...merged, deal: deal ?? null };
}

/** Throws `rule_broken` with every problem, then `unknown_reference` with every id the catalogue lacks. */
export async function requireSoundRules(connection: Connection, rules: StoredRules): Promise<void> {
  const problems = checkRules(rules);
  if (problems.length > 0) {
    throw appError('rule_broken', {
      fields: problems.map(({ path, code }) => ({ path, code, text: `vouchers:refusal.${code}` })),
    });
  }
  const { products, themes, regions, brand, partner } = rules.restrictions;
  const named: readonly [CatalogueKind, string, readonly string[]][] = [
    ['product', 'restrictions.products.include', products.include],
    ['product', 'restrictions.products.exclude', products.exclude],
    ['theme', 'restrictions.themes.include', themes.include],
    ['theme', 'restrictions.themes.exclude', themes.exclude],
    ['region', 'restrictions.regions.include', regions.include],
    ['region', 'restrictions.regions.exclude', regions.exclude],
    ['brand', 'restrictions.brand', brand === null ? [] : [brand]],
    ['partner', 'restrictions.partner', partner === null ? [] : [partner]],
  ];
  const fields: FieldError[] = [];
  for (const [kind, path, ids] of named) {
    for (const id of await unknownIds(connection, kind, ids))
      fields.push({ path, code: 'unknown_reference', params: { id } });
  }
  if (fields.length > 0) throw appError('unknown_reference', { fields });
}

function toTier({ minTripPrice, amount, percent }: TierBody): Tier {
  return {
    minTripPrice,
    amount: amount ?? null,
    basisPoints: percent === undefined || percent === null ? null : basisPointsOf(percent),
  };
}

/** 12.5 → 1250, read from its decimal digits; NaN for more than two decimals, which the core refuses. */
function basisPointsOf(percent: number): number {
  const match = /^(-?\d+)(?:\.(\d{1,2}))?$/.exec(String(percent));
  return match === null ? Number.NaN : Number(`${match[1] ?? ''}${(match[2] ?? '').padEnd(2, '0')}`);
}

function toPair(pair: Partial<IncludeExclude> | undefined): IncludeExclude {
  return { include: pair?.include ?? [], exclude: pair?.exclude ?? [] };
}

function toCustomer(customer: Customer | null | undefined): Customer | null {
  if (customer === null || customer === undefined) return null;
  const { id = null, email = null } = customer;
  return id === null && email === null ? null : { id, email };
}

function toDeal(type: VoucherType, deal: Partial<Deal> | null | undefined): Deal | null {
  if (type !== 'deal' && (deal === null || deal === undefined)) return null;
  return {
    paysInFull: deal?.paysInFull ?? false,
    entry: deal?.entry ?? 'deal_page',
    invoicePartner: deal?.invoicePartner ?? false,
    partnerPrice: deal?.partnerPrice ?? null,
  };
}
