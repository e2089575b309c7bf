import { isCalendarDay } from '../calendar.ts';

/** One credit of a bank statement. */
export interface StatementLine {
  /** Of the account the money came to; empty where the file does not say. */
  readonly account: string;
  /** The bank's own mark of this booking, unique on the account; empty where it gives none. */
  readonly bankReference: string;
  readonly bookedOn: string;
  readonly cents: number;
  readonly currency: string;
  readonly payer: string;
  readonly purpose: string;
}

export interface StatementContent {
  readonly lines: readonly StatementLine[];
  /** What left the account, in amounts above 0; `payer` is empty. */
  readonly debits: readonly StatementLine[];
  /** Debits, reversals and bookings that are only announced. */
  readonly skipped: number;
}

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

/**
 * The numbers of orders a payer wrote, in any spelling a bank makes of them: `B-2026-000017`, `B2026000017`,
 * `B-2026-0000 17` are all B-2026-000017.
 */
export function orderNumbersIn(purpose: string): string[] {
  const tidy = purpose.toUpperCase().replaceAll(/[\s./_–—]+/g, '');
  const found = [...tidy.matchAll(/B-?(20\d{2})-?(\d{6,9})(?!\d)/g)].map(
    ([, year = '', number = '']) => `B-${year}-${number}`,
  );
  return [...new Set(found)];
}

/** The numbers of refunds that a debit names, in any spelling a bank makes of them: `ER 2026-000017` is ER-2026-000017. */
export function refundNumbersIn(purpose: string): string[] {
  const tidy = purpose.toUpperCase().replaceAll(/[\s./_–—]+/g, '');
  const found = [...tidy.matchAll(/ER-?(20\d{2})-?(\d{6,9})(?!\d)/g)].map(
    ([, year = '', number = '']) => `ER-${year}-${number}`,
  );
  return [...new Set(found)];
}

/** What of a credit stands in every format a bank hands out. */
export type CreditLook = Pick<StatementLine, 'account' | 'bookedOn' | 'cents' | 'currency' | 'payer' | 'purpose'>;

/**
 * Whether two lines of different files may be one credit. Day, amount and currency are equal and the accounts do not
 * contradict; then the order numbers decide where both name some, else the payer, else the purpose, read without spaces
 * and marks. `MUELLER GMBH`, 100,00 on one day in CAMT and in CSV are one; payers that differ are two; what says nothing fits. A person decides.
 */
export function mayBeSameCredit(one: CreditLook, other: CreditLook): boolean {
  if (one.bookedOn !== other.bookedOn || one.cents !== other.cents || one.currency !== other.currency) return false;
  if (one.account !== '' && other.account !== '' && one.account !== other.account) return false;
  const numbers = [orderNumbersIn(one.purpose), orderNumbersIn(other.purpose)] as const;
  if (numbers[0].length > 0 && numbers[1].length > 0) return numbers[0].some((number) => numbers[1].includes(number));
  const payers = [bare(one.payer), bare(other.payer)] as const;
  if (payers[0] !== '' && payers[1] !== '') return holdsOther(...payers);
  return holdsOther(bare(one.purpose), bare(other.purpose));
}

export type Proposal = 'exact' | 'part' | 'over' | 'done' | 'unknown' | 'several';

/**
 * What a credit means for the one order its purpose names. 100,00 for an order that wants 100,00 is exact; less is part,
 * more is over; an order that is over or paid is done, which a person must look at.
 */
export function proposalFor(cents: number, order: { readonly isOpen: boolean; readonly missing: number }): Proposal {
  if (!order.isOpen) return 'done';
  if (cents === order.missing) return 'exact';
  return cents < order.missing ? 'part' : 'over';
}

/** Banks write umlauts in either way and cut names at different lengths. */
function bare(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss');
  return plain.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function holdsOther(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one);
}

function linesOfEntry(entry: Tree, account: string, side: 'CRDT' | 'DBIT'): StatementLine[] {
  const state = textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts');
  const bookedOn = (
    textAt(entry, 'BookgDt', 'Dt') ||
    textAt(entry, 'BookgDt', 'DtTm') ||
    textAt(entry, 'ValDt', 'Dt')
  ).slice(0, 10);
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
