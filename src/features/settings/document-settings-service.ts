import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, writeSetting } from './settings-store.ts';

/** What stands on vouchers and in mails. Texts are empty where nothing is said. */
export interface DocumentSettings {
  readonly companyName: string;
  /** One line a row, under every mail and on every voucher. */
  readonly companyAddress: string;
  readonly senderEmail: string;
  readonly senderName: string;
  /** How a code is grouped on paper: `XXXX-XXXX-XXXX-XXXX`, or a pattern of `${vou_identifier;min=0;max=4;upperCase}`. */
  readonly codeMask: string;
  /** Where a code is redeemed; `{code}` is put in. Empty: the page of the voucher. */
  readonly bookingUrl: string;
  readonly voucherTerms: string;
  /** So many days before its end a voucher's recipient is reminded; null: never. */
  readonly reminderDays: number | null;
}

export const DEFAULT_DOCUMENT_SETTINGS: DocumentSettings = {
  companyName: '',
  companyAddress: '',
  senderEmail: '',
  senderName: '',
  codeMask: 'XXXX-XXXX-XXXX-XXXX',
  bookingUrl: '',
  voucherTerms: '',
  reminderDays: null,
};

const NAME = 'documents';

export async function documentSettings(connection: Connection): Promise<DocumentSettings> {
  const value = await readSetting(connection, NAME);
  return value === null
    ? DEFAULT_DOCUMENT_SETTINGS
    : { ...DEFAULT_DOCUMENT_SETTINGS, ...parseJson<Partial<DocumentSettings>>(value) };
}

export async function changeDocumentSettings(
  database: Database,
  after: DocumentSettings,
  actor: string,
  now: number,
): Promise<void> {
  const before = await documentSettings(database.knex);
  await inTransaction(database, async (trx) => {
    await writeSetting(trx, NAME, JSON.stringify(after), actor, now);
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'settings.change',
        entity: 'settings',
        entityId: NAME,
        changes: { before, after },
      },
    ]);
  });
}
