import type { Moment } from '../../../platform/process/clock.ts';
import { valueRoleOf } from '../../../core/books/postings.ts';
import { accountOf } from '../../../core/books/chart-of-accounts.ts';
import { jurisdictionOf } from '../../../core/books/limitation.ts';
import { valueAt } from '../../../platform/data/json-path.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { currentSetup } from '../../accounting/ledger/setup-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { vouchersById, vouchersInChunks, type ListQuery } from '../../vouchers/list/voucher-list-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { codeCells, voucherCells, type ExportSubject, type ExportWords } from './voucher-export-cells-service.ts';
import { exportColumns, type ExportKind } from './voucher-export-columns-service.ts';
import { readExportFacts, readNames } from './voucher-export-store.ts';

export const VOUCHER_EXPORT_JOB = 'voucher-export';
export const EXPORT_FORMATS = ['xlsx', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOrder {
  readonly kind: ExportKind;
  readonly format: ExportFormat;
  readonly query: ListQuery;
  /** Those chosen one by one, at most 500; null: all that the query finds. */
  readonly ids: readonly string[] | null;
  /** Codes in full; for people who may see them, with a reason that is kept. */
  readonly isFull: boolean;
  readonly reason: string | null;
  /** As the Parameter sheet shows who and what. */
  readonly userName: string;
  readonly filterText: string;
  readonly locale: Locale;
}

export interface ExportPayload extends ExportOrder {
  readonly actor: string;
}

/** Starts the job; who takes codes in full is written down with the reason before there is a file. */
export async function startExport(
  database: Database,
  payload: ExportPayload,
  total: number | null,
  now: number,
): Promise<string> {
  return inTransaction(database, async (trx) => {
    const id = await insertJob(trx, { kind: VOUCHER_EXPORT_JOB, payload, total, createdBy: payload.actor, now });
    const { kind, format, isFull, reason, query, ids } = payload;
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor: payload.actor,
        action: `export.${kind}`,
        entity: 'job',
        entityId: id,
        changes: {
          format,
          isFull,
          reason,
          query: { ...query, q: query.q === undefined ? undefined : '…' },
          ...(ids === null ? {} : { chosen: ids.length }),
        },
      },
    ]);
    return id;
  });
}

export interface ExportChunk {
  readonly rows: readonly (readonly WorkbookValue[])[];
  readonly examined: number;
  /** Whose codes are among them. */
  readonly campaigns: readonly string[];
}

/** All rows of an export in the order of its list, at most 500 at a time. */
export async function* exportRows(
  database: Database,
  order: ExportOrder,
  timeZone: string,
  t: Translate,
  moment: Moment,
): AsyncGenerator<ExportChunk> {
  const { setup } = await currentSetup(database.knex);
  const words: ExportWords = { t, locale: order.locale, timeZone, today: moment.today, isFull: order.isFull };
  const columns = exportColumns(order.kind);
  for await (const { items } of order.ids === null
    ? vouchersInChunks(database, order.query, moment)
    : chosen(database, order.ids, moment)) {
    const facts = await readExportFacts(
      database.knex,
      items.map(({ id }) => id),
    );
    const ids = (of: (voucher: VoucherView) => string | null): string[] => [
      ...new Set(items.map(of).filter((id) => id !== null)),
    ];
    const brands = await readNames(
      database.knex,
      'brand',
      ids(({ restrictions }) => restrictions.brand),
    );
    const partners = await readNames(
      database.knex,
      'partner',
      ids(({ restrictions }) => restrictions.partner),
    );
    const actors = await namesOfActors(
      database,
      [...facts.values()].flatMap(({ createdBy }) => createdBy ?? []),
    );
    const rows = items.flatMap((voucher) => {
      const own = facts.get(voucher.id);
      if (own === undefined) return [];
      const role = own.dealRest === null ? valueRoleOf(voucher.type, voucher.funding) : 'V_DEAL';
      const subject: ExportSubject = {
        voucher,
        facts: own,
        brand: nameIn(brands, voucher.restrictions.brand),
        partner: nameIn(partners, voucher.restrictions.partner),
        actors,
        account: role === null ? null : accountOf(setup, role, voucher.type, voucher.restrictions.brand),
        costCentre: setup.datev.costCentre === 'brand' ? voucher.restrictions.brand : null,
        jurisdiction: jurisdictionOf(setup.chart),
      };
      const cells = order.kind === 'codes' ? codeCells(subject, words) : voucherCells(subject, words);
      return [
        columns.map(({ name, field }) =>
          field === undefined ? (cells[name] ?? null) : ((valueAt(voucher, field.path) ?? null) as WorkbookValue),
        ),
      ];
    });
    yield { rows, examined: items.length, campaigns: ids(({ campaign }) => campaign) };
  }
}

async function* chosen(
  database: Database,
  ids: readonly string[],
  moment: Moment,
): AsyncGenerator<{ readonly items: VoucherView[] }> {
  yield { items: await vouchersById(database, ids, moment) };
}

function nameIn(names: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (names.get(id) ?? id);
}
