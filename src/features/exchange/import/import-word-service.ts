import type { CHOOSABLE_FUNDINGS, Funding, VoucherType } from '../../../core/engine/voucher.ts';
import { WrongRow } from './import-cell-service.ts';

const TYPE_WORDS: Readonly<Record<VoucherType, readonly string[]>> = {
  discount: ['rabatt', 'discount', 'aktion'],
  deal: ['deal'],
  purchase: ['kauf', 'purchase', 'kaufgutschein', 'geschenkgutschein', 'wertgutschein'],
  settlement: ['verrechnung', 'settlement', 'verrechnungsgutschein'],
};
const FUNDING_WORDS: Readonly<Record<(typeof CHOOSABLE_FUNDINGS)[number], readonly string[]>> = {
  refund_conversion: [
    'erstattungsanspruch umgewandelt',
    'umgewandelte erstattung',
    'erstattungsanspruch',
    'erstattung',
    'refund_conversion',
    'refund claim',
  ],
  legal_claim: [
    'rechtlicher anspruch (minderung, schaden)',
    'rechtlicher anspruch',
    'minderung',
    'schadenersatz',
    'legal_claim',
    'legal claim',
  ],
  goodwill: ['kulanz', 'goodwill'],
  transfer: ['restwert eines anderen gutscheins', 'restwert', 'umbuchung', 'transfer'],
};
/** Why a settlement voucher was given decides how it is booked, so it is said or chosen, and never presumed. */
export function fundingOf(type: VoucherType, said: Funding | null, fallback: Funding | null): Funding | null {
  if (type !== 'settlement') {
    if (said !== null) throw new WrongRow('funding_not_settlement', '');
    return null;
  }
  const funding = said ?? fallback;
  if (funding === null) throw new WrongRow('funding_missing', '');
  return funding;
}

/** The type a cell names; an empty one leaves the fallback. */
export function typeOf(text: string, fallback: VoucherType): VoucherType {
  return wordOf(text, TYPE_WORDS, 'type_unknown') ?? fallback;
}

/** What a cell calls by one of these names; null: it is empty. */
function wordOf<T extends string>(
  text: string,
  words: Readonly<Record<T, readonly string[]>>,
  problem: string,
): T | null {
  if (text === '') return null;
  const found = (Object.keys(words) as T[]).find((one) => words[one].includes(text.toLowerCase()));
  if (found === undefined) throw new WrongRow(problem, text);
  return found;
}

/** The funding a cell names; null: it is empty. */
export function statedFunding(text: string): Funding | null {
  return wordOf(text, FUNDING_WORDS, 'funding_unknown');
}
