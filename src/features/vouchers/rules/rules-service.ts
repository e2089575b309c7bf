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
import { nested, valueAt } from '../../../platform/data/json-path.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { unknownAmong, type CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { DEFAULT_CODE_SHAPE } from '../../../core/engine/voucher-code.ts';
import type { StoredRules } from './rules-row.ts';
import { readCodeShapes } from './rules-store.ts';
import { groupOf, placeInRules, presetOf, type FieldSubject, type VoucherField } from './voucher-field.ts';
import { fieldNamed, ruleFields } from './known-fields.ts';

export type { StoredRules } from './rules-row.ts';
export {
  addCodeShape,
  forgetCustomers,
  insertManyRules,
  insertRules,
  readRules,
  rulesUpdate,
  updateRules,
} from './rules-store.ts';

export interface TierBody {
  readonly minTripPrice: number;
  readonly amount?: number | null | undefined;
  readonly percent?: number | null | undefined;
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
  /** Left out: no. Money leaves by itself only where that was agreed. */
  readonly refundOnExpiry?: boolean;
  readonly motif?: string | null;
  readonly message?: string | null;
}

/** The rules as the API answers them. */
export interface RulesAnswer {
  readonly type: VoucherType;
  readonly title: string;
  readonly currency: string;
  readonly value: {
    readonly multiplier: Multiplier;
    readonly tiers: readonly TierAnswer[];
    readonly maxAmount: number | null;
    readonly originalValue: number | null;
  };
  readonly validity: Pick<StoredRules, 'bookFrom' | 'bookUntil' | 'travelFrom' | 'travelUntil'>;
  readonly restrictions: StoredRules['restrictions'];
  readonly usage: Pick<StoredRules, 'maxUses' | 'maxUsesPerCustomer'>;
  readonly stacking: Pick<StoredRules, 'exclusive'>;
  readonly deal: Deal | null;
  readonly funding: Funding | null;
  readonly residual: Residual;
  readonly refundOnExpiry: boolean;
  readonly motif: string | null;
  readonly message: string | null;
}

export type TierAnswer =
  | { readonly minTripPrice: number; readonly amount: number; readonly percent?: undefined }
  | { readonly minTripPrice: number; readonly percent: number; readonly amount?: undefined };

/** Every family of generated codes, the default one first. */
export async function codeShapes(connection: Connection): Promise<CodeShape[]> {
  return [DEFAULT_CODE_SHAPE, ...(await readCodeShapes(connection))];
}

export function isStoredValue(type: VoucherType): boolean {
  return type === 'purchase' || type === 'settlement';
}

/** The rules with every default filled in; they are checked apart. */
export function rulesFromBody(body: RulesBody, currency: string): StoredRules {
  const { type } = body;
  const funding = fromBody(fieldNamed('funding'), body.funding, { type, funding: null });
  const hasDeal = type === 'deal' || (body.deal ?? null) !== null;
  const places = ruleFields().map((field): [string, unknown] =>
    groupOf(field) === 'deal' && !hasDeal
      ? ['deal', null]
      : [placeInRules(field), fromBody(field, valueAt(body, field.path), { type, funding })],
  );
  return nested([...places, ['currency', body.currency ?? currency]]) as unknown as StoredRules;
}

/** The rules in the JSON of the API, every member present. */
export function rulesToBody(rules: StoredRules): RulesAnswer {
  const places = ruleFields().map((field): [string, unknown] =>
    groupOf(field) === 'deal' && rules.deal === null
      ? ['deal', null]
      : [field.path, toBody(field, valueAt(rules, placeInRules(field)))],
  );
  return nested(places) as unknown as RulesAnswer;
}

/** The stored rules with a partial body laid over them: groups are merged member by member, lists are replaced whole. */
export function mergeRules(rules: StoredRules, change: Partial<RulesBody>): RulesBody {
  const before = rulesToBody(rules) as unknown as Readonly<Record<string, unknown>>;
  const merged = Object.entries<unknown>({ ...change }).map(([name, value]) => {
    const isGroup = ruleFields().some((field) => field.path.startsWith(`${name}.`));
    if (value === undefined) return [name, before[name]];
    return [name, isGroup && value !== null ? { ...(before[name] as object | null), ...value } : value];
  });
  return { ...before, ...Object.fromEntries(merged) } as RulesBody;
}

/** Throws `rule_broken` with every problem, then `unknown_reference` with every id the catalogue lacks. */
export async function requireSoundRules(connection: Connection, rules: StoredRules): Promise<void> {
  const problems = checkRules(rules);
  if (problems.length > 0) {
    throw appError('rule_broken', {
      fields: problems.map(({ path, code }) => ({ path, code, text: `vouchers:refusal.${code}` })),
    });
  }
  const named = ruleFields().flatMap((field) => namedBy(field, valueAt(rules, placeInRules(field))));
  const unknown = await unknownAmong(connection, named);
  if (unknown.length > 0) {
    const fields = unknown.map(({ path, id }): FieldError => ({ path, code: 'unknown_reference', params: { id } }));
    throw appError('unknown_reference', { fields });
  }
}

/** What of the catalogue a field names, and where. */
function namedBy({ kind, path, catalogue }: VoucherField, value: unknown): Named[] {
  if (catalogue === undefined || value === null) return [];
  if (kind === 'entry') return [{ kind: catalogue, path, id: String(value) }];
  const { include, exclude } = value as IncludeExclude;
  return [
    ...include.map((id) => ({ kind: catalogue, path: `${path}.include`, id })),
    ...exclude.map((id) => ({ kind: catalogue, path: `${path}.exclude`, id })),
  ];
}

interface Named {
  readonly kind: CatalogueKind;
  readonly path: string;
  readonly id: string;
}

function fromBody(field: VoucherField, sent: unknown, subject: FieldSubject): unknown {
  switch (field.kind) {
    case 'tiers':
      return ((sent ?? []) as readonly TierBody[]).map(toTier).sort((a, b) => a.minTripPrice - b.minTripPrice);
    case 'pair':
      return { include: [], exclude: [], ...(sent as Partial<IncludeExclude> | undefined) };
    case 'customer': {
      const { id = null, email = null } = (sent ?? {}) as Customer;
      return id === null && email === null ? null : { id, email };
    }
    case 'flag':
      return (field.holdsFor?.(subject) ?? true) && sentOrPreset(sent, field, subject);
    case 'choice':
    case 'count':
    case 'currency':
    case 'day':
    case 'email':
    case 'entry':
    case 'list':
    case 'money':
    case 'motif':
    case 'text':
    case 'type':
      return sentOrPreset(sent, field, subject);
  }
}

/** Of a number nothing is a value of its own, as in "as often as one likes". */
function sentOrPreset(sent: unknown, field: VoucherField, subject: FieldSubject): unknown {
  if (sent === undefined || (sent === null && field.kind !== 'count')) return presetOf(field, subject);
  return sent;
}

function toTier({ minTripPrice, amount, percent }: TierBody): Tier {
  return {
    minTripPrice,
    amount: amount ?? null,
    basisPoints: percent === undefined || percent === null ? null : basisPointsOf(percent),
  };
}

function toBody({ kind }: VoucherField, value: unknown): unknown {
  if (kind !== 'tiers') return value;
  return (value as readonly Tier[]).map(({ minTripPrice, amount, basisPoints }) =>
    basisPoints === null ? { minTripPrice, amount: amount ?? 0 } : { minTripPrice, percent: basisPoints / 100 },
  );
}

/** 12.5 → 1250, read from its decimal digits; NaN for more than two decimals, which the core refuses. */
function basisPointsOf(percent: number): number {
  const match = /^(-?\d+)(?:\.(\d{1,2}))?$/.exec(String(percent));
  return match === null ? Number.NaN : Number(`${match[1] ?? ''}${(match[2] ?? '').padEnd(2, '0')}`);
}
