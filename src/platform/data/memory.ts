import type { Knex } from 'knex';

/** What a process remembers of a database so that it need not ask again; transactions of the database share it. */
export function memoryOf(knex: Knex | Knex.Transaction): Map<string, unknown> {
  const { memory } = knex.userParams as { readonly memory?: Map<string, unknown> };
  if (memory === undefined) throw new Error('a database without a memory; it is opened by openDatabase');
  return memory;
}

/** To be called once when a database is opened. */
export function enableMemory(knex: Knex): void {
  knex.userParams = { ...knex.userParams, memory: new Map() };
}
