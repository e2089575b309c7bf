import { documentField } from '../../../core/books/document-field.ts';
import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  deleteGivenDocument,
  findGivenDocument,
  findGivenDocuments,
  insertGivenDocument,
  isNumberInBooks,
  type GivenDocument,
} from './document-number-store.ts';

/** As many as one run reads; whoever needs more has another problem than single numbers. */
const MAX_GIVEN = 10_000;

/** What stands in the files for numbers that were entered otherwise. */
export async function givenDocuments(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const given = await findGivenDocuments(connection, null, MAX_GIVEN);
  return new Map(given.map(({ number, document }) => [number, document]));
}

export function givenDocumentPage(
  connection: Connection,
  beforeId: string | null,
  limit: number,
): Promise<Page<GivenDocument>> {
  return readPage(limit, (most) => findGivenDocuments(connection, beforeId, most));
}

/** Gives a number that stands in the books another one for the files of later runs; a second time it is given anew. */
export async function giveDocument(
  database: Database,
  { actor, moment }: Author,
  given: Pick<GivenDocument, 'number' | 'document'>,
): Promise<void> {
  const { number, document } = given;
  const fitting = documentField(document);
  if (fitting.isReplaced || fitting.text !== document) throw wrong('document', 'document_signs');
  await inTransaction(database, async (trx) => {
    if (!(await isNumberInBooks(trx, number))) throw wrong('number', 'number_not_in_books');
    if ((await findGivenDocuments(trx, null, MAX_GIVEN)).length >= MAX_GIVEN) throw wrong('number', 'too_many_given');
    await deleteGivenDocument(trx, { number });
    await insertGivenDocument(trx, { number, document, createdAt: moment.now, createdBy: actor });
    const entry = { recordedAt: moment.now, actor, action: 'accounting.document_given' };
    await writeAudit(trx, [{ ...entry, entity: 'accounting', entityId: 'documents', changes: given }]);
  });
}

/** From the next run on the number stands for itself again. */
export async function takeDocumentBack(database: Database, { actor, moment }: Author, id: string): Promise<void> {
  await inTransaction(database, async (trx) => {
    const given = await findGivenDocument(trx, id);
    if (given === null || !(await deleteGivenDocument(trx, { id }))) throw appError('not_found');
    const { number, document } = given;
    const entry = { recordedAt: moment.now, actor, action: 'accounting.document_taken_back' };
    await writeAudit(trx, [{ ...entry, entity: 'accounting', entityId: 'documents', changes: { number, document } }]);
  });
}

function wrong(path: string, code: string): Error {
  return appError('rule_broken', { fields: [{ path, code, text: `accounting:documents.${code}` }] });
}
