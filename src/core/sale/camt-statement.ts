import { isCalendarDay } from '../calendar.ts';
import type { StatementContent, StatementLine } from './bank-statement.ts';

/** An XML tree: text, children by name, or a list where a name stands several times. */
export type Tree = string | { readonly [name: string]: Tree } | readonly Tree[] | undefined;

/**
 * The credits of a CAMT.053 document (any version): booked entries only, each payment of a collective booking by itself
 * where the bank tells its amount. Null where it is no such document. Source: ISO 20022 camt.053.
 */
export function linesOfCamt(document: Tree): StatementContent | null {
  const message = child(child(document, 'Document'), 'BkToCstmrStmt');
  if (message === undefined || typeof message === 'string') return null;
  const lines: StatementLine[] = [];
  const debits: StatementLine[] = [];
  let skipped = 0;
  for (const statement of listOf(child(message, 'Stmt'))) {
    const account = textAt(statement, 'Acct', 'Id', 'IBAN') || textAt(statement, 'Acct', 'Id', 'Othr', 'Id');
    for (const entry of listOf(child(statement, 'Ntry'))) {
      const found = linesOfEntry(entry, account, 'CRDT');
      debits.push(...linesOfEntry(entry, account, 'DBIT'));
      lines.push(...found);
      if (found.length === 0) skipped += 1;
    }
  }
  return { lines, debits, skipped };
}

function linesOfEntry(entry: Tree, account: string, side: 'CRDT' | 'DBIT'): StatementLine[] {
  const state = textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts');
  const bookedOn = bookingDayOf(entry);
  const isWanted = textAt(entry, 'CdtDbtInd') === side && textAt(entry, 'RvslInd') !== 'true';
  const cents = centsOf(amountText(child(entry, 'Amt')));
  if (!isWanted || (state !== '' && state !== 'BOOK') || !isCalendarDay(bookedOn) || cents === null) return [];
  const currency = currencyOf(child(entry, 'Amt'));
  const reference = textAt(entry, 'AcctSvcrRef') || textAt(entry, 'NtryRef');
  const details = listOf(child(entry, 'NtryDtls')).flatMap((one) => listOf(child(one, 'TxDtls')));
  const amounts = details.map((one) =>
    centsOf(amountText(child(one, 'Amt')) || amountText(child(child(child(one, 'AmtDtls'), 'TxAmt'), 'Amt'))),
  );
  const isCollective =
    details.length > 1 && amounts.every((one) => one !== null) && amounts.reduce((sum, one) => sum + one, 0) === cents;
  if (!isCollective) {
    const texts = details.length === 0 ? [textAt(entry, 'AddtlNtryInf')] : details.map(purposeOf);
    return [
      {
        account,
        bankReference: reference,
        bookedOn,
        cents,
        currency,
        payer: payerOf(details[0]),
        purpose: oneLine(texts.join(' ')),
      },
    ];
  }
  return details.map((one, index) => ({
    account,
    bankReference: reference === '' ? '' : `${reference}/${index + 1}`,
    bookedOn,
    cents: amounts[index] ?? 0,
    currency,
    payer: payerOf(one),
    purpose: oneLine(purposeOf(one)),
  }));
}

function bookingDayOf(entry: Tree): string {
  const told = textAt(entry, 'BookgDt', 'Dt') || textAt(entry, 'BookgDt', 'DtTm') || textAt(entry, 'ValDt', 'Dt');
  return told.slice(0, 10);
}

function payerOf(detail: Tree): string {
  const parties = child(detail, 'RltdPties');
  const payer =
    textAt(parties, 'UltmtDbtr', 'Nm') ||
    textAt(parties, 'UltmtDbtr', 'Pty', 'Nm') ||
    textAt(parties, 'Dbtr', 'Nm') ||
    textAt(parties, 'Dbtr', 'Pty', 'Nm');
  return oneLine(payer).slice(0, 200);
}

function purposeOf(detail: Tree): string {
  const remittance = child(detail, 'RmtInf');
  const endToEnd = textAt(detail, 'Refs', 'EndToEndId');
  const structured = listOf(child(remittance, 'Strd')).map((one) => textAt(one, 'CdtrRefInf', 'Ref'));
  return [...listOf(child(remittance, 'Ustrd')).map(textOf), ...structured, endToEnd === 'NOTPROVIDED' ? '' : endToEnd]
    .filter((one) => one !== '')
    .join(' ');
}

/** `1234.5` as 123450; null: no amount above 0. */
function centsOf(text: string): number | null {
  const match = /^(\d{1,13})(?:\.(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const fraction = (match[2] ?? '').padEnd(2, '0');
  if (/[^0]/.test(fraction.slice(2))) return null;
  const cents = Number(`${match[1] ?? ''}${fraction.slice(0, 2)}`);
  return cents > 0 && Number.isSafeInteger(cents) ? cents : null;
}

function amountText(amount: Tree): string {
  return typeof amount === 'object' && !isList(amount) ? textOf(amount['#text']) : textOf(amount);
}

function currencyOf(amount: Tree): string {
  const currency = typeof amount === 'object' && !isList(amount) ? textOf(amount['@Ccy']) : '';
  return currency === '' ? 'EUR' : currency;
}

function textAt(tree: Tree, ...path: readonly string[]): string {
  return textOf(path.reduce<Tree>((node, name) => child(node, name), tree));
}

function child(tree: Tree, name: string): Tree {
  const node = isList(tree) ? tree[0] : tree;
  return typeof node === 'object' && !isList(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}

function listOf(tree: Tree): readonly Tree[] {
  if (tree === undefined) return [];
  return isList(tree) ? tree : [tree];
}

function textOf(tree: Tree): string {
  const node = isList(tree) ? tree[0] : tree;
  return typeof node === 'string' ? node.trim() : '';
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}
