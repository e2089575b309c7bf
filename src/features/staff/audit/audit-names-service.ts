import type { Database } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { CatalogueKind } from '../../catalogue/catalogue-service.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import { rulesOfCampaigns } from '../../campaigns/record/campaign-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { vouchersById } from '../../vouchers/list/voucher-list-service.ts';
import type { AuditRow } from './audit-service.ts';

export interface AuditNames {
  readonly nameOf: (kind: string, id: string) => string;
  readonly currencyOf: (row: AuditRow) => string | null;
}

const CATALOGUE: readonly CatalogueKind[] = ['product', 'theme', 'region', 'brand', 'partner'];
/** What is kept in the house's own currency. */
const IN_HOUSE = ['settings', 'till_shift'];

/** What people call the records that entries of the log name, and the currency of their amounts. */
export async function namesOfReferences(
  database: Database,
  references: readonly { readonly kind: string; readonly id: string }[],
  moment: Moment,
): Promise<AuditNames> {
  const { knex } = database;
  const idsOf = (kind: string): string[] => [
    ...new Set(references.filter((one) => one.kind === kind).map(({ id }) => id)),
  ];
  const names = new Map<string, string>();
  const currencies = new Map<string, string>();
  for (const { id, title, currency } of await vouchersById(database, idsOf('voucher'), moment)) {
    names.set(`voucher ${id}`, `${title} (ID ${id})`);
    currencies.set(`voucher ${id}`, currency);
  }
  for (const [id, { rules }] of await rulesOfCampaigns(knex, idsOf('campaign'), 'unlocked')) {
    names.set(`campaign ${id}`, rules.title);
    currencies.set(`campaign ${id}`, rules.currency);
  }
  for (const kind of CATALOGUE)
    for (const [id, name] of await namesOfEntries(knex, kind, idsOf(kind))) names.set(`${kind} ${id}`, name);
  const { currency: house } = await generalSettings(knex);
  return {
    nameOf: (kind, id) => names.get(`${kind} ${id}`) ?? id,
    currencyOf: ({ entity, entityId, changes }) =>
      ownCurrency(changes) ?? currencies.get(`${entity} ${entityId}`) ?? (IN_HOUSE.includes(entity) ? house : null),
  };
}

function ownCurrency(changes: unknown): string | null {
  if (typeof changes !== 'object' || changes === null || !('currency' in changes)) return null;
  return typeof changes.currency === 'string' ? changes.currency : null;
}
