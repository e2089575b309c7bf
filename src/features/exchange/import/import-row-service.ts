import { oldestSaleDay } from '../../../core/told-day.ts';
import { oneLine } from '../../../core/text.ts';
import { checkRules } from '../../../core/engine/voucher-rules-check.ts';
import type { Funding, VoucherType } from '../../../core/engine/voucher.ts';
import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import { nested } from '../../../platform/data/json-path.ts';
import type { Cell } from '../../../platform/files/table-file.ts';
import type { CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { isStoredValue, rulesFromBody, type StoredRules } from '../../vouchers/rules/rules-service.ts';
import type { VoucherField } from '../../vouchers/rules/voucher-field.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';
import { joinProblem } from '../../vouchers/life/voucher-campaign-service.ts';
import type { MigratedVoucher } from '../../vouchers/life/voucher-migration-service.ts';
import {
  countOf,
  dayOfCell,
  entryOf,
  flagOf,
  moneyOf,
  paidDay,
  percentOf,
  WrongRow,
  type RowProblem,
} from './import-cell-service.ts';
import type { ImportMapping } from './import-columns-service.ts';
import { fundingOf, statedFunding, typeOf } from './import-word-service.ts';

export interface ImportContext {
  readonly mapping: ImportMapping;
  /** For rows that say nothing. */
  readonly title: string;
  readonly type: VoucherType;
  /** For settlement vouchers that say nothing; null: they are refused, because nobody may presume it. */
  readonly funding: Funding | null;
  readonly currency: string;
  readonly today: string;
  /** Ids and names of the catalogue, in small letters, to their ids. */
  readonly brands: ReadonlyMap<string, string>;
  readonly partners: ReadonlyMap<string, string>;
  /** What the rows at hand call a campaign, in small letters: its number or its title. */
  readonly campaigns: ReadonlyMap<string, CampaignRules | 'several'>;
}

export type ReadRow =
  | { readonly voucher: MigratedVoucher; readonly problem: null }
  | { readonly voucher: null; readonly problem: RowProblem };

const MAX_TITLE = 200;
/** A row as a voucher, or the first thing that is wrong with it. */
export function readRow(cells: readonly Cell[], context: ImportContext): ReadRow {
  try {
    return { voucher: voucherOf(cells, context), problem: null };
  } catch (error) {
    if (error instanceof WrongRow) return { voucher: null, problem: error.problem };
    throw error;
  }
}

type CellOf = (column: string) => Cell;

function voucherOf(cells: readonly Cell[], context: ImportContext): MigratedVoucher {
  const cell: CellOf = (name) => {
    const column = context.mapping[name] ?? null;
    return (column === null ? undefined : cells[column]) ?? { text: '', number: null, day: null };
  };
  const code = cell('code').text;
  if (code === '') throw new WrongRow('code_missing', '');
  if (isMalformedCode(code)) throw new WrongRow('code_malformed', code);
  const campaign = campaignOf(cell('campaign').text, context.campaigns);
  const title = oneLine(cell('title').text) || context.title;
  if (campaign === null && (title === '' || title.length > MAX_TITLE))
    throw new WrongRow(title === '' ? 'title_missing' : 'title_long', title);
  const type = typeOf(cell('type').text, campaign?.rules.type ?? context.type);
  const worth = worthOf(cell('value'), type, campaign);
  const money = moneyIn(cell, { type, value: worth.value, campaign, today: context.today });
  const said = fieldsOf(cell, context, 'rules');
  const rules = campaign === null ? ownRules({ type, title, said }, worth, context) : codeRules(type, worth, campaign);
  const { recipient = null, note = null } = nested(fieldsOf(cell, context, 'voucher')) as OwnParts;
  const voucher = {
    ...{ code, rules, ...money, note },
    recipient: recipient === null || (recipient.name === null && recipient.email === null) ? null : recipient,
    campaign: campaign === null ? null : { id: campaign.id, rulesId: campaign.rulesId },
  };
  if (campaign !== null)
    requireFitting(voucher, campaign, { type, currency: context.currency, said }, cell('campaign').text);
  return voucher;
}

type OwnParts = Partial<Pick<MigratedVoucher, 'recipient' | 'note'>>;
type Said = readonly (readonly [string, unknown])[];

interface Worth {
  readonly value: number | null;
  readonly isPercent: boolean;
}

/** A campaign says what its codes are worth; only one of stored value may have a value of its own. */
function worthOf(cell: Cell, type: VoucherType, campaign: CampaignRules | null): Worth {
  const stored = isStoredValue(type);
  const isPercent = cell.text.endsWith('%');
  if (isPercent && stored) throw new WrongRow('percent_stored', cell.text);
  const typed = isPercent ? percentOf(cell.text) : moneyOf(cell, 'value');
  const value = typed ?? campaign?.rules.originalValue ?? null;
  const needsValue = campaign === null || stored || typed !== null;
  if (needsValue && (value === null || value <= 0)) throw new WrongRow('value_missing', cell.text);
  return { value, isPercent };
}

interface MoneyContext {
  readonly type: VoucherType;
  readonly value: number | null;
  readonly campaign: CampaignRules | null;
  readonly today: string;
}

/** When it was paid, and what is left of it. */
function moneyIn(
  cell: CellOf,
  { type, value, campaign, today }: MoneyContext,
): { readonly paidOn: string | null; readonly rest: number | null } {
  const stored = isStoredValue(type);
  const paidOn = paidDay(cell('paid'), today) ?? (type === 'discount' && campaign === null ? today : null);
  const rest = moneyOf(cell('rest'), 'rest');
  const isPart = rest !== null && rest !== value;
  if (rest !== null && (rest < 0 || (value !== null && rest > value)))
    throw new WrongRow('rest_range', cell('rest').text);
  if (isPart && !stored) throw new WrongRow('rest_not_stored', cell('rest').text);
  if (isPart && paidOn === null) throw new WrongRow('rest_unpaid', cell('rest').text);
  if (paidOn !== null && paidOn > today) throw new WrongRow('paid_future', cell('paid').text);
  if (paidOn !== null && paidOn < oldestSaleDay(today)) throw new WrongRow('paid_too_old', cell('paid').text);
  return { paidOn, rest: stored && paidOn !== null ? (rest ?? value) : null };
}

interface OwnSaid {
  readonly type: VoucherType;
  readonly title: string;
  readonly said: Said;
}

function ownRules(
  { type, title, said }: OwnSaid,
  { value, isPercent }: Worth,
  { currency, funding: fallback }: ImportContext,
): StoredRules {
  const stated = new Map(said);
  const funding = fundingOf(type, stated.get('funding') as Funding | null, fallback);
  const tier = { minTripPrice: 0, ...(isPercent ? { percent: (value ?? 0) / 100 } : { amount: value ?? 0 }) };
  const worth: Said = isStoredValue(type) ? [['value.originalValue', value]] : [['value.tiers', [tier]]];
  const rules = rulesFromBody({ ...nested([...said, ...worth]), type, title, funding }, currency);
  if (stated.get('refundOnExpiry') === true && !rules.refundOnExpiry) throw new WrongRow('refund_not_owed', '');
  const [broken] = checkRules(rules);
  if (broken !== undefined) throw new WrongRow(`rule_${broken.code}`, '');
  return rules;
}

function codeRules(type: VoucherType, { value }: Worth, campaign: CampaignRules): StoredRules {
  return { ...campaign.rules, originalValue: isStoredValue(type) ? value : null };
}

/** Holds what the row says of itself against the campaign. */
function requireFitting(
  voucher: MigratedVoucher,
  campaign: CampaignRules,
  { type, currency, said }: { readonly type: VoucherType; readonly currency: string; readonly said: Said },
  text: string,
): void {
  const { restrictions } = voucher.rules;
  const stating = new Map(said);
  const brand = (stating.get('restrictions.brand') as string | null | undefined) ?? restrictions.brand;
  const funding = (stating.get('funding') as Funding | null | undefined) ?? voucher.rules.funding;
  const stated = {
    ...voucher,
    rules: { ...voucher.rules, type, currency, funding, restrictions: { ...restrictions, brand } },
  };
  const problem = campaignProblem(stated, campaign);
  if (problem !== null) throw new WrongRow(problem, text);
}

/** What the row says in the fields that are read by their kind, by the places of the API. */
function fieldsOf(cell: CellOf, context: ImportContext, of: VoucherField['of']): Said {
  return voucherFields()
    .filter((field) => field.imported !== undefined && field.of === of)
    .map((field) => [field.path, valueOf(field, cell(field.name), context)] as const);
}

function valueOf(field: VoucherField, cell: Cell, { brands, partners }: ImportContext): unknown {
  const { name, kind, most = 0, lines } = field;
  switch (kind) {
    case 'day':
      return dayOfCell(cell);
    case 'money':
      return moneyOf(cell, 'money');
    case 'count':
      return countOf(cell, most);
    case 'entry':
      return entryOf(cell.text, name === 'brand' ? brands : partners, `${name}_unknown`);
    case 'email':
      if (cell.text !== '' && (cell.text.length > most || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell.text)))
        throw new WrongRow('email_wrong', cell.text);
      return cell.text || null;
    case 'text': {
      const text = lines === undefined ? oneLine(cell.text) : cell.text;
      if (text.length > most) throw new WrongRow(TOO_LONG[name] ?? 'text_long', text);
      return text || null;
    }
    case 'choice':
      if (name === 'funding') return statedFunding(cell.text);
      throw new Error(`no cell of an import can hold ${name}`);
    case 'flag':
      return flagOf(cell);
    case 'currency':
    case 'customer':
    case 'list':
    case 'motif':
    case 'pair':
    case 'tiers':
    case 'type':
      throw new Error(`no cell of an import can hold ${name}`);
  }
}

const TOO_LONG: Readonly<Record<string, string>> = { recipientName: 'name_long', note: 'note_long' };

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
  if (found === undefined) throw new WrongRow('campaign_unknown', text);
  if (found === 'several') throw new WrongRow('campaign_several', text);
  return found;
}
