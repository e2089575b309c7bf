import { createHash } from 'node:crypto';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import {
  findPartnerFile,
  insertPartnerFile,
  insertPartnerFilePart,
  readPartnerFileParts,
  type FileSubject,
  type PartnerFile,
} from './partner-file-store.ts';

export type { FileSubject, PartnerFile };

export interface MadeFile extends DeliveredFile {
  readonly format: PartnerFile['format'];
}

/** A database takes so much in one statement, whatever a document needs. */
const PART_BYTES = 1_000_000;
const CONTENT_TYPES: Readonly<Record<PartnerFile['format'], string>> = {
  pdf: 'application/pdf',
  zugferd: 'application/pdf',
  xrechnung: 'application/xml',
  zip: 'application/zip',
};

/** null: it has not been made yet. */
export function keptFile(connection: Connection, subject: FileSubject): Promise<PartnerFile | null> {
  return findPartnerFile(connection, subject);
}

/** The document as it went out the first time; made and kept now where it never did. */
export async function fileOnce(
  { database, now }: { readonly database: Database; readonly now: () => number },
  subject: FileSubject,
  make: () => Promise<MadeFile>,
): Promise<DeliveredFile> {
  const kept = await findPartnerFile(database.knex, subject);
  if (kept !== null) return contentOf(database.knex, kept);
  const made = await make();
  try {
    await keep(database, { ...subject, madeAt: now() }, made);
  } catch (error) {
    // Somebody else made it meanwhile: theirs is the one that goes out.
    const theirs = await findPartnerFile(database.knex, subject);
    if (theirs === null) throw error;
    return contentOf(database.knex, theirs);
  }
  return made;
}

async function keep(
  database: Database,
  subject: FileSubject & Pick<PartnerFile, 'madeAt'>,
  { format, filename: name, content }: MadeFile,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const id = await insertPartnerFile(trx, { ...subject, format, name, sha256, bytes: content.length });
    for (let from = 0; from < content.length; from += PART_BYTES)
      await insertPartnerFilePart(trx, id, from / PART_BYTES, content.subarray(from, from + PART_BYTES));
  });
}

async function contentOf(connection: Connection, { id, format, name, sha256 }: PartnerFile): Promise<DeliveredFile> {
  const content = Buffer.concat(await readPartnerFileParts(connection, id));
  if (createHash('sha256').update(content).digest('hex') !== sha256)
    throw new Error(`the kept file ${name} is not what was made`);
  return { filename: name, content, contentType: CONTENT_TYPES[format] };
}
