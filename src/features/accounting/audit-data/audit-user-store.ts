import type { Knex } from 'knex';
import type { AuditCell } from './audit-data-store.ts';

/** People and keys as they stand behind what was done; no address, no secret. */
export async function readAuditUsers(knex: Knex): Promise<AuditCell[][]> {
  const users = await knex('users')
    .orderBy('id')
    .select<{ id: number | string; name: string; role: string; is_active: number | boolean }[]>(
      'id',
      'name',
      'role',
      'is_active',
    );
  const keys = await knex('api_keys as k')
    .join('clients as c', 'c.id', 'k.client_id')
    .orderBy('k.id')
    .select<{ id: number | string; name: string; channel: string; revoked_at: number | string | null }[]>(
      'k.id',
      'c.name',
      'c.channel',
      'k.revoked_at',
    );
  return [
    ['system', 'Reisebon', 'Programm', 'ja'],
    ['webhook', 'Zahlungsdienst', 'Programm', 'ja'],
    ...users.map((user) => [`user:${user.id}`, user.name, user.role, Number(user.is_active) === 1 ? 'ja' : 'nein']),
    ...keys.map((key) => [
      `key:${key.id}`,
      key.name,
      `Schlüssel der Schnittstelle (${key.channel})`,
      key.revoked_at === null ? 'ja' : 'nein',
    ]),
  ];
}

/** What the protocol tells of, for the list of words. */
export async function readToldWords(knex: Knex): Promise<{ readonly action: string; readonly entity: string }[]> {
  return knex('audit_log').distinct('action', 'entity').select<{ action: string; entity: string }[]>();
}
