import type { Express } from 'express';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '../../config/env.ts';
import { compose } from '../../src/composition.ts';
import type { Clock } from '../../src/platform/process/clock.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import type { Database } from '../../src/platform/data/db.ts';
import { createLog } from '../../src/platform/process/log.ts';

export const TEST_API_KEY = 'rb_test_0123456789abcdef0123456789';
export const TEST_ADMIN = { email: 'admin@example.org', password: 'correct horse battery staple' } as const;

/** The files of all servers in this process: what runs beside it has the same numbers of jobs. */
export const TEST_DATA_DIR = mkdtempSync(join(tmpdir(), 'reisebon-files-'));
process.on('exit', () => {
  rmSync(TEST_DATA_DIR, { recursive: true, force: true });
});

export interface TestServerOptions {
  readonly database: Database;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  /** false: no job, no mail and nothing of the night is done; what waits for them waits. */
  readonly worksInBackground?: boolean;
  /** A folder of texts instead of the product's. */
  readonly locales?: string;
}

export interface TestServer {
  readonly url: string;
  readonly app: Express;
  close(): Promise<void>;
}

/** The real app in this process on a free port, with an administrator and an API key that has all rights. */
export async function startTestServer({
  database,
  clock,
  env,
  worksInBackground = true,
  locales,
}: TestServerOptions): Promise<TestServer> {
  const config = testConfig(env);
  const { app, background, bootstrap } = compose({
    config,
    sessionSecret: config.sessionSecret as string,
    factorKey: 'a key of thirty-two characters or more',
    database,
    clock: clock ?? systemClock(config.businessTimezone),
    log: createLog(config.logLevel),
    ...(locales === undefined ? {} : { locales }),
  });
  await bootstrap();
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  if (worksInBackground) background.start();
  return {
    app,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await background.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** What the environment of a test says; `env` wins over the defaults. */
export function testEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    // Who prints says so with PRINTING, so that everybody else's tests need no Chromium.
    CHROMIUM_PATH: '/nowhere/chromium',
    SESSION_SECRET: 'the secret of the tests, which is none',
    BOOTSTRAP_ADMIN_EMAIL: TEST_ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: TEST_ADMIN.password,
    BOOTSTRAP_API_KEY: TEST_API_KEY,
    ...env,
  };
}

function testConfig(env?: Readonly<Record<string, string>>): Config {
  const result = loadConfig(testEnvironment({ DATA_DIR: TEST_DATA_DIR, ...env }));
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}
