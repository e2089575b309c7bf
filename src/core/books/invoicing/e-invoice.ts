import { vatTreatment, type VatTreatment } from './vat-treatment.ts';

/** ZUGFeRD is the printed page with the data in it, XRechnung the data with the printed page in it. */
export const E_INVOICE_FORMATS = ['zugferd', 'xrechnung'] as const;
export type EInvoiceFormat = (typeof E_INVOICE_FORMATS)[number];

interface Party {
  readonly name: string;
  readonly street: string;
  readonly postcode: string;
  readonly town: string;
  /** ISO 3166, two letters. */
  readonly country: string;
  readonly vatId: string;
}

export interface InvoiceSeller extends Party {
  readonly taxNumber: string;
  /** Of the company register, such as `HRB 4711`. */
  readonly registration: string;
  readonly contactName: string;
  readonly contactPhone: string;
  readonly contactEmail: string;
}

export interface InvoiceBuyer extends Party {
  readonly email: string;
  /** Of a German public body; the address an XRechnung is sent to. */
  readonly leitwegId: string;
  /** What the buyer wants to read on it (BT-10). */
  readonly reference: string;
}

/** What makes a document to a partner an invoice: what it is for VAT, who and whom, and in which form it goes out. */
export interface Supply {
  readonly treatment: VatTreatment;
  readonly rateBasisPoints: number;
  /** BT-120, as it is printed; empty: none. */
  readonly exemptionText: string;
  readonly format: EInvoiceFormat;
  readonly seller: InvoiceSeller;
  readonly buyer: InvoiceBuyer;
}

const ALWAYS_OF_SELLER = [
  'name',
  'street',
  'postcode',
  'town',
  'country',
  'contactName',
  'contactPhone',
  'contactEmail',
] as const;
const ALWAYS_OF_BUYER = ['name', 'street', 'postcode', 'town', 'country', 'email'] as const;

/**
 * What of the seller an invoice still needs, whatever it is about. Sources: EN 16931 BR-6 to BR-9, BR-CO-26, XRechnung
 * BR-DE-1 to BR-DE-7, BR-DE-16, § 14 (4) UStG. Everything but a VAT id, a tax number and an entry in the register: `vatId`.
 */
export function missingOfSeller(seller: InvoiceSeller, treatment: VatTreatment = 'standard'): (keyof InvoiceSeller)[] {
  const { needsSellerVatId, category } = vatTreatment(treatment);
  const missing: (keyof InvoiceSeller)[] = ALWAYS_OF_SELLER.filter((field) => seller[field] === '');
  if (seller.vatId === '' && (needsSellerVatId || seller.taxNumber === '')) missing.push('vatId');
  // A number of the register tells who the seller is where the VAT id may not or cannot stand.
  if (seller.registration === '' && (category === 'O' || seller.vatId === '')) missing.push('registration');
  return missing;
}

/** The same of the buyer. Sources: EN 16931 BR-10, BR-11, BR-AE-2, BR-IC-2, XRechnung BR-DE-8, BR-DE-9. */
export function missingOfBuyer(buyer: InvoiceBuyer, treatment: VatTreatment): (keyof InvoiceBuyer)[] {
  const missing: (keyof InvoiceBuyer)[] = ALWAYS_OF_BUYER.filter((field) => buyer[field] === '');
  if (buyer.vatId === '' && vatTreatment(treatment).needsBuyerVatId) missing.push('vatId');
  return missing;
}

/** Two letters of its country, then up to twelve signs. `DE123456789`, `ATU12345678`. Source: BR-CO-9. */
export function isVatId(text: string): boolean {
  return /^[A-Z]{2}[0-9A-Z+*.-]{2,13}$/.test(text) && (isCountry(text.slice(0, 2)) || text.startsWith('EL'));
}

/** `04011000-1234512345-06`: coarse, fine and check digits. Source: KoSIT, Leitweg-ID 2.0.2; the check is ISO 7064 MOD 97-10. */
export function isLeitwegId(text: string): boolean {
  if (!/^\d{2,12}(-[0-9A-Z]{1,30})?-\d{2}$/.test(text)) return false;
  const digits = text
    .replaceAll('-', '')
    .split('')
    .map((sign) => (/\d/.test(sign) ? sign : String(sign.charCodeAt(0) - 55)))
    .join('');
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

const COUNTRIES = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD ' +
    'CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF ' +
    'GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN ' +
    'KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA ' +
    'NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
    'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI ' +
    'VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** Whether these are the two letters of a country. Source: ISO 3166-1. `DE` yes, `XX` no. */
export function isCountry(text: string): boolean {
  return COUNTRIES.has(text);
}
