import { CHANNELS } from '../../../core/engine/voucher.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import { resolveEntries } from '../../vouchers/form/voucher-choices-view.ts';
import {
  RESTRICTION_KINDS,
  type RestrictionKind,
  type TypedRestriction,
} from '../../vouchers/form/typed-voucher-form.ts';

export type TypedRestrictions = Readonly<Record<RestrictionKind | 'channels', string>>;

export interface ParsedRestrictions {
  readonly restrictions: Pick<StoredRules['restrictions'], RestrictionKind | 'channels'>;
  readonly errors: readonly FormError[];
}

const MAX_LINES = 200;
const NOT = /^(?:nicht|not):\s*/i;

/** What a campaign is for, one entry a line as the form shows it: `Wien (AT-9)`, `nicht: Italien (IT)`. */
export async function restrictionTexts(
  database: Database,
  { restrictions }: StoredRules,
  t: Translate,
): Promise<TypedRestrictions> {
  const rowsOf = (kind: RestrictionKind): TypedRestriction[] => [
    ...restrictions[kind].include.map((entry) => ({ entry, not: '' })),
    ...restrictions[kind].exclude.map((entry) => ({ entry, not: 'true' })),
  ];
  const { typed } = await resolveEntries(
    database,
    { products: rowsOf('products'), themes: rowsOf('themes'), regions: rowsOf('regions') },
    t,
  );
  const textOf = (kind: RestrictionKind): string =>
    typed[kind].map(({ entry, not }) => (not === 'true' ? `${t('vouchers:not')}: ${entry}` : entry)).join('\n');
  return {
    products: textOf('products'),
    themes: textOf('themes'),
    regions: textOf('regions'),
    channels: restrictions.channels.join(','),
  };
}

/** The same lines read back; what is not in the master data is named with what was perhaps meant. */
export async function parseRestrictions(
  database: Database,
  typed: TypedRestrictions,
  t: Translate,
): Promise<ParsedRestrictions> {
  const errors: FormError[] = [];
  const rowsOf = (kind: RestrictionKind): TypedRestriction[] => {
    const lines = typed[kind]
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (lines.length > MAX_LINES) errors.push({ path: kind, message: t('replay:too_many_lines', { most: MAX_LINES }) });
    return lines
      .slice(0, MAX_LINES)
      .map((line) => ({ entry: line.replace(NOT, ''), not: NOT.test(line) ? 'true' : '' }));
  };
  const read = await resolveEntries(
    database,
    { products: rowsOf('products'), themes: rowsOf('themes'), regions: rowsOf('regions') },
    t,
  );
  for (const kind of RESTRICTION_KINDS) {
    for (const { path, message } of read.errors) if (path.startsWith(`${kind}.`)) errors.push({ path: kind, message });
  }
  const channels = typed.channels.split(',');
  return { restrictions: { ...read.entries, channels: CHANNELS.filter((one) => channels.includes(one)) }, errors };
}
