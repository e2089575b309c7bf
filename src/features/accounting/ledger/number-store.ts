import type { Knex } from 'knex';
import { isMysqlConnection, toSafeInteger } from '../../../platform/data/db.ts';

export interface NumberRange {
  readonly circle: string;
  readonly year: number;
  readonly first: number;
  readonly last: number;
  readonly subject: string | null;
  readonly issuedAt: number;
}

export interface CircleCount {
  readonly circle: string;
  readonly year: number;
  /** The counter: the highest number that was given out. */
  readonly last: number;
  /** How many numbers the ranges hold; anything but `last` is a gap or a double. */
  readonly issued: number;
  readonly ranges: number;
}

/** The highest of `count` new numbers. One statement, so that the row is locked at once and two callers never hold it half. */
export async function advanceCircle(
  trx: Knex.Transaction,
  circle: string,
  year: number,
  count: number,
): Promise<number> {
  const advance = trx('number_circles')
    .insert({ circle, year, last: count })
    .onConflict(['circle', 'year'])
    .merge({ last: trx.raw('?? + ?', ['number_circles.last', count]) });
  if (!isMysqlConnection(trx)) return toSafeInteger((await advance.returning<{ last: number }[]>('last'))[0]?.last);
  await advance;
  const row = await trx('number_circles').where({ circle, year }).first<{ last: number | string } | undefined>('last');
  return toSafeInteger(row?.last);
}

export async function insertRange(trx: Knex.Transaction, range: NumberRange): Promise<void> {
  await rangeInsert(trx, range);
}

/** The same as a statement, to be written together with others. */
export function rangeInsert(trx: Knex.Transaction, range: NumberRange): Knex.QueryBuilder {
  const { circle, year, first, last, subject, issuedAt } = range;
  return trx('number_ranges').insert({ circle, year, first, last, subject, issued_at: issuedAt });
}

export async function countCircles(knex: Knex): Promise<CircleCount[]> {
  const rows = await knex('number_circles as c')
    .leftJoin('number_ranges as r', (join) => void join.on('r.circle', 'c.circle').andOn('r.year', 'c.year'))
    .groupBy('c.circle', 'c.year', 'c.last')
    .orderBy([{ column: 'c.year', order: 'desc' }, { column: 'c.circle' }])
    .select<Record<string, string | number | null>[]>(
      'c.circle',
      'c.year',
      'c.last',
      knex.raw('coalesce(sum(r.last - r.first + 1), 0) as issued'),
      knex.raw('count(r.first) as ranges'),
    );
  return rows.map((row) => ({
    circle: String(row['circle']),
    year: Number(row['year']),
    last: toSafeInteger(row['last']),
    issued: toSafeInteger(row['issued']),
    ranges: toSafeInteger(row['ranges']),
  }));
}

/** A circle of which numbers were given out, though it is not there; null: there is none. */
export async function findLostCircle(
  knex: Knex,
): Promise<{ readonly circle: string; readonly year: number; readonly issued: number } | null> {
  const row = await knex('number_ranges as r')
    .leftJoin('number_circles as c', (join) => void join.on('c.circle', 'r.circle').andOn('c.year', 'r.year'))
    .whereNull('c.circle')
    .first<{ circle: string; year: number; last: number | string } | undefined>('r.circle', 'r.year', 'r.last');
  return row === undefined ? null : { circle: row.circle, year: Number(row.year), issued: toSafeInteger(row.last) };
}

/** The next ranges of a circle in their order. */
export async function findRanges(
  knex: Knex,
  circle: string,
  year: number,
  afterFirst: number,
  limit: number,
): Promise<NumberRange[]> {
  const rows = await knex('number_ranges')
    .where({ circle, year })
    .where('first', '>', afterFirst)
    .orderBy('first')
    .limit(limit)
    .select<{ first: number | string; last: number | string; subject: string | null; issued_at: number | string }[]>(
      'first',
      'last',
      'subject',
      'issued_at',
    );
  return rows.map((row) => ({
    circle,
    year,
    first: toSafeInteger(row.first),
    last: toSafeInteger(row.last),
    subject: row.subject,
    issuedAt: toSafeInteger(row.issued_at),
  }));
}
