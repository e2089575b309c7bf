import BetterSqliteClient from 'knex/lib/dialects/better-sqlite3/index.js';

/** Statements kept prepared on the one connection; the oldest goes first. */
const MAX_PREPARED_STATEMENTS = 500;

interface Statement {
  readonly reader: boolean;
  all(bindings: unknown[]): unknown[];
  run(bindings: unknown[]): { lastInsertRowid: number; changes: number };
}
interface Connection {
  prepare(sql: string): Statement;
}
interface Part {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}
interface Query {
  sql: string;
  bindings?: unknown[];
  /** What `sql` says, a statement each, where it says several. */
  options?: { readonly together?: readonly Part[] };
  response?: unknown;
  context?: unknown;
}

/**
 * knex's client for better-sqlite3 with three changes: a transaction takes the write lock when it begins (a transaction
 * that reads first and writes later fails as busy when another process wrote between), statements stay prepared, and
 * several writes may come in one query.
 */
export class EmbeddedSqliteClient extends BetterSqliteClient {
  override transaction(...parameters: unknown[]): unknown {
    const transaction = super.transaction(...parameters) as {
      begin(connection: Connection): unknown;
      query(connection: Connection, sql: string): unknown;
    };
    transaction.begin = (connection) => transaction.query(connection, 'BEGIN IMMEDIATE;');
    return transaction;
  }

  override async _query(connection: Connection, query: Query): Promise<Query> {
    if (query.sql === '') throw new Error('The query is empty');
    if (query.options?.together !== undefined) {
      query.response = query.options.together.map(({ sql, bindings }) => {
        const { changes, lastInsertRowid } = prepare(connection, sql).run(this._formatBindings([...bindings]));
        return { rows: changes, id: String(lastInsertRowid) };
      });
      return query;
    }
    const statement = prepare(connection, query.sql);
    const bindings = this._formatBindings(query.bindings);
    if (statement.reader) {
      query.response = statement.all(bindings);
      return query;
    }
    const result = statement.run(bindings);
    query.response = result;
    query.context = { lastID: result.lastInsertRowid, changes: result.changes };
    return query;
  }
}

// Not a private field: a transaction's client is a bare object with the client's prototype.
const preparedStatements = new WeakMap<Connection, Map<string, Statement>>();

function prepare(connection: Connection, sql: string): Statement {
  let statements = preparedStatements.get(connection);
  if (statements === undefined) preparedStatements.set(connection, (statements = new Map<string, Statement>()));
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = connection.prepare(sql);
  if (statements.size >= MAX_PREPARED_STATEMENTS) {
    const oldest = statements.keys().next();
    if (!oldest.done) statements.delete(oldest.value);
  }
  statements.set(sql, statement);
  return statement;
}
