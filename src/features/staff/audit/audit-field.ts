/** How the fields that the log tells of are called and written; those of a voucher's rules stand in their own table. */

export type AuditedKind = 'money' | 'basis_points' | 'percent' | 'instant' | 'number' | 'count';

const MONEY = new Set([
  'accepted',
  'amount',
  'amounts',
  'applied',
  'balance',
  'bonus',
  'budget',
  'cash',
  'cents',
  'commission',
  'counted',
  'difference',
  'expected',
  'inAccount',
  'inDrawers',
  'issuePrice',
  'left',
  'limit',
  'maxAmount',
  'minAmount',
  'minTripPrice',
  'net',
  'openingCash',
  'originalValue',
  'owed',
  'paid',
  'partnerPrice',
  'payable',
  'price',
  'redeemed',
  'refunded',
  'sum',
  'taken',
  'vat',
]);
const BASIS_POINTS = new Set(['basisPoints', 'commissionBasisPoints']);
/** Numbers that name something, and are written without groups. */
const NUMBERS = new Set(['run', 'toId', 'job', 'jobId', 'row', 'number', 'fiscalYearMonth', 'accountLength', 'order']);

export function kindOfField(path: string): AuditedKind {
  const last = lastOf(path);
  if (MONEY.has(last)) return 'money';
  if (BASIS_POINTS.has(last)) return 'basis_points';
  if (last === 'percent') return 'percent';
  if (/[a-z]At$/.test(last)) return 'instant';
  return NUMBERS.has(last) ? 'number' : 'count';
}

/** Where the label of a setting stands, by the name it is kept under. */
const SETTINGS: Readonly<Record<string, string>> = {
  general: 'settings:general',
  stacking: 'settings:stacking',
  reversal: 'settings:reversals',
  documents: 'settings:documents',
  shop: 'settings:shop',
  tidying: 'tidying:setting',
};

/** The keys under which its label may stand, the narrowest first: the log's own, then that of the form. */
export function labelKeysOf(field: {
  readonly entity: string;
  readonly entityId: string;
  readonly path: string;
}): string[] {
  const { entity, entityId, path } = field;
  const last = lastOf(path);
  const group = entity === 'settings' ? SETTINGS[entityId] : undefined;
  return [
    `staff:audit.field.${path.replaceAll('.', '_')}`,
    ...(group === undefined ? [] : [`${group}.${last}`, `${group}.${path.split('.')[0] ?? path}`]),
    ...(entity === 'partner' ? [`catalogue:field.${last}`] : []),
    ...(path.startsWith('accounts.') ? [`accounting:role.${last.split('/')[0] ?? last}`] : []),
    ...(entity === 'accounting' ? [`accounting:setup.field.${last}`] : []),
    `staff:audit.field.${last}`,
    `vouchers:field.${last}`,
    `staff:audit.field.${path.split('.')[0] ?? path}`,
  ];
}

/** The groups of texts a field's words belong to. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  type: ['vouchers:type.'],
  status: ['vouchers:status.'],
  funding: ['vouchers:funding.'],
  method: ['vouchers:method.'],
  channel: ['vouchers:channel.'],
  creditChannels: ['vouchers:channel.'],
  role: ['common:roles.'],
  feeBearer: ['settings:reversals.bearer.'],
  strategy: ['settings:stacking.strategy_'],
  discountOrder: ['settings:stacking.discountOrder_'],
  percentBase: ['settings:stacking.percentBase_'],
  forbiddenPairs: ['vouchers:type.'],
  maxPerType: ['vouchers:type.'],
  dealModel: ['catalogue:deal_model.'],
  invoiceTiming: ['catalogue:invoice_timing.'],
  expiredDeals: ['catalogue:expired_deals.'],
  vatTreatment: ['catalogue:vat_treatment.'],
  way: ['refunds:way.'],
  chart: ['accounting:setup.chart.'],
  circle: ['accounting:numbers.circle.'],
  locale: ['documents:texts.locale.'],
  policy: ['exchange:import.policy.'],
};

/** The keys under which a word of a field may stand. */
export function wordKeysOf(path: string, word: string): string[] {
  const last = lastOf(path);
  if (!/^[\w-]{1,40}$/.test(word)) return [];
  return [...(WORDS[last] ?? []).map((group) => `${group}${word}`), `staff:audit.value.${last}.${word}`];
}

/** The name at the end of the way to a field. */
export function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}
