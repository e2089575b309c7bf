import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { DEFAULT_SETUP } from '../../../core/books/chart-of-accounts.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { accountsOf } from '../journal/journal-service.ts';
import { accountVersions } from '../ledger/account-version-service.ts';
import { findSetups } from '../ledger/setup-store.ts';
import type { AuditCell, AuditSource } from './audit-data-store.ts';
import { readAuditEntries } from './audit-journal-store.ts';
import { wholeSource } from './audit-key-service.ts';

const MAX_VERSIONS = 5000;

interface Version {
  readonly id: number;
  readonly setup: AccountingSetup;
  readonly about: readonly AuditCell[];
}

/** The oldest first; 0 are the proposals that hold until somebody saves a version. */
async function versionsOf(connection: Connection): Promise<Version[]> {
  const saved = (await findSetups(connection, null, MAX_VERSIONS)).reverse();
  return [
    { id: 0, setup: DEFAULT_SETUP, about: [null, null, 'Vorschläge des Kontenrahmens'] },
    ...saved.map(({ id, setup, createdAt, createdBy, note }) => ({
      id: Number(id),
      setup,
      about: [createdAt, createdBy, note],
    })),
  ];
}

export const ACCOUNT_SOURCES: readonly AuditSource[] = [
  wholeSource('kontenfassung', async (knex) =>
    (await versionsOf(knex)).map(({ id, setup, about }) => [
      id,
      ...about,
      setup.chart,
      setup.debtors,
      setup.discountMethod,
    ]),
  ),
  wholeSource('konten', async (knex) =>
    (await versionsOf(knex)).flatMap(({ id, setup }) =>
      Object.entries(setup.accounts)
        .filter(([, account]) => account !== '')
        .map(([key, account]) => {
          const [role = '', type = '', brand = ''] = key.split('/');
          return [`${id}/${key}`, id, role, type, brand, account];
        }),
    ),
  ),
  {
    table: 'gutschein_journal',
    async rows(knex, afterKey, span, limit) {
      const versions = await accountVersions(knex);
      return (await readAuditEntries(knex, afterKey, span, limit)).map((entry) => {
        const setup = versions.setupOf(entry.postedOn, entry.runId);
        const { debitAccount, creditAccount } = accountsOf(setup, entry);
        const version = Number(versions.idOf(entry.postedOn, entry.runId) ?? 0);
        return { key: entry.id, cells: [...entry.before, debitAccount, creditAccount, version, ...entry.after] };
      });
    },
  },
];
