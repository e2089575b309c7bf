import { writeAudit } from '../../../platform/data/audit.ts';
import type { Funding, VoucherType } from '../../../core/engine/voucher.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { isId } from '../../../platform/data/id.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { findJob, insertJob } from '../../../platform/jobs/job-store.ts';
import { waitForJob } from '../../../platform/jobs/job-wait.ts';
import { readTable, type Cell } from '../../../platform/files/table-file.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { rulesOfCampaigns, type CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { listEntries } from '../../catalogue/catalogue-service.ts';
import { guessMapping, importColumns, type ImportMapping } from './import-columns-service.ts';
import { findMapping, saveMapping } from './import-store.ts';

export { deleteOutcomes as deleteImportOutcomes } from './import-store.ts';

export const IMPORT_JOB = 'voucher-import';
/** `skip`: rows that cannot be taken over are left out; `stop`: then nothing is taken over. */
export const IMPORT_POLICIES = ['skip', 'stop'] as const;
export type ImportPolicy = (typeof IMPORT_POLICIES)[number];

export interface ImportPayload {
  readonly token: string;
  readonly fileName: string;
  readonly mapping: ImportMapping;
  readonly title: string;
  readonly type: VoucherType;
  /** For settlement vouchers that say nothing; none: their rows are not taken over. */
  readonly funding?: Funding | null;
  readonly policy: ImportPolicy;
  /** Looks at everything and writes nothing. */
  readonly isCheck: boolean;
  readonly actor: string;
  readonly locale: Locale;
}

/** What a check found out. */
export interface ImportCheck {
  readonly good: number;
  readonly bad: number;
  readonly skipped: number;
  readonly value: number;
  readonly rest: number;
  /** Settlement vouchers of which nobody has said why they were given. */
  readonly withoutFunding?: number;
  /** What the next night would find. */
  readonly night?: ImportNight;
  readonly problems: readonly { readonly row: number; readonly code: string; readonly text: string }[];
}

/** Vouchers and their rests, in cents. */
export interface CountedRest {
  readonly vouchers: number;
  readonly rest: number;
}

/** What becomes of the vouchers in the first night: nothing of it happens by a default. */
export interface ImportNight {
  /** Past their end; they stay owed. */
  readonly expired: CountedRest;
  /** Of them to be paid out, as their rows say. */
  readonly paidOut: CountedRest;
  /** Time-barred and past their end: the next run of derecognitions would name them. */
  readonly over: CountedRest;
}

const SAMPLES = 4;
const MAX_CATALOGUE = 20_000;

/** Keeps an uploaded file until it is taken over; answers what names it. Throws a `TableError`. */
export async function keepImportFile(files: FileStore, path: string): Promise<string | null> {
  const [first] = await headOf(path, 1);
  if (first === undefined) return null;
  const token = generateToken('v');
  await files.adopt(path, importKey(token));
  return token;
}

export interface ImportHead {
  readonly headings: readonly string[];
  readonly samples: readonly (readonly string[])[];
  readonly mapping: ImportMapping;
}

/** The headings, a few rows, and which column is likely what: as last time, or by the headings. null: the file is gone. */
export async function importHead(database: Database, files: FileStore, token: string): Promise<ImportHead | null> {
  if (!isToken(token) || !(await files.exists(importKey(token)))) return null;
  const [first = [], ...samples] = await headOf(await files.path(importKey(token)), SAMPLES);
  const headings = first.map(({ text }) => text);
  const remembered = await findMapping(database.knex, fingerprintOf(headings));
  const guessed = guessMapping(headings);
  const mapping = Object.fromEntries(
    importColumns().map(({ name: field }) => [
      field,
      remembered === null ? (guessed[field] ?? null) : columnOf(remembered[field]),
    ]),
  );
  return { headings, samples: samples.map((cells) => cells.map(({ text }) => text)), mapping };
}

/** Starts a check or the import itself; of one file there is only ever one import. */
export async function startImport(
  database: Database,
  payload: ImportPayload,
  headings: readonly string[] | null,
  now: number,
): Promise<string> {
  const { token, isCheck, actor, fileName, policy } = payload;
  return inTransaction(database, async (trx) => {
    const id = await insertJob(trx, {
      kind: IMPORT_JOB,
      payload,
      total: null,
      createdBy: actor,
      now,
      ...(isCheck ? {} : { dedupeKey: `import:${token}` }),
    });
    if (headings !== null) await saveMapping(trx, fingerprintOf(headings), payload.mapping, now);
    if (!isCheck)
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor,
          action: 'voucher.import',
          entity: 'job',
          entityId: id,
          changes: { fileName, policy },
        },
      ]);
    return id;
  });
}

export type CheckState =
  | { readonly state: 'working' }
  | { readonly state: 'failed' }
  | { readonly state: 'done'; readonly payload: ImportPayload; readonly check: ImportCheck };

/** What became of a check; it must be one. */
export async function checkOf(database: Database, jobId: string): Promise<CheckState | null> {
  const job = await findJob(database.knex, jobId);
  const payload = job?.payload as ImportPayload | undefined;
  if (job?.kind !== IMPORT_JOB || payload?.isCheck !== true) return null;
  if (job.state === 'done') return { state: 'done', payload, check: job.result as ImportCheck };
  return { state: job.state === 'queued' || job.state === 'running' ? 'working' : 'failed' };
}

/** The same, a moment later when it is at work: a small file is checked before its page is shown. */
export async function awaitCheck(database: Database, jobId: string): Promise<CheckState | null> {
  const found = await checkOf(database, jobId);
  if (found?.state !== 'working') return found;
  await waitForJob(database, jobId);
  return checkOf(database, jobId);
}

/** Ids and names of brands or partners, in small letters. */
export async function entriesByName(database: Database, kind: 'brand' | 'partner'): Promise<Map<string, string>> {
  const entries = await listEntries(database.knex, kind, { after: null, limit: MAX_CATALOGUE });
  return new Map([
    ...entries.map(({ id, name }) => [name.toLowerCase(), id] as const),
    ...entries.map(({ id }) => [id.toLowerCase(), id] as const),
  ]);
}

/** The campaigns that at most 500 rows name, by what they call them: a number that exists is meant as such, anything else as a title. */
export async function campaignsNamed(
  connection: Connection,
  texts: readonly string[],
  idsByTitle: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, CampaignRules | 'several'>> {
  const names = [...new Set(texts.filter((text) => text !== '').map((text) => text.toLowerCase()))];
  const found = await rulesOfCampaigns(
    connection,
    [
      ...new Set(
        names.flatMap((name) => [
          ...(isId(name) ? [String(BigInt(name))] : []),
          ...(idsByTitle.get(name)?.slice(0, 1) ?? []),
        ]),
      ),
    ],
    'unlocked',
  );
  return new Map(
    names.flatMap((name): [string, CampaignRules | 'several'][] => {
      const numbered = isId(name) ? found.get(String(BigInt(name))) : undefined;
      if (numbered !== undefined) return [[name, numbered]];
      const titled = idsByTitle.get(name) ?? [];
      if (titled.length > 1) return [[name, 'several']];
      const only = found.get(titled[0] ?? '');
      return only === undefined ? [] : [[name, only]];
    }),
  );
}

export function importKey(token: string): string {
  return `imports/vouchers-${token}`;
}

async function headOf(path: string, count: number): Promise<(readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  for await (const { cells } of readTable(path)) {
    rows.push([...cells].map((cell) => (cell as Cell | undefined) ?? { text: '', number: null, day: null }));
    if (rows.length > count) break;
  }
  return rows;
}

function columnOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function isToken(token: string): boolean {
  return /^v[A-Za-z0-9_-]{20,100}$/.test(token);
}
