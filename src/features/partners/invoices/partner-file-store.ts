import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** Of one document, or of a part of a settlement run. */
export interface FileSubject {
  readonly subject: 'invoice' | 'run';
  readonly subjectId: string;
}

export interface PartnerFile extends FileSubject {
  readonly id: string;
  readonly format: 'pdf' | 'zugferd' | 'xrechnung' | 'zip';
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly madeAt: number;
}

export async function insertPartnerFile(trx: Knex.Transaction, file: Omit<PartnerFile, 'id'>): Promise<string> {
  const [id] = await trx('partner_files').insert({
    subject: file.subject,
    subject_id: file.subjectId,
    format: file.format,
    name: file.name,
    sha256: file.sha256,
    bytes: file.bytes,
    made_at: file.madeAt,
  });
  return String(id);
}

export async function insertPartnerFilePart(
  trx: Knex.Transaction,
  fileId: string,
  position: number,
  content: Buffer,
): Promise<void> {
  await trx('partner_file_parts').insert({ file_id: fileId, position, content });
}

export async function findPartnerFile(knex: Knex, { subject, subjectId }: FileSubject): Promise<PartnerFile | null> {
  const row = await knex('partner_files').where({ subject, subject_id: subjectId }).first<FileRow | undefined>();
  if (row === undefined) return null;
  return {
    id: String(row.id),
    subject: row.subject,
    subjectId: row.subject_id,
    format: row.format,
    name: row.name,
    sha256: row.sha256,
    bytes: toSafeInteger(row.bytes),
    madeAt: toSafeInteger(row.made_at),
  };
}

export async function readPartnerFileParts(knex: Knex, fileId: string): Promise<Buffer[]> {
  const rows = await knex('partner_file_parts').where({ file_id: fileId }).orderBy('position');
  return (rows as { content: Buffer }[]).map(({ content }) => content);
}

interface FileRow {
  readonly id: number | string;
  readonly subject: PartnerFile['subject'];
  readonly subject_id: string;
  readonly format: PartnerFile['format'];
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number | string;
  readonly made_at: number | string;
}
