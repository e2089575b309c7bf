import { jurisdictionOf } from '../../../core/books/limitation.ts';
import {
  cutoffDay,
  legalCutoff,
  LETTERS_RULE,
  RETENTION_DAYS,
  RETENTION_RULES,
  type RetentionRule,
} from '../../../core/books/retention.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { tidyingSettings, type TidyingSettings } from '../../settings/tidying-settings-service.ts';
import { newestAudit } from '../../staff/audit/audit-service.ts';
import type { AfterStep, Preview, Tidying } from './tidy-step-service.ts';
import { RULES } from './tidy-rules-service.ts';
import type { Cutoff } from './tidying-store.ts';

export type { Tidying };

export const TIDYING_JOB = 'tidying';
const RUNS_SHOWN = 40;

export interface RulePreview extends Preview {
  readonly rule: RetentionRule;
  readonly days: number;
  readonly before: string;
  /** Switched off by setting. */
  readonly isOff: boolean;
}

/** What the next run would do, by rule. */
export async function previewTidying(tidying: Tidying): Promise<RulePreview[]> {
  const { knex } = tidying.database;
  const settings = await tidyingSettings(knex);
  const previews: RulePreview[] = [];
  for (const rule of RETENTION_RULES) {
    const cutoff = await cutoffOf(knex, rule, settings, tidying);
    const isOff = isSwitchedOff(rule, settings);
    const found = isOff ? { count: 0, isMore: false, samples: [] } : await RULES[rule].preview(tidying, cutoff);
    previews.push({
      rule,
      days: rule === LETTERS_RULE ? 0 : daysOf(rule, settings),
      before: cutoff.day,
      isOff,
      ...found,
    });
  }
  return previews;
}

/** What earlier runs did, the newest first. */
export async function tidyingLog(
  database: Database,
): Promise<{ readonly at: number; readonly actor: string; readonly rule: string; readonly count: number }[]> {
  const rows = await newestAudit(
    database,
    { actor: null, action: 'run', entity: 'tidying', entityId: null, from: null, until: null },
    RUNS_SHOWN,
  );
  return rows.map(({ at, actor, entityId, changes }) => ({
    at,
    actor,
    rule: entityId,
    count: Number((changes as { readonly count?: number }).count ?? 0),
  }));
}

/** The id of the job; null where the run of this key is there already. */
export async function queueTidying(
  database: Database,
  actor: string,
  now: number,
  dedupeKey?: string,
): Promise<string | null> {
  try {
    return await inTransaction(database, (trx) =>
      insertJob(trx, {
        kind: TIDYING_JOB,
        payload: { actor },
        total: null,
        createdBy: actor,
        now,
        ...(dedupeKey === undefined ? {} : { dedupeKey }),
      }),
    );
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** One rule to its end, and what it did in the log; `afterStep` is told how many went, in the transaction in which they went. */
export async function tidy(
  tidying: Tidying,
  rule: RetentionRule,
  actor: string,
  afterStep: AfterStep,
): Promise<number> {
  const { database, clock } = tidying;
  const settings = await tidyingSettings(database.knex);
  if (isSwitchedOff(rule, settings)) return 0;
  const cutoff = await cutoffOf(database.knex, rule, settings, tidying);
  const all = await RULES[rule].run(tidying, cutoff, actor, afterStep);
  if (all > 0)
    await inTransaction(database, (trx) =>
      writeAudit(trx, [
        {
          recordedAt: clock.now(),
          actor,
          action: 'tidying.run',
          entity: 'tidying',
          entityId: rule,
          changes: { count: all, before: cutoff.day },
        },
      ]),
    );
  return all;
}

function isSwitchedOff(rule: RetentionRule, { deletesCodes }: TidyingSettings): boolean {
  return rule === 'unused_codes' && !deletesCodes;
}

function daysOf(rule: Exclude<RetentionRule, typeof LETTERS_RULE>, settings: TidyingSettings): number {
  switch (rule) {
    case 'campaign_archive':
    case 'voucher_archive':
      return settings.archiveDays;
    case 'unused_codes':
      return settings.deletionDays;
    case 'issued_links':
      return settings.linkDays;
    case 'job_rows':
      return settings.jobDays;
    case 'access_tokens':
    case 'holds':
    case 'idempotency_keys':
    case 'order_people':
    case 'rate_limits':
    case 'recipients':
    case 'system_mails':
    case 'unpaid_orders':
      return RETENTION_DAYS[rule];
  }
}

async function cutoffOf(
  connection: Connection,
  rule: RetentionRule,
  settings: TidyingSettings,
  { clock }: Tidying,
): Promise<Cutoff> {
  if (rule === LETTERS_RULE) {
    const day = legalCutoff('letter', clock.today(), jurisdictionOf((await currentSetup(connection)).setup.chart));
    return { day, at: clock.startOfDay(day) };
  }
  const days = daysOf(rule, settings);
  const day = cutoffDay(days, clock.today());
  return { day, at: days === 0 ? clock.now() : clock.startOfDay(day) };
}
