import { accountOf, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { ID_PATTERN } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { ownerNumber } from '../../../core/books/ledger-event.ts';
import { partnerAccountOf, partnerAccounts } from '../../catalogue/partner-service.ts';
import {
  findEntriesOfRedemption,
  findJournal,
  findJournalEntry,
  findVoucherIdByNumber,
  type JournalRow,
} from './journal-store.ts';
import type { JournalFilter, SideMatch } from './journal-filter-store.ts';
import { accountVersions, type AccountVersions } from '../ledger/account-version-service.ts';

export interface JournalQuestion {
  readonly from: string | null;
  readonly to: string | null;
  readonly event: string | null;
  readonly type: VoucherType | null;
  /** A voucher's number, or its id. */
  readonly voucher: string | null;
  readonly booking: string | null;
  readonly document: string | null;
  readonly account: string | null;
  readonly runId: string | null;
}

/** An entry with the accounts it stands on; null where none is named for a role. */
export interface JournalEntry extends JournalRow {
  readonly voucherLabel: string;
  readonly debitAccount: string | null;
  readonly creditAccount: string | null;
  /** The customer or partner whose account the entry moves: by number where debtors are single, else the collective account. */
  readonly debtor: string | null;
}

export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  readonly nextCursor: string | null;
  /** The voucher that was asked for is not known. */
  readonly isVoucherUnknown: boolean;
}

const MAX_OF_REDEMPTION = 50;
const DEBTOR_ROLES: readonly string[] = ['DEBITOR', 'DEBITOR_PARTNER'];

/** The journal by keyset, the newest day first. */
export async function listJournal(
  connection: Connection,
  question: JournalQuestion,
  cursor: string | null,
  limit: number,
): Promise<JournalPage> {
  const versions = await accountVersions(connection);
  const { voucher, account, ...rest } = question;
  const voucherId = voucher === null ? null : await voucherIdOf(connection, voucher);
  if (voucher !== null && voucherId === null) return { entries: [], nextCursor: null, isVoucherUnknown: true };
  const filter: JournalFilter = {
    ...rest,
    voucherId,
    sides: account === null ? null : await accountSides(connection, versions, account),
  };
  const after = readCursor(cursor);
  const { items, nextCursor } = await readPage(
    limit,
    (most) => findJournal(connection, filter, after, most),
    ({ postedOn, id }) => `${postedOn}_${id}`,
  );
  return { entries: items.map((row) => withAccounts(versions, row)), nextCursor, isVoucherUnknown: false };
}

/** One entry with all of the redemption it belongs to. */
export async function readJournalEntry(
  connection: Connection,
  id: string,
): Promise<{ readonly entry: JournalEntry; readonly related: readonly JournalEntry[] }> {
  const row = await findJournalEntry(connection, id);
  if (row === null) throw appError('not_found');
  const versions = await accountVersions(connection);
  const related =
    row.redemptionId === null
      ? []
      : await findEntriesOfRedemption(connection, row.redemptionId, row.voucherId, MAX_OF_REDEMPTION);
  return {
    entry: withAccounts(versions, row),
    related: related.filter((one) => one.id !== id).map((one) => withAccounts(versions, one)),
  };
}

export function withAccounts(versions: AccountVersions, row: JournalRow): JournalEntry {
  const setup = versions.setupOf(row.postedOn, row.runId);
  const { debitAccount, creditAccount } = accountsOf(setup, row);
  const collective = DEBTOR_ROLES.includes(row.debitRole)
    ? debitAccount
    : DEBTOR_ROLES.includes(row.creditRole)
      ? creditAccount
      : null;
  const isSingle = setup.debtors === 'customer' && [row.debitRole, row.creditRole].includes('DEBITOR');
  return {
    ...row,
    voucherLabel: ownerNumber(row),
    debitAccount,
    creditAccount,
    debtor: isSingle ? (row.customerId ?? collective) : collective,
  };
}

/** The accounts of both sides; the partner's own one where it has one. */
export function accountsOf(
  setup: AccountingSetup,
  row: Pick<JournalRow, 'debitRole' | 'creditRole' | 'type' | 'brand' | 'partnerDetails'>,
): Pick<JournalEntry, 'debitAccount' | 'creditAccount'> {
  const accountFor = (role: string): string | null =>
    (role === 'DEBITOR_PARTNER' ? partnerAccountOf(row.partnerDetails) : null) ??
    accountOf(setup, role, row.type, row.brand);
  return { debitAccount: accountFor(row.debitRole), creditAccount: accountFor(row.creditRole) };
}

/** The sides on an account in every version, each with the days and runs it holds for, and those of partners of their own. */
async function accountSides(
  connection: Connection,
  { days, runs }: AccountVersions,
  account: string,
): Promise<SideMatch[]> {
  const accounts = await partnerAccounts(connection);
  const owners = [...accounts].filter(([, own]) => own === account).map(([id]) => id);
  const ofSetup = (setup: AccountingSetup, when: Pick<SideMatch, 'from' | 'to' | 'run' | 'exceptRuns'>): SideMatch[] =>
    sidesOf(setup, account).map((side) => ({
      ...side,
      ...when,
      ...(side.role === 'DEBITOR_PARTNER' ? { partners: { ids: [...accounts.keys()], isExcept: true } } : {}),
    }));
  const always = { from: null, to: null, run: null, exceptRuns: [] };
  return [
    ...days.flatMap(({ setup, from, to }) => ofSetup(setup, { from, to, run: null, exceptRuns: runs })),
    ...runs.flatMap(({ id, setup, from }) => ofSetup(setup, { from, to: null, run: id, exceptRuns: [] })),
    ...(owners.length === 0
      ? []
      : [
          {
            role: 'DEBITOR_PARTNER',
            type: null,
            brand: null,
            except: [],
            ...always,
            partners: { ids: owners, isExcept: false },
          },
        ]),
  ];
}

/** The roles, types and brands whose entries stand on an account; a role's own name finds what has no account. */
function sidesOf(setup: AccountingSetup, account: string): Pick<SideMatch, 'role' | 'type' | 'brand' | 'except'>[] {
  const keys = Object.entries(setup.accounts)
    .filter(([, number]) => number !== '')
    .map(([key, number]) => {
      const [role = '', type = '', brand = ''] = key.split('/');
      return { role, type: type === '' ? null : type, brand: brand === '' ? null : brand, number };
    });
  const rank = (key: { readonly type: string | null; readonly brand: string | null }): number =>
    (key.brand === null ? 0 : 2) + (key.type === null ? 0 : 1);
  const found = keys
    .filter(({ number }) => number === account)
    .map(({ role, type, brand }) => ({
      role,
      type,
      brand,
      except: keys.filter(
        (other) => other.role === role && other.number !== account && rank(other) > rank({ type, brand }),
      ),
    }));
  if (found.length > 0) return found;
  return /^[A-Z_]+$/.test(account) ? [{ role: account, type: null, brand: null, except: [] }] : [];
}

async function voucherIdOf(connection: Connection, text: string): Promise<string | null> {
  const own = /^V-(\d{1,18})$/i.exec(text);
  if (own !== null) return own[1] ?? null;
  if (ID_PATTERN.test(text)) return text;
  return findVoucherIdByNumber(connection, text.toUpperCase());
}

function readCursor(cursor: string | null): readonly [string, string] | null {
  const match = /^(\d{4}-\d\d-\d\d)_(\d{1,18})$/.exec(cursor ?? '');
  if (match !== null) return [match[1] ?? '', match[2] ?? ''];
  if (cursor === null) return null;
  throw appError('invalid_request');
}
