import { createHash } from 'node:crypto';
import { ACCOUNT_ROLES } from '../../../core/books/account-role.ts';
import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection } from '../../../platform/data/db.ts';
import { canonicalJson } from '../../../platform/data/idempotency.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { fourEyesSettings } from '../../settings/four-eyes-settings-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { takeLock } from '../ledger/period-store.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import { findProcedure, findProcedures, insertProcedure, type ProcedureVersion } from './procedure-store.ts';

export type { ProcedureVersion };

/** What the description of procedures says that depends on settings; it is a German document. */
export interface ProcedureContent {
  readonly program: string;
  readonly setupId: string | null;
  readonly setup: AccountingSetup;
  readonly accounts: readonly { readonly role: string; readonly label: string; readonly account: string }[];
  readonly chart: string;
  readonly currency: string;
  readonly holdMinutes: number;
  /** null: switched off. */
  readonly fourEyesFrom: number | null;
  readonly timeZone: string;
}

export async function procedureContent(
  { i18n, timeZone, version }: Pick<Shell, 'i18n' | 'timeZone' | 'version'>,
  connection: Connection,
): Promise<ProcedureContent> {
  const t = i18n.translator('de');
  const { setup, id } = await currentSetup(connection);
  const { currency, holdMinutes } = await generalSettings(connection);
  const fourEyes = await fourEyesSettings(connection);
  return {
    program: version,
    setupId: id,
    setup,
    accounts: ACCOUNT_ROLES.map((role) => ({
      role,
      label: t(`accounting:role.${role}`),
      account: setup.accounts[role] ?? '',
    })).filter(({ account }) => account !== ''),
    chart: t(`accounting:setup.chart.${setup.chart}`),
    currency,
    holdMinutes,
    fourEyesFrom: fourEyes.isOn ? fourEyes.limit : null,
    timeZone,
  };
}

/** Keeps the description where it says something else than the last time; its newest version. */
export async function keepProcedure(shell: Shell, actor: string): Promise<ProcedureVersion> {
  return inTransaction(shell.database, async (trx) => {
    const now = shell.clock.now();
    await takeLock(trx, 'setup', now);
    const content = canonicalJson(await procedureContent(shell, trx));
    const contentHash = createHash('sha256').update(content).digest('hex');
    const [last] = await findProcedures(trx, null, 1);
    if (last?.contentHash === contentHash) return last;
    const version = { content, contentHash, createdAt: now, createdBy: actor };
    const id = await insertProcedure(trx, version);
    const told = { actor, action: 'accounting.procedure', entity: 'accounting', entityId: `procedure:${id}` };
    await writeAudit(trx, [{ ...told, recordedAt: now, changes: { hash: contentHash } }]);
    return { id, ...version };
  });
}

export function listProcedures(
  connection: Connection,
  beforeId: string | null,
  limit: number,
): Promise<ProcedureVersion[]> {
  return findProcedures(connection, beforeId, limit);
}

export async function readProcedure(
  connection: Connection,
  id: string,
): Promise<ProcedureVersion & { readonly said: ProcedureContent }> {
  const version = await findProcedure(connection, id);
  if (version === null) throw appError('not_found');
  return { ...version, said: parseJson<ProcedureContent>(version.content) };
}
