import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { guessMapping } from '../src/features/exchange/import/import-columns-service.ts';
import { importKey, startImport } from '../src/features/exchange/import/import-service.ts';
import { openDatabase } from '../src/platform/data/db.ts';
import { createFileStore } from '../src/platform/files/files.ts';
import { findJob } from '../src/platform/jobs/job-store.ts';
import { migrateToLatest } from '../src/platform/data/migrations.ts';
import { startMariadb } from '../test/support/mariadb.ts';
import { startServerProcess } from '../test/support/server-process.ts';

/** node bench/import.ts [rows]: codes of another system taken over by a real server, checked first, with rows a second and the peak of its memory. */
const ROWS = Number(process.argv[2] ?? 100_000);
const OUT = '/tmp/reisebon-bench-import';
const HEADINGS = ['Code', 'Titel', 'Wert', 'Rest', 'Bezahlt', 'Gültig bis', 'Empfänger', 'E-Mail'];

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const mariadb = await startMariadb();
try {
  const connection = await mysql.createConnection(mariadb.url);
  await connection.query('create database bench character set utf8mb4');
  await connection.end();
  for (const [name, url] of [
    ['SQLite', `sqlite:${join(OUT, 'bench.sqlite')}`],
    ['MariaDB', `${mariadb.url}/bench`],
  ] as const)
    await measure(name, url);
} finally {
  await mariadb.stop();
  rmSync(OUT, { recursive: true, force: true });
}

async function measure(name: string, url: string): Promise<void> {
  const database = openDatabase(url);
  await migrateToLatest(database);
  const directory = join(OUT, name);
  const path = join(OUT, 'list.csv');
  const lines = Array.from(
    { length: ROWS },
    (_unused, row) => `IMP-${row};Altbestand;50;${row % 50},25;01.02.2025;31.12.2031;Eva Ernst;eva${row}@example.org`,
  );
  writeFileSync(path, [HEADINGS.join(';'), ...lines].join('\r\n'));
  const token = 'vabcdefghijklmnopqrstuvwxyz0123456789';
  await createFileStore(join(directory, 'files')).adopt(path, importKey(token));
  const server = await startServerProcess({ DATABASE_URL: url, DATA_DIR: directory });
  const payload = {
    token,
    fileName: 'list.csv',
    mapping: guessMapping(HEADINGS),
    title: 'Alt',
    type: 'purchase',
    policy: 'skip',
    actor: 'user:1',
    locale: 'de',
  } as const;
  for (const isCheck of [true, false]) {
    const started = performance.now();
    const id = await startImport(database, { ...payload, isCheck }, null, Date.now());
    let job = await findJob(database.knex, id);
    while (job !== null && ['queued', 'running'].includes(job.state)) {
      await sleep(200);
      job = await findJob(database.knex, id);
    }
    const seconds = (performance.now() - started) / 1000;
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? '0';
    const figures = isCheck ? (job?.result as { good?: number }).good : (job?.result as { created?: number }).created;
    console.log(
      `${name} ${isCheck ? 'check' : 'import'}: ${job?.state ?? ''}, ${figures ?? ''} rows, ${seconds.toFixed(1)} s, ${Math.round(ROWS / seconds)} rows/s, peak ${Math.round(Number(peak) / 1024)} MB`,
    );
  }
  await server.kill();
  await database.close();
}
