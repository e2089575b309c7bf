import { requirePaidDay } from '../../staff/people/told-day-service.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import {
  addToCodeCount,
  findCampaign,
  findCampaigns,
  findCampaignTitles,
  findNearBudget,
  insertCampaign,
  listCampaigns as listRecords,
  sumRedeemed,
  updateCampaign,
  type CampaignFilter,
  type CampaignRecord,
} from './campaign-store.ts';
import { payCampaign, requireSmallGoodwill } from '../codes/code-booking-service.ts';
import {
  insertRules,
  isStoredValue,
  mergeRules,
  readRules,
  requireSoundRules,
  rulesFromBody,
  rulesToBody,
  updateRules,
  type RulesBody,
  type StoredRules,
} from '../../vouchers/rules/rules-service.ts';

export { archiveCampaigns, restoreCampaign } from './campaign-store.ts';

export interface CampaignBody extends RulesBody {
  readonly budget?: number | null;
  readonly active?: boolean;
  readonly paidAt?: string | null;
}

export interface CampaignView extends ReturnType<typeof rulesToBody> {
  readonly id: string;
  readonly paidAt: string | null;
  readonly active: boolean;
  readonly budget: number | null;
  readonly budgetUsed: number;
  readonly codeCount: number;
  /** What the tidying took of its codes after the end. */
  readonly removedCodes: number;
  readonly archived: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

const TITLES_PER_STEP = 5000;

export function createCampaign(database: Database, author: Author, body: CampaignBody): Promise<CampaignView> {
  return inTransaction(database, (trx) => createCampaignIn({ trx, ...author }, body));
}

/** The same inside of a larger use case. */
export async function createCampaignIn(act: Act, body: CampaignBody): Promise<CampaignView> {
  const { trx, moment } = act;
  const { currency } = await generalSettings(trx);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(trx, rules);
  await requireSmallGoodwill(trx, rules, rules.originalValue ?? 0);
  const rulesId = await insertRules(trx, rules);
  const paidOn = body.paidAt === undefined ? (rules.type === 'discount' ? moment.today : null) : body.paidAt;
  if (paidOn !== null) await requirePaidDay(act, paidOn, isStoredValue(rules.type));
  const { active: isActive = true, budget = null } = body;
  const id = await insertCampaign(trx, { rulesId, paidOn, isActive, budget }, moment.now);
  await audit(act, 'campaign.create', id, body);
  return readCampaign(trx, id);
}

export interface SeenCampaign {
  readonly id: string;
  /** The version that was seen; null: whatever it is. */
  readonly ifMatch: number | null;
}

/** Changes what is given; its codes follow at once. */
export function changeCampaign(
  database: Database,
  author: Author,
  seen: SeenCampaign,
  change: Partial<CampaignBody>,
): Promise<CampaignView> {
  return inTransaction(database, (trx) => changeCampaignIn({ trx, ...author }, seen, change));
}

/** The same inside of a larger use case. */
export async function changeCampaignIn(
  act: Act,
  { id, ifMatch }: SeenCampaign,
  change: Partial<CampaignBody>,
): Promise<CampaignView> {
  const { trx, moment } = act;
  const record = await findCampaign(trx, id, 'locked');
  if (record === null) throw appError('not_found');
  if (ifMatch !== null && ifMatch !== record.version) throw appError('version_mismatch');
  const before = await rulesOf(trx, record);
  const { budget, active, paidAt, ...ruleChange } = change;
  const rules = Object.keys(ruleChange).length === 0 ? before : await changeRules(trx, record, before, ruleChange);
  const paidOn = paidAt === undefined ? record.paidOn : paidAt;
  if (paidOn !== null && paidOn !== record.paidOn) await requirePaidDay(act, paidOn, isStoredValue(rules.type));
  if (isStoredValue(rules.type) && paidOn !== record.paidOn) await payCampaign(act, record, rules, paidOn);
  const newBudget = budget === undefined ? record.budget : budget;
  const budgetUsed = record.budget === null && newBudget !== null ? await sumRedeemed(trx, id) : record.budgetUsed;
  const isActive = active ?? record.isActive;
  await updateCampaign(trx, id, { paidOn, isActive, budget: newBudget, budgetUsed }, moment.now);
  await audit(act, 'campaign.change', id, change);
  return readCampaign(trx, id);
}

export async function readCampaign(connection: Connection, id: string): Promise<CampaignView> {
  const record = await findCampaign(connection, id);
  if (record === null) throw appError('not_found');
  return view(record, await rulesOf(connection, record));
}

export async function listCampaigns(database: Database, filter: CampaignFilter): Promise<CampaignView[]> {
  const records = await listRecords(database.knex, filter);
  const rules = await readRules(
    database.knex,
    records.map(({ rulesId }) => rulesId),
  );
  return records.flatMap((record) => {
    const own = rules.get(record.rulesId);
    return own === undefined ? [] : [view(record, own)];
  });
}

/** Active campaigns whose budget is used up to so many hundredths or more. */
export async function campaignsNearBudget(database: Database, percent: number, limit: number): Promise<CampaignView[]> {
  const records = await findNearBudget(database.knex, percent, limit);
  const rules = await readRules(
    database.knex,
    records.map(({ rulesId }) => rulesId),
  );
  return records.flatMap((record) => {
    const own = rules.get(record.rulesId);
    return own === undefined ? [] : [view(record, own)];
  });
}

/** What a voucher that becomes a campaign's code follows. */
export interface CampaignRules {
  readonly id: string;
  readonly rulesId: string;
  readonly rules: StoredRules;
  readonly paidOn: string | null;
}

/** The rules a campaign's codes follow, with the campaign locked. */
export async function findCampaignRules(trx: Transaction, id: string): Promise<CampaignRules> {
  const found = (await rulesOfCampaigns(trx, [id], 'locked')).get(id);
  if (found === undefined) throw appError('not_found');
  return found;
}

/** Of at most 500 campaigns what their codes follow; those that do not exist are left out. */
export async function rulesOfCampaigns(
  connection: Connection,
  ids: readonly string[],
  lock: 'locked' | 'unlocked',
): Promise<Map<string, CampaignRules>> {
  if (ids.length === 0) return new Map();
  const records = await findCampaigns(connection, ids, lock);
  const rules = await readRules(
    connection,
    records.map(({ rulesId }) => rulesId),
  );
  return new Map(
    records.flatMap(({ id, rulesId, paidOn }) => {
      const own = rules.get(rulesId);
      return own === undefined ? [] : [[id, { id, rulesId, rules: own, paidOn }] as const];
    }),
  );
}

/** The ids of all campaigns by their titles, in small letters; several may have one title. */
export async function campaignIdsByTitle(connection: Connection): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let after = '0'; ;) {
    const campaigns = await findCampaignTitles(connection, after, TITLES_PER_STEP);
    for (const { id, title } of campaigns)
      found.set(title.toLowerCase(), [...(found.get(title.toLowerCase()) ?? []), id]);
    if (campaigns.length < TITLES_PER_STEP) return found;
    after = campaigns.at(-1)?.id ?? after;
  }
}

/** So many codes more, or less. */
export async function countCode(trx: Transaction, id: string, change: number): Promise<void> {
  await addToCodeCount(trx, id, change);
}

async function changeRules(
  trx: Transaction,
  record: CampaignRecord,
  before: StoredRules,
  change: Partial<RulesBody>,
): Promise<StoredRules> {
  const rules = rulesFromBody(mergeRules(before, change), before.currency);
  await requireSoundRules(trx, rules);
  await requireSmallGoodwill(trx, rules, rules.originalValue ?? 0);
  const isWorthChanged = WORTH.some((name) => rules[name] !== before[name]);
  // The account of a booked code may be that of its brand.
  const isAccountChanged = rules.type !== 'discount' && rules.restrictions.brand !== before.restrictions.brand;
  if ((isWorthChanged || isAccountChanged) && record.codeCount + record.removedCodes > 0)
    throw appError('fixed_once_paid');
  await updateRules(trx, record.rulesId, rules);
  return rules;
}

/** What is booked for each code, and on which account, stands on these. */
const WORTH = ['type', 'currency', 'originalValue', 'residual', 'funding'] as const;

async function rulesOf(connection: Connection, record: CampaignRecord): Promise<StoredRules> {
  const rules = (await readRules(connection, [record.rulesId])).get(record.rulesId);
  if (rules === undefined) throw new Error('a campaign without its rules');
  return rules;
}

function view(record: CampaignRecord, rules: StoredRules): CampaignView {
  return {
    id: record.id,
    ...rulesToBody(rules),
    paidAt: record.paidOn,
    active: record.isActive,
    budget: record.budget,
    budgetUsed: record.budgetUsed,
    codeCount: record.codeCount,
    removedCodes: record.removedCodes,
    archived: record.archivedAt !== null,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    version: record.version,
  };
}

async function audit({ trx, actor, moment }: Act, action: string, id: string, changes: object): Promise<void> {
  await writeAudit(trx, [{ recordedAt: moment.now, actor, action, entity: 'campaign', entityId: id, changes }]);
}
