import type { Knex } from 'knex';

export type RecordRow = Readonly<Record<string, unknown>>;

/** The next rows of any table in the order of its key. */
export async function readRecords(
  knex: Knex,
  of: { readonly table: string; readonly key: readonly string[]; readonly columns: readonly string[] },
  after: readonly unknown[] | null,
  limit: number,
): Promise<RecordRow[]> {
  const query = knex(of.table)
    .orderBy([...of.key])
    .limit(limit)
    .select<RecordRow[]>(of.columns);
  const names = of.key.map(() => '??').join(', ');
  const values = of.key.map(() => '?').join(', ');
  // The first column alone leads along the index; MariaDB does not see that the pair could.
  if (after !== null)
    void query
      .where(of.key[0] ?? '', '>=', after[0] as string)
      .whereRaw(`(${names}) > (${values})`, [...of.key, ...(after as string[])]);
  return query;
}

/** Those of these keys that are there. */
export async function findRecordsOf(
  knex: Knex,
  of: { readonly table: string; readonly key: readonly string[] },
  keys: readonly RecordRow[],
): Promise<RecordRow[]> {
  if (keys.length === 0) return [];
  const [first = ''] = of.key;
  const query = knex(of.table).select<RecordRow[]>(of.key);
  if (of.key.length === 1) void query.whereIn(first, keys.map((row) => row[first]) as string[]);
  else void query.whereIn([...of.key], keys.map((row) => of.key.map((column) => row[column])) as string[][]);
  return query;
}
