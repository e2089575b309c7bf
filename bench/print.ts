import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVoucherPrints, type VoucherToPrint } from '../src/features/documents/printing/print-service.ts';
import { createAssets } from '../src/platform/html/assets.ts';
import { createPrinter } from '../src/platform/files/chromium.ts';
import { systemClock } from '../src/platform/process/clock.ts';
import { openDatabase } from '../src/platform/data/db.ts';
import { migrateToLatest } from '../src/platform/data/migrations.ts';
import { createViews } from '../src/platform/html/views.ts';
import { seedDemo } from '../seeds/demo.ts';

/** Vouchers with a motif to A4 in one warm browser, beside an all but empty page by the same browser: rates, and the memory of us and of it. */
const ROOT = join(import.meta.dirname, '..');
const COUNT = Number(process.argv[2] ?? 1000);
const EMPTY = Math.min(COUNT, 200);
const PAGES = 8;
const directory = mkdtempSync(join(tmpdir(), 'reisebon-bench-'));
const database = openDatabase(`sqlite:${join(directory, 'print.sqlite')}`);
const printer = createPrinter({ executable: process.env['CHROMIUM_PATH'] ?? null, pages: PAGES });
try {
  await migrateToLatest(database);
  await seedDemo(database, systemClock('Europe/Berlin'));
  const assets = createAssets({ root: ROOT, cache: true });
  const views = createViews({
    directory: join(ROOT, 'views'),
    assets,
    timeZone: 'Europe/Berlin',
    strict: false,
    cache: true,
  });
  const prints = createVoucherPrints({
    printer,
    root: ROOT,
    renderView: (view, data) => views.render(view, data).toString(),
  });
  const motif = await database.knex('motifs').first<{ id: number | string } | undefined>('id');
  const ours = (index: number): Promise<Buffer> =>
    prints.pdf(database.knex, voucher(index, motif === undefined ? null : String(motif.id)), 'a4');
  await printMany(PAGES * 2, ours);
  const limit = await printMany(EMPTY, () => printer.print('<!doctype html><title>x</title><p>x</p>', {}));
  const first = await printMany(Math.ceil(COUNT / 10), ours);
  const afterTenth = memoryMb();
  const rest = await printMany(COUNT - Math.ceil(COUNT / 10), ours);
  console.log(
    JSON.stringify({
      limitPerSecond: limit,
      firstPerSecond: first,
      perSecond: rest,
      afterTenthMb: afterTenth,
      afterAllMb: memoryMb(),
    }),
  );
} finally {
  await printer.close();
  await database.close();
  rmSync(directory, { recursive: true, force: true });
}

async function printMany(count: number, print: (index: number) => Promise<Buffer>): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: PAGES }, async () => {
      while (next < count) if ((await print(next++)).length < 500) throw new Error('an empty PDF');
    }),
  );
  return Math.round((count / (performance.now() - started)) * 10_000) / 10;
}

/** What this process and all below it hold, shared pages counted by their share. */
function memoryMb(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const status = readOrNothing(`/proc/${name}/status`);
    parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  const kilobytes = [...parents.keys()]
    .filter(isOurs)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1024);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function voucher(index: number, motifId: string | null): VoucherToPrint {
  const code = `BENCH${String(index).padStart(11, '0')}`;
  return {
    locale: 'de',
    title: 'Geschenkgutschein',
    value: '250,00 €',
    code: code.replace(/(.{4})(?=.)/g, '$1-'),
    plainCode: code,
    link: `https://reisebon.example/v?code=${code}`,
    recipient: 'Für Miriam Özdemir',
    message: 'Eine gute Reise!\nDeine Freunde',
    validity: 'Einlösbar bis 31.12.2029',
    conditions: ['Einlösbar auf alle Reisen'],
    terms: 'Der Gutschein kann in mehreren Teilen eingelöst werden. '.repeat(6),
    company: 'Nordlicht Reisen GmbH',
    address: ['Hafenweg 1', '23552 Lübeck'],
    motifId,
    kind: 'Gutschein',
    scanHint: 'Scannen und einlösen',
  };
}
