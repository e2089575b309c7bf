/** Every occasion for a mail, with what its text may name. */
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
  partner_invoice: ['partnerName', 'invoiceNumber', 'amount', 'dueOn'],
  partner_run: ['partnerName', 'from', 'until', 'invoices', 'cancellations', 'amount'],
  partner_cancellation: ['partnerName', 'invoiceNumber', 'amount'],
} as const satisfies Record<string, readonly string[]>;

export type MailEvent = keyof typeof MAIL_EVENTS;

export function isMailEvent(text: string): text is MailEvent {
  return Object.hasOwn(MAIL_EVENTS, text);
}
