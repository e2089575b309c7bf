import { DEFAULT_SETUP, hasAutomaticVat, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { takeLock } from './period-store.ts';
import { findSetup, findSetups, insertSetup, type SetupVersion } from './setup-store.ts';

/** The setup that holds now; `id` null: nobody has saved one, so the proposals of SKR03 hold. */
export interface CurrentSetup {
  readonly id: string | null;
  readonly setup: AccountingSetup;
}

export async function currentSetup(connection: Connection): Promise<CurrentSetup> {
  const [newest] = await findSetups(connection, null, 1);
  return newest === undefined ? { id: null, setup: DEFAULT_SETUP } : { id: newest.id, setup: newest.setup };
}

/** The setup an export was made with, whatever holds now. */
export async function setupVersion(connection: Connection, id: string | null): Promise<AccountingSetup> {
  if (id === null) return DEFAULT_SETUP;
  const version = await findSetup(connection, id);
  if (version === null) throw appError('not_found');
  return version.setup;
}

export interface SetupChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface SetupHistoryEntry extends Omit<SetupVersion, 'setup'> {
  readonly changes: readonly SetupChange[];
}

/** The newest versions with what each changed. */
export async function setupHistory(
  connection: Connection,
  beforeId: string | null,
  limit: number,
): Promise<SetupHistoryEntry[]> {
  const versions = await findSetups(connection, beforeId, limit + 1);
  return versions.slice(0, limit).map(({ setup, ...version }, index) => ({
    ...version,
    changes: changesBetween(versions[index + 1]?.setup ?? DEFAULT_SETUP, setup),
  }));
}

/** Saves a new version beside all old ones; `expectedId` is the version the form was filled from. Says nothing new: no version. */
export async function saveSetup(
  database: Database,
  setup: AccountingSetup,
  expectedId: string | null,
  note: string | null,
  actor: string,
  now: number,
): Promise<CurrentSetup> {
  return inTransaction(database, async (trx) => {
    await takeLock(trx, 'setup', now);
    const current = await currentSetup(trx);
    if (current.id !== expectedId) throw appError('version_mismatch');
    const changes = changesBetween(current.setup, setup);
    if (changes.length === 0 && current.id !== null) return current;
    const id = await insertSetup(trx, { setup, note, createdAt: now, createdBy: actor });
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'accounting.setup', entity: 'accounting', entityId: id, changes },
    ]);
    return { id, setup };
  });
}

/** Roles of a voucher's own leg whose account would add VAT by itself. */
export function vatWarnings(setup: AccountingSetup): { readonly key: string; readonly account: string }[] {
  return Object.entries(setup.accounts)
    .filter(([key]) => isVoucherLeg(key))
    .filter(([, account]) => hasAutomaticVat(setup.chart, account))
    .map(([key, account]) => ({ key, account }));
}

function isVoucherLeg(key: string): boolean {
  const role = key.split('/')[0] ?? '';
  return role.startsWith('V_') || ['DEAL_CLEARING', 'TRANSFER', 'BREAKAGE'].includes(role);
}

function changesBetween(before: AccountingSetup, after: AccountingSetup): SetupChange[] {
  const [old, fresh] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].flatMap((field) => {
    const [from, to] = [old[field] ?? null, fresh[field] ?? null];
    return from === to ? [] : [{ field, before: from, after: to }];
  });
}

/** `accounts.V_KAUF/purchase` and the like, each as text; what is empty counts as absent. */
function flat(setup: AccountingSetup): Record<string, string> {
  const { accounts, moneyAccounts, datev, company, export: target, ...rest } = setup;
  const groups: [string, object][] = [
    ['accounts.', accounts],
    ['moneyAccounts.', moneyAccounts],
    ['datev.', datev],
    ['company.', company],
    ['', target === undefined ? {} : { profile: target.profile }],
    ['own.', target?.profile === 'own' ? target.own : {}],
    ['', rest],
  ];
  const entries = groups.flatMap(([prefix, group]) =>
    Object.entries(group).map(([name, value]) => [prefix + name, String(value)] as const),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}
