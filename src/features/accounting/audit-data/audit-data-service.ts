import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Connection } from '../../../platform/data/db.ts';
import { createZipWriter } from '../../../platform/files/zip-writer.ts';
import { auditHeading, auditIndex, auditLine, type AuditSupplier, type AuditTable } from './audit-data-csv.ts';
import { ACCOUNT_SOURCES } from './audit-account-service.ts';
import { AUDIT_SOURCES, type AuditSource } from './audit-data-store.ts';
import { DOCUMENT_SOURCE } from './audit-document-store.ts';
import { keyWords, wholeSource, type KeyTexts } from './audit-key-service.ts';
import { SEAL_SOURCES } from './audit-seal-store.ts';
import { readAuditUsers, readToldWords } from './audit-user-store.ts';
import { AUDIT_TABLES } from './audit-table-csv.ts';

export const AUDIT_DATA_JOB = 'accounting-audit-data';

export interface AuditDataRequest {
  readonly from: string;
  readonly to: string;
  readonly supplier: AuditSupplier;
  /** The DTD to put beside the description; it belongs to others, so the product does not bring it. */
  readonly dtdPath: string | null;
  /** When the files were made, as the archive tells it. */
  readonly madeAt: number;
  /** What the words in the files mean. */
  readonly texts: KeyTexts;
}

export interface AuditDataFigures {
  readonly tables: number;
  readonly rows: number;
}

const ROWS_PER_STEP = 1000;

function sourcesOf(texts: KeyTexts): readonly AuditSource[] {
  return [
    ...AUDIT_SOURCES,
    ...ACCOUNT_SOURCES,
    ...SEAL_SOURCES,
    DOCUMENT_SOURCE,
    wholeSource('benutzer', readAuditUsers),
    wholeSource('schluesselverzeichnis', async (knex) =>
      keyWords(texts, await readToldWords(knex)).map(([area, word, meaning]) => [
        `${area} ${word}`,
        area,
        word,
        meaning,
      ]),
    ),
  ];
}

/** The data for the tax auditor (Z3): a description and one CSV a table in a ZIP. Codes are not in it: a code is money. */
export async function writeAuditData(
  connection: Connection,
  target: Writable,
  request: AuditDataRequest,
): Promise<AuditDataFigures> {
  let rows = 0;
  const zip = createZipWriter(target, { packing: 'deflated', changedAt: request.madeAt });
  try {
    await zip.add('index.xml', auditIndex(request.supplier, AUDIT_TABLES, request));
    if (request.dtdPath !== null) await zip.add('gdpdu-01-09-2004.dtd', await readFile(request.dtdPath));
    for (const table of AUDIT_TABLES)
      await zip.add(
        `${table.name}.csv`,
        lines(connection, table, request, (count) => {
          rows += count;
        }),
      );
    await zip.end();
  } catch (error) {
    zip.abort();
    throw error;
  }
  return { tables: AUDIT_TABLES.length, rows };
}

async function* lines(
  connection: Connection,
  table: AuditTable,
  span: AuditDataRequest,
  count: (rows: number) => void,
): AsyncGenerator<string> {
  yield auditHeading(table.columns);
  const source = sourcesOf(span.texts).find((one) => one.table === table.name);
  if (source === undefined) throw new Error(`a table without its source: ${table.name}`);
  for (let after = '0'; ;) {
    const rows = await source.rows(connection, after, span, ROWS_PER_STEP);
    if (rows.length > 0) yield rows.map(({ cells }) => auditLine(table.columns, cells)).join('');
    count(rows.length);
    if (rows.length < ROWS_PER_STEP) return;
    after = rows.at(-1)?.key ?? after;
  }
}
