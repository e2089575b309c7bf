import type { Moment } from '../../../platform/process/clock.ts';
import { jurisdictionOf, type Jurisdiction } from '../../../core/books/limitation.ts';
import type { Database } from '../../../platform/data/db.ts';
import { type FieldError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { judgeOfChanges, type JudgeChange } from '../../vouchers/life/voucher-change-many-service.ts';
import { historyOf } from '../../vouchers/record/voucher-history-service.ts';
import { vouchersById } from '../../vouchers/list/voucher-list-service.ts';
import { isEnded, type VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { shortEndOf } from '../../vouchers/record/voucher-warning-service.ts';
import { bodyOfCells, sheetColumn, sheetColumns, type SheetCells } from './sheet-columns-service.ts';
import { refusalOf, type TypedRow } from './sheet-reading-service.ts';
import type { SheetChange, SheetRefusal } from './sheet-service.ts';

export interface JudgedRows {
  readonly changes: readonly SheetChange[];
  readonly refusals: readonly SheetRefusal[];
}

/** Holds changed rows, at most 500, against the vouchers as they are now. What says the new value already is no change. */
export async function judgeRows(database: Database, rows: readonly TypedRow[], moment: Moment): Promise<JudgedRows> {
  const vouchers = new Map(
    (
      await vouchersById(
        database,
        rows.map(({ id }) => id),
        moment,
      )
    ).map((voucher) => [voucher.id, voucher]),
  );
  const { setup } = await currentSetup(database.knex);
  const jurisdiction = jurisdictionOf(setup.chart);
  const judge = await judgeOfChanges(database.knex, [...vouchers.keys()], moment);
  const changes: SheetChange[] = [];
  const refusals: SheetRefusal[] = [];
  for (const row of rows) {
    const voucher = vouchers.get(row.id);
    if (voucher === undefined) {
      refusals.push(refusalOf(row.row, { id: row.id, number: row.number, code: 'unknown' }));
      continue;
    }
    const current = openCells(voucher);
    const after = Object.fromEntries(Object.entries(row.after).filter(([name, value]) => current[name] !== value));
    if (Object.keys(after).length === 0) continue;
    const refused = await refusalsOf(database, judge, row, voucher, after, moment);
    refusals.push(...refused.map((one) => refusalOf(row.row, { id: row.id, number: row.number, ...one })));
    if (refused.length > 0) continue;
    const before = Object.fromEntries(Object.keys(after).map((name) => [name, current[name] ?? null]));
    const { id, title, currency, version } = voucher;
    changes.push({
      row: row.row,
      id,
      number: row.number ?? `ID ${id}`,
      title,
      currency,
      version,
      before,
      after,
      shortEnd: shortEnd(voucher, after, jurisdiction, moment),
    });
  }
  return { changes, refusals };
}

type Refused = Partial<SheetRefusal> & { readonly code: string };

async function refusalsOf(
  database: Database,
  judge: JudgeChange,
  row: TypedRow,
  voucher: VoucherView,
  after: SheetCells,
  moment: Moment,
): Promise<Refused[]> {
  if (voucher.version !== row.version) return [{ code: 'changed_since', by: await changedBy(database, row, moment) }];
  const columns = Object.keys(after);
  if (isEnded(voucher)) return columns.map((column) => ({ column, code: 'ended', known: voucher.status }));
  const rules = columns.filter((name) => sheetColumn(name)?.isRule === true);
  if (voucher.campaign !== null && rules.length > 0)
    return rules.map((column) => ({ column, code: 'campaign', known: voucher.title }));
  return rules.length === 0
    ? []
    : judged(judge, voucher, Object.fromEntries(rules.map((name) => [name, after[name] ?? null])));
}

/** The last change of the voucher by somebody; null where only money moved. */
async function changedBy(database: Database, { id, writtenAt }: TypedRow, moment: Moment): Promise<SheetRefusal['by']> {
  const [newest] = await historyOf(database, id, moment);
  const at = newest === undefined ? 0 : Date.parse(newest.at);
  return newest === undefined || at < writtenAt ? null : { actor: newest.actor, at };
}

/** What the rules of the voucher say, each at its cell. */
async function judged(judge: JudgeChange, voucher: VoucherView, cells: SheetCells): Promise<Refused[]> {
  try {
    await judge(voucher.id, bodyOfCells(cells));
    return [];
  } catch (error) {
    rethrowUnexpected(error);
    const { fields = [] } = error.details;
    if (fields.length === 0) return [{ code: 'rule', error: { code: error.code, field: null } }];
    return fields.map((field) => ({
      code: 'rule',
      column: columnOf(field),
      error: { code: error.code, field },
    }));
  }
}

function columnOf({ path }: FieldError): string | null {
  return sheetColumns().find((column) => column.path !== '' && column.path === path)?.name ?? null;
}

function openCells(voucher: VoucherView): SheetCells {
  const seen = { voucher, number: '', code: '', campaign: null, t: () => '' };
  return Object.fromEntries(
    sheetColumns()
      .filter(({ isOpen }) => isOpen)
      .map(({ name, read }) => [name, read(seen)]),
  );
}

function shortEnd(
  voucher: VoucherView,
  after: SheetCells,
  jurisdiction: Jurisdiction,
  moment: Moment,
): SheetChange['shortEnd'] {
  const bookUntil = after['bookUntil'];
  if (typeof bookUntil !== 'string') return null;
  return shortEndOf(
    { type: voucher.type, funding: voucher.funding, bookUntil },
    voucher.paidAt ?? moment.today,
    jurisdiction,
  );
}
