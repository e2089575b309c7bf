import type { Database } from '../../../platform/data/db.ts';
import { findNewestCampaigns, type OfferedCampaign } from '../../campaigns/record/campaign-lookup-service.ts';
import {
  listFirstByName,
  type CatalogueKind,
  type EntryRef,
  type KeptEntry,
} from '../../catalogue/catalogue-service.ts';

export type NameOf = (kind: string, id: string) => string;
export type OfferedEntry = KeptEntry & EntryRef;

/** What a page offers to choose from, read at once. */
export interface FormOffers {
  readonly entries: Readonly<Record<CatalogueKind, readonly OfferedEntry[]>>;
  readonly campaigns: readonly OfferedCampaign[];
}

/** Campaigns, partners and brands offered at once; of products, themes and regions the others come while one types. */
const MAX_OFFERED = 500;
const MAX_LISTED = 200;

/** What there is to choose from; campaigns only where the voucher may still become a code of one. */
export async function readOffers(database: Database, withCampaigns: boolean): Promise<FormOffers> {
  const wanted = (['product', 'theme', 'region'] as const).map((kind) => ({
    ...{ kind, limit: MAX_LISTED, withArchived: false },
  }));
  const named = (['brand', 'partner'] as const).map((kind) => ({ kind, limit: 2 * MAX_OFFERED, withArchived: true }));
  const found = await listFirstByName(database.knex, [...wanted, ...named]);
  const of = (kind: CatalogueKind): OfferedEntry[] => found.filter((entry) => entry.kind === kind);
  return {
    entries: {
      ...{ product: of('product'), theme: of('theme'), region: of('region') },
      ...{ brand: of('brand'), partner: of('partner') },
    },
    campaigns: withCampaigns ? await findNewestCampaigns(database.knex, MAX_OFFERED) : [],
  };
}

/** Names of what is offered too, for what a history tells. */
export function namesWith({ entries }: FormOffers, nameOf: NameOf): NameOf {
  const names = new Map([...entries.brand, ...entries.partner].map(({ kind, id, name }) => [`${kind} ${id}`, name]));
  return (kind, id) => names.get(`${kind} ${id}`) ?? nameOf(kind, id);
}
