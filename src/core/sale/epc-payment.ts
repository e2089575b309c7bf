export interface CreditTransfer {
  readonly accountHolder: string;
  readonly iban: string;
  /** Empty inside of the SEPA area. */
  readonly bic: string;
  /** Euro cents. */
  readonly cents: number;
  /** What the payer's bank sends along: the number of the order. */
  readonly reference: string;
}

const MAX_CENTS = 99_999_999_999;
const MAX_BYTES = 331;

/**
 * The text of a payment code that banking apps read (EPC069-12, version 002, UTF-8): 25,00 to DE02 1203 0000 0000 2020 51
 * has the amount line `EUR25.00`. Null where the standard knows no such payment: another currency, nothing to pay, or more
 * than it can hold.
 */
export function epcPaymentText(transfer: CreditTransfer, currency: string): string | null {
  const { cents } = transfer;
  if (currency !== 'EUR' || cents < 1 || cents > MAX_CENTS || !isIban(transfer.iban)) return null;
  const amount = `EUR${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  const holder = oneLine(transfer.accountHolder, 70);
  if (holder === '') return null;
  const lines = [
    'BCD',
    '002',
    '1',
    'SCT',
    oneLine(transfer.bic.replaceAll(' ', ''), 11),
    holder,
    compactIban(transfer.iban),
    amount,
    '',
    '',
    oneLine(transfer.reference, 140),
  ];
  const text = lines.join('\n');
  return bytesOf(text) <= MAX_BYTES ? text : null;
}

/** `DE02120300000000202051` or in groups; the two check digits must fit (ISO 13616, remainder 1 of 97). */
export function isIban(text: string): boolean {
  const iban = compactIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((sign) => Number.parseInt(sign, 36).toString()).join('');
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

export function compactIban(text: string): string {
  return text.replaceAll(/\s/g, '').toUpperCase();
}

/** In groups of four, as banks print it. */
export function groupedIban(text: string): string {
  return compactIban(text).replaceAll(/(.{4})(?=.)/g, '$1 ');
}

function oneLine(text: string, length: number): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, length);
}

function bytesOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + utf8Length(sign.codePointAt(0) ?? 0), 0);
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
