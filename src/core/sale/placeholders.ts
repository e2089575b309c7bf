/** A placeholder of a text people edit: `{name}` in braces, letters and underscores only. */
const PLACEHOLDER = /\{([A-Za-z][A-Za-z_]*)\}/g;

/**
 * Puts values into a text that people edit. Only names of the given values are replaced; anything else in braces stays as
 * it is, so a text can run nothing and read nothing it was not given. A value is never read for placeholders itself.
 * fillPlaceholders('Hallo {name}, {x}', { name: '{x}' }) = 'Hallo {x}, {x}'.
 */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (all, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : all));
}

/** A line that ends in a placeholder, and everything in front of it: `BIC: {bic}`. */
const LAST_IN_LINE = /^[^{}]*\{([A-Za-z][A-Za-z_]*)\}[ \t]*$/;

/**
 * The same for a text of several lines, in which a line that says nothing else than a value that is empty is left out,
 * with the empty line behind it. fillLines('IBAN: {iban}\nBIC: {bic}\nDanke', { iban: 'DE02', bic: '' }) =
 * 'IBAN: DE02\nDanke'.
 */
export function fillLines(text: string, values: Readonly<Record<string, string>>): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const name = LAST_IN_LINE.exec(line)?.[1];
    const isEmpty = name !== undefined && values[name] === '';
    if (isEmpty) continue;
    if (line === '' && kept.at(-1) === '') continue;
    kept.push(line);
  }
  return fillPlaceholders(kept.join('\n'), values);
}

/** What a brace opens, up to where it is closed or its line ends; or a brace that closes nothing. */
const BRACED = /\{[^{}\n]*\}?|\}/g;

/**
 * Everything with a brace that is no placeholder of these names, as it stands in the text, each once and in its order:
 * a slip would go to a customer as it was typed. wrongPlaceholders('{name} { name } {nam} {name', ['name']) =
 * ['{ name }', '{nam}', '{name'].
 */
export function wrongPlaceholders(text: string, allowed: readonly string[]): string[] {
  const braced = [...text.matchAll(BRACED)].map(([all]) => all);
  return [...new Set(braced)].filter((one) => !allowed.some((name) => one === `{${name}}`));
}

const ORDER = [
  'orderNumber',
  'orderedOn',
  'buyerName',
  'recipientName',
  'quantity',
  'amount',
  'total',
  'open',
  'payUntil',
  'deliverOn',
  'companyName',
  'contactEmail',
  'contactPhone',
] as const;
const BANK = ['accountHolder', 'iban', 'bic', 'bankName'] as const;
const VOUCHER = ['codes', 'pin', 'balanceLink', 'message'] as const;

/** Every occasion for a mail, with the placeholders its text may name. */
export const MAIL_EVENTS = {
  order_placed: [...ORDER, ...BANK, 'orderLink'],
  order_agency: [...ORDER, 'orderLink'],
  order_paid: [...ORDER, 'orderLink'],
  order_fulfilled: [...ORDER, ...VOUCHER, 'orderLink'],
  order_cancelled: [...ORDER],
  order_refunded: [...ORDER, 'refunded'],
  voucher_gift: [...ORDER, ...VOUCHER],
  voucher_mail: ['name', 'title', 'value', 'code', 'pin', 'validUntil', 'message', 'balanceLink'],
  voucher_pin: ['name', 'title', 'pin', 'balanceLink'],
  voucher_rest: ['name', 'title', 'value', 'code', 'pin', 'validUntil', 'message', 'bookingNumber', 'balanceLink'],
  reminder_expiry: ['name', 'title', 'value', 'validUntil', 'balanceLink'],
  invitation: ['name', 'link', 'hours'],
  password_reset: ['name', 'link', 'hours'],
  partner_invoice: ['partnerName', 'documentName', 'invoiceNumber', 'amount', 'dueOn'],
  partner_run: ['partnerName', 'from', 'until', 'invoices', 'cancellations', 'amount'],
  partner_cancellation: ['partnerName', 'documentName', 'invoiceNumber', 'amount'],
} as const satisfies Record<string, readonly string[]>;

export type MailEvent = keyof typeof MAIL_EVENTS;

export function isMailEvent(text: string): text is MailEvent {
  return Object.hasOwn(MAIL_EVENTS, text);
}
