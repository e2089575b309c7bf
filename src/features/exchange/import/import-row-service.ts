import { checkRules } from '../../../core/engine/voucher-rules-check.ts';
import { VOUCHER_TYPES, type VoucherType } from '../../../core/engine/voucher.ts';
import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import type { Cell } from '../../../platform/files/table-file.ts';
import { parseDay, parseMoney, parsePercent } from '../../../platform/html/typed-input.ts';
import type { CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { isStoredValue, rulesFromBody } from '../../vouchers/rules/rules-service.ts';
import { joinProblem } from '../../vouchers/life/voucher-campaign-service.ts';
import type { MigratedVoucher } from '../../vouchers/life/voucher-migration-service.ts';
import { MAX_NOTE } from '../../vouchers/record/voucher-service.ts';

export const IMPORT_FIELDS = [
  'code',
  'title',
  'type',
  'value',
  'rest',
  'paid',
  'bookFrom',
  'bookUntil',
  'recipientName',
  'recipientEmail',
  'brand',
  'partner',
  'campaign',
  'note',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Which column of the file holds what, from 0; null: none does. */
export type ImportMapping = Readonly<Record<ImportField, number | null>>;

export interface ImportContext {
  readonly mapping: ImportMapping;
  /** For rows that say nothing. */
  readonly title: string;
  readonly type: VoucherType;
  readonly currency: string;
  readonly today: string;
  /** Ids and names of the catalogue, in small letters, to their ids. */
  readonly brands: ReadonlyMap<string, string>;
  readonly partners: ReadonlyMap<string, string>;
  /** What the rows at hand call a campaign, in small letters: its number or its title. */
  readonly campaigns: ReadonlyMap<string, CampaignRules | 'several'>;
}

export interface RowProblem {
  readonly code: string;
  readonly value: string;
}

export type ReadRow =
  | { readonly voucher: MigratedVoucher; readonly problem: null }
  | { readonly voucher: null; readonly problem: RowProblem };

const HEADINGS: Readonly<Record<ImportField, readonly string[]>> = {
  code: ['code', 'gutscheincode', 'gutschein-code', 'gutschein', 'voucher', 'vouchercode', 'voucher code'],
  title: ['titel', 'title', 'bezeichnung', 'name'],
  type: ['typ', 'type', 'art', 'gutscheinart'],
  value: ['wert', 'value', 'nennwert', 'betrag', 'amount', 'face value', 'o-wert'],
  rest: ['rest', 'restwert', 'balance', 'saldo', 'guthaben', 'remaining'],
  paid: ['bezahlt', 'bezahlt am', 'paid', 'paid at', 'paid on', 'zahlung', 'verkauft am'],
  bookFrom: ['gültig von', 'gültig ab', 'valid from', 'ab'],
  bookUntil: ['gültig bis', 'buchung bis', 'valid until', 'valid to', 'ablauf', 'ablaufdatum', 'expires', 'bis'],
  recipientName: ['empfänger', 'recipient', 'empfängername', 'recipient name', 'kunde', 'beschenkter'],
  recipientEmail: ['e-mail', 'email', 'mail', 'empfänger e-mail', 'recipient email'],
  brand: ['marke', 'brand'],
  partner: ['partner', 'dealpartner'],
  campaign: ['aktion', 'gutscheinaktion', 'aktion nr', 'aktions-nr', 'aktionsnummer', 'campaign'],
  note: ['interne notiz', 'notiz', 'bemerkung', 'vermerk', 'note', 'internal note', 'comment'],
};

/** The columns by their headings, in German or English. */
export function guessMapping(headings: readonly string[]): ImportMapping {
  const tidy = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[.:*]+$/, '')
      .trim(),
  );
  const find = (field: ImportField): number | null => {
    const found = tidy.findIndex((heading) => HEADINGS[field].includes(heading));
    return found < 0 ? null : found;
  };
  return Object.fromEntries(IMPORT_FIELDS.map((field) => [field, find(field)])) as ImportMapping;
}

const TYPE_WORDS: Readonly<Record<VoucherType, readonly string[]>> = {
  discount: ['rabatt', 'discount', 'aktion'],
  deal: ['deal'],
  purchase: ['kauf', 'purchase', 'kaufgutschein', 'geschenkgutschein', 'wertgutschein'],
  settlement: ['verrechnung', 'settlement', 'verrechnungsgutschein'],
};
const MAX_TITLE = 200;
const MAX_NAME = 200;
const MAX_EMAIL = 254;

/** A row as a voucher, or the first thing that is wrong with it. */
export function readRow(cells: readonly Cell[], context: ImportContext): ReadRow {
  try {
    return { voucher: voucherOf(cells, context), problem: null };
  } catch (error) {
    if (error instanceof Wrong) return { voucher: null, problem: error.problem };
    throw error;
  }
}

class Wrong extends Error {
  readonly problem: RowProblem;
  constructor(code: string, value: string) {
    super(code);
    this.problem = { code, value: value.slice(0, 100) };
  }
}

function voucherOf(cells: readonly Cell[], context: ImportContext): MigratedVoucher {
  const cell = (field: ImportField): Cell => {
    const column = context.mapping[field];
    return (column === null ? undefined : cells[column]) ?? { text: '', number: null, day: null };
  };
  const code = cell('code').text;
  if (code === '') throw new Wrong('code_missing', '');
  if (isMalformedCode(code)) throw new Wrong('code_malformed', code);
  const campaign = campaignOf(cell('campaign').text, context.campaigns);
  const title = cell('title').text || context.title;
  if (campaign === null && (title === '' || title.length > MAX_TITLE))
    throw new Wrong(title === '' ? 'title_missing' : 'title_long', title);
  const type = typeOf(cell('type').text, campaign?.rules.type ?? context.type);
  const stored = isStoredValue(type);
  const worth = cell('value');
  const isPercent = worth.text.endsWith('%');
  if (isPercent && stored) throw new Wrong('percent_stored', worth.text);
  const typed = isPercent ? percentOf(worth.text) : moneyOf(worth, 'value');
  // A campaign says what its codes are worth; only one of stored value may have a value of its own.
  const value = typed ?? campaign?.rules.originalValue ?? null;
  const needsValue = campaign === null || stored || typed !== null;
  if (needsValue && (value === null || value <= 0)) throw new Wrong('value_missing', worth.text);
  const paidOn =
    paidDay(cell('paid'), context.today) ?? (type === 'discount' && campaign === null ? context.today : null);
  const rest = moneyOf(cell('rest'), 'rest');
  if (rest !== null && (rest < 0 || (value !== null && rest > value))) throw new Wrong('rest_range', cell('rest').text);
  if (rest !== null && rest !== value && !stored) throw new Wrong('rest_not_stored', cell('rest').text);
  if (rest !== null && rest !== value && paidOn === null) throw new Wrong('rest_unpaid', cell('rest').text);
  if (paidOn !== null && paidOn > context.today) throw new Wrong('paid_future', cell('paid').text);
  const brand = entryOf(cell('brand').text, context.brands, 'brand_unknown');
  const partner = entryOf(cell('partner').text, context.partners, 'partner_unknown');
  const validity = { bookFrom: dayOfCell(cell('bookFrom')), bookUntil: dayOfCell(cell('bookUntil')) };
  const rules =
    campaign !== null
      ? { ...campaign.rules, originalValue: stored ? value : null }
      : rulesFromBody(
          {
            type,
            title,
            value: stored
              ? { originalValue: value }
              : {
                  tiers: [
                    isPercent
                      ? { minTripPrice: 0, percent: (value ?? 0) / 100 }
                      : { minTripPrice: 0, amount: value ?? 0 },
                  ],
                },
            validity,
            restrictions: { brand, partner },
          },
          context.currency,
        );
  if (campaign === null) {
    const [broken] = checkRules(rules);
    if (broken !== undefined) throw new Wrong(`rule_${broken.code}`, '');
  }
  const name = cell('recipientName').text;
  const email = cell('recipientEmail').text;
  if (name.length > MAX_NAME) throw new Wrong('name_long', name);
  if (email !== '' && (email.length > MAX_EMAIL || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)))
    throw new Wrong('email_wrong', email);
  const note = cell('note').text;
  if (note.length > MAX_NOTE) throw new Wrong('note_long', note);
  const voucher = {
    code,
    rules,
    paidOn,
    rest: stored && paidOn !== null ? (rest ?? value) : null,
    recipient: name === '' && email === '' ? null : { name: name || null, email: email || null },
    note: note || null,
    campaign: campaign === null ? null : { id: campaign.id, rulesId: campaign.rulesId },
  };
  if (campaign === null) return voucher;
  const stated = {
    ...voucher,
    rules: {
      ...rules,
      type,
      currency: context.currency,
      restrictions: { ...rules.restrictions, brand: brand ?? rules.restrictions.brand },
    },
  };
  const problem = campaignProblem(stated, campaign);
  if (problem !== null) throw new Wrong(problem, cell('campaign').text);
  return voucher;
}

/** Why a row cannot become a code of its campaign; asked again under the lock, because the campaign may have been changed since. */
export function campaignProblem(
  { rules, paidOn, rest }: MigratedVoucher,
  campaign: CampaignRules,
): 'campaign_kind' | 'campaign_unpaid' | null {
  const { type, currency, residual, funding, restrictions } = rules;
  const isUnpaidValue = isStoredValue(type) && paidOn === null;
  const problem = joinProblem(
    { type, currency, residual, funding, brand: restrictions.brand, isBooked: (rest ?? 0) > 0, isUnpaidValue },
    campaign,
  );
  return problem === null ? null : problem === 'other_kind' ? 'campaign_kind' : 'campaign_unpaid';
}

function campaignOf(text: string, known: ImportContext['campaigns']): CampaignRules | null {
  if (text === '') return null;
  const found = known.get(text.toLowerCase());
  if (found === undefined) throw new Wrong('campaign_unknown', text);
  if (found === 'several') throw new Wrong('campaign_several', text);
  return found;
}

function typeOf(text: string, fallback: VoucherType): VoucherType {
  if (text === '') return fallback;
  const found = VOUCHER_TYPES.find((type) => TYPE_WORDS[type].includes(text.toLowerCase()));
  if (found === undefined) throw new Wrong('type_unknown', text);
  return found;
}

/** A real number of a workbook, or what people type; both have at most two decimals. */
function moneyOf({ text, number }: Cell, field: string): number | null {
  if (text === '') return null;
  if (number !== null) {
    const cents = Math.round(number * 100);
    if (Math.abs(number * 100 - cents) > 1e-6 || !Number.isSafeInteger(cents)) throw new Wrong(`${field}_wrong`, text);
    return cents;
  }
  const typed = parseMoney(text);
  if (!typed.ok) throw new Wrong(`${field}_wrong`, text);
  return typed.value;
}

function percentOf(text: string): number {
  const typed = parsePercent(text);
  if (!typed.ok) throw new Wrong('value_wrong', text);
  return typed.value;
}

function dayOfCell({ text, day }: Cell): string | null {
  if (day !== null || text === '') return day;
  const typed = parseDay(text);
  if (!typed.ok) throw new Wrong('day_wrong', text);
  return typed.value;
}

/** A day; or `ja`, which counts as today, because no day is known. */
function paidDay(cell: Cell, today: string): string | null {
  const word = cell.text.toLowerCase();
  if (['', 'nein', 'no', 'n', '0', '-'].includes(word)) return null;
  if (['ja', 'yes', 'j', 'y', 'x', '1', 'bezahlt', 'paid'].includes(word)) return today;
  return dayOfCell(cell);
}

function entryOf(text: string, known: ReadonlyMap<string, string>, problem: string): string | null {
  if (text === '') return null;
  const id = known.get(text.toLowerCase());
  if (id === undefined) throw new Wrong(problem, text);
  return id;
}
