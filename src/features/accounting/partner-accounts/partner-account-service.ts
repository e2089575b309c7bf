import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { accountOf } from '../../../core/books/chart-of-accounts.ts';
import { splitByPartner, type Totals } from '../../../core/books/ledger-sums.ts';
import { daysBetween } from '../../../core/calendar.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { partnerAccounts } from '../../catalogue/partner-service.ts';
import { namesOfEntries } from '../../catalogue/catalogue-service.ts';
import type { TotalsSpan } from '../ledger/totals-store.ts';
import { findOpenDocuments, readPartnerTotals, type PartnerDocument } from './partner-entry-store.ts';

export type { PartnerDocument };

/** Sums in which what is between partners and us stands on each partner's own account. */
export async function withPartnerAccounts(
  connection: Connection,
  rows: readonly Totals[],
  span: TotalsSpan,
): Promise<Totals[]> {
  if (!rows.some(({ debitRole, creditRole }) => [debitRole, creditRole].includes('DEBITOR_PARTNER'))) return [...rows];
  const accounts = await partnerAccounts(connection);
  const own = (await readPartnerTotals(connection, span)).flatMap(({ partnerId, ...row }) => {
    const partnerAccount = partnerId === null ? undefined : accounts.get(partnerId);
    return partnerAccount === undefined ? [] : [{ ...row, partnerAccount }];
  });
  return splitByPartner(rows, own);
}

/** Days since the oldest document of a group: accountants ask for money by them. */
export const CLAIM_AGES = ['to_30', 'to_60', 'to_90', 'older'] as const;
export type ClaimAge = (typeof CLAIM_AGES)[number];

/** The account of one partner on a day. */
export interface PartnerAccount {
  /** null: deals without a partner. */
  readonly partnerId: string | null;
  readonly name: string;
  readonly account: string | null;
  readonly currency: string;
  readonly since: string;
  readonly documents: number;
  /** Above 0: the partner owes us. */
  readonly open: number;
  /** What of it is how old. */
  readonly ages: Readonly<Record<ClaimAge, number>>;
}

/** What a page tells at once; beyond it the page says so. */
export const MAX_OPEN_DOCUMENTS = 5000;

/** What is open with each partner at the end of a day, and since when. */
export async function openPartnerAccounts(
  connection: Connection,
  setup: AccountingSetup,
  day: string,
): Promise<{ readonly accounts: readonly PartnerAccount[]; readonly isCut: boolean }> {
  const documents = await findOpenDocuments(connection, day, undefined, MAX_OPEN_DOCUMENTS + 1);
  const names = await namesOfEntries(
    connection,
    'partner',
    documents.flatMap(({ partnerId }) => partnerId ?? []),
  );
  const own = await partnerAccounts(connection);
  const known = new Map<string, PartnerAccount>();
  for (const document of documents.slice(0, MAX_OPEN_DOCUMENTS)) {
    const { partnerId, currency, since } = document;
    const key = `${partnerId ?? ''} ${currency}`;
    const before = known.get(key) ?? {
      partnerId,
      name: partnerId === null ? '' : (names.get(partnerId) ?? partnerId),
      account:
        (partnerId === null ? undefined : own.get(partnerId)) ?? accountOf(setup, 'DEBITOR_PARTNER', 'deal', null),
      currency,
      since,
      documents: 0,
      open: 0,
      ages: { to_30: 0, to_60: 0, to_90: 0, older: 0 },
    };
    const open = document.debit - document.credit;
    const age = ageOf(daysBetween(since, day));
    known.set(key, {
      ...before,
      documents: before.documents + 1,
      open: before.open + open,
      ages: { ...before.ages, [age]: before.ages[age] + open },
    });
  }
  const accounts = [...known.values()].sort((a, b) => a.name.localeCompare(b.name, 'de'));
  return { accounts, isCut: documents.length > MAX_OPEN_DOCUMENTS };
}

/** What is open with one partner by document, the oldest first. */
export async function openDocuments(
  connection: Connection,
  partner: string | null,
  day: string,
): Promise<{ readonly documents: readonly PartnerDocument[]; readonly isCut: boolean }> {
  const found = await findOpenDocuments(connection, day, partner, MAX_OPEN_DOCUMENTS + 1);
  return { documents: found.slice(0, MAX_OPEN_DOCUMENTS), isCut: found.length > MAX_OPEN_DOCUMENTS };
}

function ageOf(days: number): ClaimAge {
  if (days <= 30) return 'to_30';
  if (days <= 60) return 'to_60';
  return days <= 90 ? 'to_90' : 'older';
}
