import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/data/db.ts';
import { describeOnEmpty } from '../support/databases.ts';
import { freePort } from '../support/ports.ts';
import { failToStart, startServerProcess } from '../support/server-process.ts';

describe('the start', () => {
  it('says every problem of the environment and ends', async () => {
    const { code, output } = await failToStart({ PORT: 'many', DEFAULT_LOCALE: 'fr', NODE_ENV: 'live' });
    expect(code).to.equal(1);
    expect(output.trim().split('\n')).to.deep.equal([
      'The environment cannot be used:',
      '- NODE_ENV must be one of development, production, test, not "live".',
      '- PORT must be a whole number from 0 to 65535, not "many".',
      '- DEFAULT_LOCALE must be de or en, not "fr".',
    ]);
  });

  it('says in one sentence that the port is in use', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await failToStart({ PORT: String(port) });
    other.close();
    expect(code).to.equal(1);
    expect(output.trim()).to.equal(
      `Port ${port} on 127.0.0.1 is in use by another program; choose another one with PORT.`,
    );
  });

  it('says in one sentence that the database cannot be reached, without its password', async () => {
    const port = await freePort();
    const { code, output } = await failToStart({ DATABASE_URL: `mysql://reisebon:hush@127.0.0.1:${port}/vouchers` });
    expect(code).to.equal(1);
    expect(output.trim()).to.equal(
      `The database mysql://reisebon@127.0.0.1:${port}/vouchers cannot be reached (ECONNREFUSED).`,
    );
  });

  describe('with a data directory', () => {
    let directory: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'reisebon-start-'));
    });
    afterEach(() => {
      rmSync(directory, { recursive: true, force: true });
    });

    it('says in one sentence that it cannot be written to', async () => {
      const dataDir = join(directory, 'file');
      writeFileSync(dataDir, '');
      const { code, output } = await failToStart({ DATA_DIR: dataDir });
      expect(code).to.equal(1);
      expect(output.trim()).to.equal(`The data directory ${dataDir} cannot be written to (EEXIST).`);
    });

    it('keeps the secret of the sessions in it, for its owner only', async () => {
      const server = await startServerProcess({ DATA_DIR: directory, SESSION_SECRET: '' });
      await server.kill();
      const { mode, size } = statSync(join(directory, 'session-secret'));
      expect(mode & 0o777).to.equal(0o600);
      expect(size).to.equal(64);
    });
  });

  it('makes no demo login in production, and one in development', async () => {
    for (const [NODE_ENV, isDemo] of [
      ['production', false],
      ['development', true],
    ] as const) {
      const server = await startServerProcess({ NODE_ENV });
      await server.kill();
      expect(server.output().includes('Demo login'), NODE_ENV).to.equal(isDemo);
    }
  });

  it('answers while it lives and ends in order on SIGTERM', async () => {
    const server = await startServerProcess();
    expect(await answer(`${server.url}/healthz`)).to.deep.equal([200, { status: 'alive' }]);
    expect(await answer(`${server.url}/readyz`)).to.deep.equal([200, { status: 'ready' }]);
    expect(await server.kill('SIGTERM')).to.deep.equal({ code: 0, signal: null });
  });
});

for (const kind of ['SQLite', 'MariaDB'] as const) {
  describeOnEmpty(kind, 'the start on a database', (empty) => {
    it('migrates, and names the way out of a migration that was cut off', async () => {
      const { url } = empty();
      const server = await startServerProcess({ DATABASE_URL: url });
      expect(await server.kill()).to.deep.equal({ code: 0, signal: null });
      const database = openDatabase(url);
      await database.knex('knex_migrations_lock').update({ is_locked: 1 });
      await database.close();
      const { code, output } = await failToStart({ DATABASE_URL: url });
      expect(code).to.equal(1);
      expect(output.trim()).to.match(/^A migration of the database was cut off,.*"npm run migrate:unlock".*\.$/);
    });
  });
}

async function answer(url: string): Promise<[number, unknown]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}
