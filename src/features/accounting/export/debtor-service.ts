import { toCp1252Text } from '../../../core/books/cp1252-text.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { localTimestamp } from '../../../platform/process/clock.ts';
import { partnersWithAccount } from '../../catalogue/partner-service.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import { encodeCp1252 } from '../datev/cp1252-datev.ts';
import { debtorFile, tooLongFor, type DatevDebtor } from './debtor-datev.ts';

/** Why there is no file; nothing is shortened in silence. */
export interface DebtorProblem {
  readonly partner: string;
  readonly field: string;
}

export type DebtorExport =
  | { readonly kind: 'none' | 'no_client' }
  | { readonly kind: 'problems'; readonly problems: readonly DebtorProblem[] }
  | { readonly kind: 'file'; readonly name: string; readonly content: Buffer };

/** The partners with an account of their own, as DATEV reads them. */
export async function debtorExport(
  connection: Connection,
  { now, today, timeZone }: { readonly now: number; readonly today: string; readonly timeZone: string },
): Promise<DebtorExport> {
  const { setup } = await currentSetup(connection);
  const { consultant, client, accountLength, fiscalYearMonth } = setup.datev;
  if (consultant === '' || client === '') return { kind: 'no_client' };
  const debtors = (await partnersWithAccount(connection)).map(debtorOf);
  if (debtors.length === 0) return { kind: 'none' };
  const problems = debtors.flatMap((debtor) => tooLongFor(debtor).map((field) => ({ partner: debtor.name, field })));
  if (problems.length > 0) return { kind: 'problems', problems };
  const year = Number(today.slice(5, 7)) >= fiscalYearMonth ? Number(today.slice(0, 4)) : Number(today.slice(0, 4)) - 1;
  const batch = {
    createdAt: localTimestamp(now, timeZone),
    consultant,
    client,
    fiscalYearBegin: `${year}-${String(fiscalYearMonth).padStart(2, '0')}-01`,
    accountLength,
    chart: setup.chart === 'SKR03' ? '03' : setup.chart === 'SKR04' ? '04' : '',
  };
  const name = `EXTF_Debitoren_${client}_${today.replaceAll('-', '')}.csv`;
  return { kind: 'file', name, content: encodeCp1252(debtorFile(batch, debtors)) };
}

function debtorOf({ name, account, details }: Awaited<ReturnType<typeof partnersWithAccount>>[number]): DatevDebtor {
  const writable = (text: string): string => toCp1252Text(text).text;
  return {
    account,
    name: writable(name),
    street: writable(details.street),
    postcode: writable(details.postcode),
    town: writable(details.town),
    country: details.street === '' ? '' : details.country,
    vatId: details.vatId,
    phone: writable(details.contactPhone),
    email: writable(details.invoiceEmail),
    paymentDays: details.paymentDays,
  };
}
