import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { createFileStore } from '../../src/platform/files/files.ts';
import { startImport, importKey } from '../../src/features/exchange/import/import-service.ts';
import { guessMapping } from '../../src/features/exchange/import/import-columns-service.ts';
import { findJob } from '../../src/platform/jobs/job-store.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startServerProcess } from '../support/server-process.ts';

const ROWS = 10_000;
const TOKEN = 'vabcdefghijklmnopqrstuvwxyz0123456789';

describeOnBothDatabases('an import whose process is killed', (database) => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-import-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('goes on where it was, takes no row twice and leaves none out', async function () {
    this.timeout(90_000);
    const path = join(directory, 'list.csv');
    writeFileSync(
      path,
      `Code;Wert;Rest;Bezahlt\n${Array.from({ length: ROWS }, (_unused, row) => `IMP-${row};50;${row % 50},25;01.02.2025`).join('\n')}`,
    );
    await createFileStore(join(directory, 'files')).adopt(path, importKey(TOKEN));
    const env = { DATABASE_URL: database().url, DATA_DIR: directory };
    const first = await startServerProcess(env);
    const payload = {
      token: TOKEN,
      fileName: 'list.csv',
      mapping: guessMapping(['Code', 'Wert', 'Rest', 'Bezahlt']),
      title: 'Alt',
      type: 'purchase',
      policy: 'skip',
      isCheck: false,
      actor: 'user:1',
      locale: 'de',
    } as const;
    const id = await startImport(database(), payload, null, Date.now());
    while (((await findJob(database().knex, id))?.done ?? 0) < 1000) await sleep(5);
    await first.kill('SIGKILL');
    const left = await findJob(database().knex, id);
    expect(left?.state).to.equal('running');
    expect(left?.done).to.be.below(ROWS);
    // What the dead process held is free after its time; the test does not wait for it.
    await database().knex('jobs').where({ id }).update({ lease_until: 1 });
    const second = await startServerProcess(env);
    while ((await findJob(database().knex, id))?.state === 'running') await sleep(50);
    await second.kill();
    const done = await findJob(database().knex, id);
    expect(done?.state, JSON.stringify(done?.error)).to.equal('done');
    expect(done?.result).to.include({ created: ROWS, skipped: 0, failed: 0 });
    const [sum] = await database()
      .knex('vouchers')
      .select<{ count: unknown; balance: unknown }[]>(
        database().knex.raw('count(*) as count, sum(balance) as balance'),
      );
    expect(Number(sum?.count)).to.equal(ROWS);
    expect(Number(sum?.balance)).to.equal(
      Array.from({ length: ROWS }, (_unused, row) => (row % 50) * 100 + 25).reduce((a, b) => a + b, 0),
    );
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });
});
