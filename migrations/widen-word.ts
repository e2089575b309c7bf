import type { Knex } from 'knex';
import { isMysql } from './schema-1.ts';
import { changeSqliteTable, sqliteTableText } from './sqlite-table-text.ts';

/** What `word` of the schema wrote for this column: the words in quotes, as the database tells them. */
interface WordCheck {
  readonly name: string;
  readonly text: string;
  readonly words: readonly string[];
}

/**
 * Gives a column made by `word` another set of words, more of them or fewer. For the transaction of a migration; `down`
 * calls it with the words of before. A word that goes must be gone from all rows, otherwise nothing is changed.
 *
 * SQLite: only the text of the CHECK changes, in the way SQLite documents for constraints, so a table of any size takes
 * no time, and rows, indexes, triggers, foreign keys and generated columns stay untouched. MariaDB and MySQL know no
 * CHECK that is added without copying the table, in one statement: 100,000 rows of `voucher_rules` took 8 s on a busy
 * machine, and writing to the table waits as long. Asking for a word that goes reads the table once.
 */
export async function widenWord(knex: Knex, table: string, column: string, words: readonly string[]): Promise<void> {
  if (!words.every((one) => /^[a-z0-9_]+$/.test(one))) throw new Error('a word has small letters, digits and _');
  const check = isMysql(knex) ? await mysqlCheck(knex, table, column) : await sqliteCheck(knex, table, column);
  const gone = check.words.filter((one) => !words.includes(one));
  const inUse: unknown = gone.length === 0 ? undefined : await knex(table).whereIn(column, gone).first(column);
  if (inUse !== undefined) throw new Error(`a row of ${table} still has a ${column} that goes: ${gone.join(', ')}`);
  const list = words.map((one) => `'${one}'`).join(', ');
  if (isMysql(knex))
    await knex.raw(`alter table ?? drop constraint ??, add constraint ?? check (?? in (${list}))`, [
      table,
      check.name,
      check.name,
      column,
    ]);
  else await changeSqliteTable(knex, table, check.text, `check (\`${column}\` in (${list}))`);
}

async function mysqlCheck(knex: Knex, table: string, column: string): Promise<WordCheck> {
  const [[row]] = (await knex.raw('show create table ??', [table])) as [[Record<string, string>]];
  const pattern = `CONSTRAINT \`([^\`]+)\` CHECK \\(+\`${column}\` in \\(([^)]*)\\)\\)`;
  const [text, name, list] = only([...(row['Create Table'] ?? '').matchAll(new RegExp(pattern, 'g'))], table, column);
  return { name, text, words: wordsOf(list) };
}

async function sqliteCheck(knex: Knex, table: string, column: string): Promise<WordCheck> {
  const text = await sqliteTableText(knex, table);
  const pattern = `()check \\(\`${column}\` in \\(([^)]*)\\)\\)`;
  const [found, name, list] = only([...text.matchAll(new RegExp(pattern, 'g'))], table, column);
  return { name, text: found, words: wordsOf(list) };
}

function only(found: readonly RegExpExecArray[], table: string, column: string): [string, string, string] {
  const [match, another] = found;
  if (match === undefined || another !== undefined) throw new Error(`${table}.${column} is no word of a closed set`);
  return [match[0], match[1] ?? '', match[2] ?? ''];
}

function wordsOf(list: string): string[] {
  return [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
}
