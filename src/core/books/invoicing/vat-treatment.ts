import { roundHalfUp } from '../../money.ts';

/** UNTDID 5305, of which EN 16931 knows these for VAT. */
export type VatCategory = 'S' | 'AE' | 'E' | 'K' | 'G' | 'O' | 'Z';

interface TreatmentRule {
  /** null: there is no supply, so the document is no invoice and says nothing of VAT. */
  readonly category: VatCategory | null;
  readonly hasRate: boolean;
  /** BT-121, of the VATEX list; null: the category needs none, or no code of the list says it. */
  readonly exemptionCode: string | null;
  /** BT-120: `none`, the sentence of the treatment, or what the partner's contract says. */
  readonly exemptionText: 'none' | 'sentence' | 'own';
  readonly needsSellerVatId: boolean;
  readonly needsBuyerVatId: boolean;
}

const TAXED = {
  category: 'S',
  hasRate: true,
  exemptionCode: null,
  exemptionText: 'none',
  needsSellerVatId: false,
  needsBuyerVatId: false,
} as const satisfies TreatmentRule;
const UNTAXED = { ...TAXED, hasRate: false, exemptionText: 'sentence' } as const;

/**
 * What a document to a partner is for VAT. Sources: EN 16931-1 with its rules BR-S, BR-AE, BR-E, BR-IC, BR-G, BR-O, BR-Z; the
 * VATEX code list, where D stands for travel agents (UNTDID 5305 D, Art. 306 MwStSystRL, § 25 UStG); Art. 196 and § 13b UStG
 * for reverse charge. Which of them holds is the adviser's word, so nothing is presumed: the usual one is no supply.
 */
export const VAT_TREATMENTS = {
  no_supply: { ...UNTAXED, category: null, exemptionText: 'none' },
  standard: TAXED,
  margin: { ...UNTAXED, category: 'E', exemptionCode: 'VATEX-EU-D' },
  reverse_charge: {
    ...UNTAXED,
    category: 'AE',
    exemptionCode: 'VATEX-EU-AE',
    needsSellerVatId: true,
    needsBuyerVatId: true,
  },
  exempt: { ...UNTAXED, category: 'E', exemptionText: 'own' },
  outside: { ...UNTAXED, category: 'O', exemptionCode: 'VATEX-EU-O' },
  intra_community: {
    ...UNTAXED,
    category: 'K',
    exemptionCode: 'VATEX-EU-IC',
    needsSellerVatId: true,
    needsBuyerVatId: true,
  },
  export: { ...UNTAXED, category: 'G', exemptionCode: 'VATEX-EU-G', needsSellerVatId: true },
  zero: { ...UNTAXED, category: 'Z', exemptionText: 'none' },
} as const satisfies Readonly<Record<string, TreatmentRule>>;

export type VatTreatment = keyof typeof VAT_TREATMENTS;
export const VAT_TREATMENT_NAMES = Object.keys(VAT_TREATMENTS) as readonly VatTreatment[];

export function vatTreatment(treatment: VatTreatment): TreatmentRule {
  return VAT_TREATMENTS[treatment];
}

/** Minor units, as an invoice states them; a cancellation states the same with the other sign. */
export interface InvoiceAmounts {
  /** BT-131, BT-109, BT-116. */
  readonly net: number;
  /** BT-117, BT-110. */
  readonly vat: number;
  /** BT-114: where no net amount gives just what is owed, one minor unit of either sign. */
  readonly rounding: number;
  /** BT-115: what the books say the partner owes. */
  readonly payable: number;
}

/**
 * An invoice whose amount to pay is what is owed, VAT included; minor units and basis points. Source: EN 16931 BR-CO-10 to
 * BR-CO-17, where VAT is the rounded part of the rounded net amount. 714,00 owed at 19 %: 600,00 net, 114,00 VAT, nothing
 * to round. 0,03 at 19 %: 0,03 net, 0,01 VAT, -0,01 to round. RangeError where an amount is no whole number from 0 on.
 */
export function invoiceAmounts(owed: number, rateBasisPoints: number): InvoiceAmounts {
  const net = roundHalfUp(owed, 10_000, 10_000 + rateBasisPoints);
  const vat = roundHalfUp(net, rateBasisPoints, 10_000);
  return { net, vat, rounding: owed - net - vat, payable: owed };
}

/** BT-120 in the language of all documents to partners. Sources: § 14a (5) and (6) UStG prescribe two of these words. */
const EXEMPTION_SENTENCES: Readonly<Partial<Record<VatTreatment, string>>> = {
  margin: 'Sonderregelung für Reisebüros (§ 25 UStG)',
  reverse_charge: 'Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG, Art. 196 MwStSystRL)',
  outside: 'Nicht steuerbare Leistung',
  intra_community: 'Steuerfreie innergemeinschaftliche Lieferung (§ 4 Nr. 1b UStG)',
  export: 'Steuerfreie Ausfuhrlieferung (§ 4 Nr. 1a UStG)',
};

/** What an invoice says instead of VAT. margin: "Sonderregelung für Reisebüros (§ 25 UStG)"; standard: nothing. */
export function exemptionSentence(treatment: VatTreatment): string {
  return EXEMPTION_SENTENCES[treatment] ?? '';
}
