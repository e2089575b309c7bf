import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { openDatabase } from '../../src/platform/data/db.ts';
import type { TestDatabase } from '../support/databases.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

/**
 * The real server in a process of its own behind an address that stays, so that it can be killed at a known point and
 * begun again under the hands of the same browser.
 */
export interface FragileServer {
  readonly url: string;
  /** Kills it while the click's transaction has written its rows (SQLite: before its first) and not committed. */
  dieBeforeCommit(click: () => Promise<unknown>): Promise<void>;
  /** Kills it when what the click did stands in the database, before the browser hears of it. */
  dieBeforeAnswer(click: () => Promise<unknown>, isThere: () => Promise<boolean>): Promise<void>;
  /** Kills it as soon as this has come true, which may be before the browser hears of the click that led there. */
  dieWhen(isTime: () => Promise<boolean>, click?: () => Promise<unknown>): Promise<void>;
  start(): Promise<void>;
  readonly pid: number;
  close(): Promise<void>;
}

const POLL_MS = 5;
const PATIENCE_MS = 20_000;
/** SQLite does not say who waits for it; by then the request has long been where it waits. */
const SQLITE_WAIT_MS = 300;

export async function startFragileServer(
  database: TestDatabase,
  env: Readonly<Record<string, string>>,
): Promise<FragileServer> {
  const proxy = await startProxy();
  const start = async (): Promise<ServerProcess> => {
    const begun = await startServerProcess({ ...env, DATABASE_URL: database.url, PUBLIC_URL: proxy.url });
    proxy.leadTo(begun.url);
    return begun;
  };
  let server = await start();

  async function kill(): Promise<void> {
    proxy.leadTo(null);
    await server.kill('SIGKILL');
    proxy.letAnswersThrough(true);
  }

  return {
    url: proxy.url,
    get pid() {
      return server.pid;
    },
    async dieBeforeCommit(click) {
      const lock = await lockDatabase(database);
      const requests = proxy.requests();
      try {
        const clicked = ending(click());
        await until(() => Promise.resolve(proxy.requests() > requests), 'a request');
        await lock.isWaitedFor();
        await kill();
        await clicked;
      } finally {
        await lock.release();
      }
    },
    async dieBeforeAnswer(click, isThere) {
      proxy.letAnswersThrough(false);
      const clicked = ending(click());
      await until(isThere, 'what the click does');
      await kill();
      await clicked;
    },
    async dieWhen(isTime, click = () => Promise.resolve()) {
      const clicked = ending(click());
      await until(isTime, 'the time to die');
      await kill();
      await clicked;
    },
    async start() {
      server = await start();
    },
    async close() {
      await server.kill('SIGKILL');
      await proxy.close();
    },
  };
}

/** The browser finds nobody any more, which is as it should be. */
function ending(clicked: Promise<unknown>): Promise<unknown> {
  return clicked.catch(() => null);
}

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await isTrue()); await sleep(POLL_MS)) {
    if (Date.now() > deadline) throw new Error(`${what} never came`);
  }
}

interface DatabaseLock {
  isWaitedFor(): Promise<void>;
  release(): Promise<void>;
}

/** Nobody can write an audit line, which every use case does before it commits; on SQLite nobody can write at all. */
async function lockDatabase({ kind, url }: TestDatabase): Promise<DatabaseLock> {
  if (kind === 'SQLite') {
    const other = openDatabase(url);
    const trx = await other.knex.transaction();
    await trx('number_circles').whereNull('circle').delete();
    return {
      isWaitedFor: () => sleep(SQLITE_WAIT_MS),
      release: async () => {
        await trx.rollback();
        await other.close();
      },
    };
  }
  const [holder, watcher] = [await mysql.createConnection(url), await mysql.createConnection(url)];
  await holder.query('lock tables audit_log write');
  const name = new URL(url).pathname.slice(1);
  return {
    isWaitedFor: () =>
      until(async () => {
        const [rows] = await watcher.query(
          "select id from information_schema.processlist where db = ? and state like '%metadata lock%'",
          [name],
        );
        return (rows as object[]).length > 0;
      }, 'the transaction'),
    release: async () => {
      await holder.end();
      await watcher.end();
    },
  };
}

async function startProxy() {
  let target: URL | null = null;
  let isOpen = true;
  let requests = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const proxy = createServer((client) => {
    client.on('error', () => client.destroy());
    if (target === null) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (bytes) => {
      requests += 1;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isOpen) client.write(bytes);
    });
    for (const socket of pair) socket.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests: () => requests,
    leadTo(url: string | null) {
      target = url === null ? null : new URL(url);
    },
    letAnswersThrough(may: boolean) {
      isOpen = may;
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const pair of pairs) for (const socket of pair) socket.destroy();
        proxy.close(() => {
          resolve();
        });
      }),
  };
}
