import { createWriteStream, rmSync, statSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import { writeWorkbook, type WorkbookKind, type WorkbookValue } from '../src/platform/files/workbook-writer.ts';

/** One way of writing a million rows, in a process of its own so that its peak memory is its own: ours | floor. */
const [way = 'ours', rowsText = '1000000', path = '/tmp/reisebon-bench.xlsx'] = process.argv.slice(2);
const ROWS = Number(rowsText);
const KINDS: readonly WorkbookKind[] = [
  'text',
  'text',
  'text',
  'text',
  'money',
  'money',
  'money',
  'day',
  'day',
  'day',
  'number',
  'text',
];

const delay = monitorEventLoopDelay({ resolution: 5 });
// What loading the modules takes is no part of it.
await new Promise((resolve) => setTimeout(resolve, 100));
delay.enable();
const start = performance.now();
await (way === 'floor' ? writeFloor() : writeOurs());
const seconds = (performance.now() - start) / 1000;
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, peakMb, delayMs: delay.max / 1e6, bytes: statSync(path).size }));
rmSync(path, { force: true });

function* rowsOf(): Generator<WorkbookValue[]> {
  for (let row = 0; row < ROWS; row++) {
    yield [
      `G-2026-${String(row).padStart(7, '0')}`,
      `A${((row * 2_654_435_761) >>> 0).toString(36).toUpperCase()}`,
      'Sommer & Meer',
      'Kauf',
      10_000 + (row % 5000),
      (row * 37) % 10_000,
      row % 700,
      `2026-0${1 + (row % 9)}-${10 + (row % 18)}`,
      '2029-12-31',
      '2026-04-01',
      row % 5,
      'aktiv',
    ];
  }
}

async function writeOurs(): Promise<void> {
  await writeWorkbook(createWriteStream(path), {
    sheet: 'Gutscheine',
    columns: KINDS.map((kind, index) => ({
      heading: `Spalte ${index + 1}`,
      kind,
      width: 16,
      isSummed: kind === 'money',
    })),
    rows: rowsOf(),
    timeZone: 'Europe/Berlin',
    totalLabel: 'Summe',
    parameters: {
      sheet: 'Parameter',
      headings: ['Angabe', 'Wert'],
      rows: ({ count, hash }) => [
        ['Zeilen', count],
        ['Prüfsumme', hash],
      ],
    },
  });
}

/** The least that has to be done: cells put together as XML without a look at them, deflate level 6, one file. */
async function writeFloor(): Promise<void> {
  function* xml(): Generator<string> {
    let text = '';
    let number = 1;
    for (const row of rowsOf()) {
      number += 1;
      text += `<row r="${number}">`;
      for (let index = 0; index < row.length; index++) {
        const value = row[index];
        const cell = `${String.fromCharCode(65 + index)}${number}`;
        text +=
          typeof value === 'number'
            ? `<c r="${cell}"><v>${value}</v></c>`
            : `<c r="${cell}" t="inlineStr"><is><t>${value ?? ''}</t></is></c>`;
      }
      text += '</row>';
      if (text.length < 64 * 1024) continue;
      yield text;
      text = '';
    }
    yield text;
  }
  await pipeline(Readable.from(xml(), { objectMode: false }), createDeflateRaw({ level: 6 }), createWriteStream(path));
}
