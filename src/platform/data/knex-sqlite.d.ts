declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  /** The dialect class of knex, which its typings leave out; only what is overridden here. */
  export default class BetterSqliteClient {
    constructor(config: unknown);
    transaction(...parameters: unknown[]): unknown;
    _query(connection: unknown, query: unknown): Promise<unknown>;
    _formatBindings(bindings: unknown[] | undefined): unknown[];
  }
}
