import type { Translate } from '../../../platform/html/i18n.ts';
import type { Receipt } from '../../accounting/receipts/receipt-service.ts';

/** What a receipt says, in words: what it is, what was paid and how, and why no VAT stands on it. */
export function receiptLines({ kind, content }: Receipt, t: Translate) {
  const isVoucher = VOUCHER_KINDS.has(kind);
  return {
    heading: t(`counter:receipt.heading.${kind}`),
    /** A Storno names the paper that it takes back. */
    reversesText: content.reverses === null ? '' : t('counter:receipt.reverses', { number: content.reverses }),
    taxText: isVoucher ? t('counter:receipt.no_vat') : '',
    typesText: content.businessTypes.join(', '),
    facts: [
      { label: t('counter:receipt.vouchers'), text: content.vouchers.join(', ') },
      { label: t('counter:receipt.booking'), text: content.bookingNumber ?? '' },
      { label: t('counter:receipt.till'), text: content.till ?? '' },
      { label: t('counter:receipt.note'), text: content.note ?? '' },
    ].filter(({ text }) => text !== ''),
    price: content.price ?? 0,
    voucherAmount: content.voucherAmount ?? 0,
    paid: content.paid.map(({ by, cents }) => ({ text: t(`counter:receipt.paid.${by}`), cents })),
  };
}

/** Selling, filling and taking back what is redeemed later: taxed only then. */
const VOUCHER_KINDS: ReadonlySet<string> = new Set(['sale', 'top_up', 'sale_reversal', 'top_up_reversal']);
