import { expect } from 'chai';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, type TableRow } from '../../../src/platform/files/table-file.ts';
import { writeWorkbook, type Workbook } from '../../../src/platform/files/workbook-writer.ts';
import { convertInLibreOffice } from '../../support/spreadsheets.ts';

describe('LibreOffice', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-office-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('works out formulas, and their results are read', async () => {
    const csv = join(directory, 'calc.csv');
    writeFileSync(csv, 'Code;Wert\nA;=1+2\nB;=B2-3\nC;="x"&"y"\nD;=1/0\n');
    convertInLibreOffice(csv, {
      from: 'CSV:59,34,76,1,,1033,false,true,false,false,false,-1',
      to: 'xlsx:Calc MS Excel 2007 XML',
      into: directory,
    });
    const rows: TableRow[] = [];
    for await (const row of readTable(join(directory, 'calc.xlsx'))) rows.push(row);
    expect(rows.map(({ cells }) => cells[1]?.text)).to.deep.equal(['Wert', '3', '0', 'xy', '=1/0']);
  });

  it('opens a workbook with the same texts and sums', async () => {
    const path = join(directory, 'a.xlsx');
    const instant = Date.UTC(2026, 6, 1, 22, 30);
    const workbook: Workbook = {
      sheet: "Karl's <Liste>",
      columns: [
        { heading: 'Code', kind: 'text', width: 20 },
        { heading: 'Titel', kind: 'text', width: 30 },
        { heading: 'Wert', kind: 'money', width: 12, isSummed: true },
        { heading: 'bis', kind: 'day', width: 12 },
        { heading: 'erfasst', kind: 'instant', width: 18 },
        { heading: 'Anzahl', kind: 'number', width: 8, isSummed: true },
      ],
      rows: [
        ['0012345', '=SUMME(A1) & "x" <b>', 12_345, '2026-12-31', instant, 2],
        ['1E5', '+49 30\n_x0041_ \u0001\ud800', -5, null, null, null],
        ['-1', '@here', 10, '1899-01-01', null, 0],
      ],
      timeZone: 'Europe/Berlin',
      totalLabel: 'Summe',
      parameters: { sheet: 'Parameter', headings: ['Angabe', 'Wert'], rows: ({ count }) => [['Zeilen', count]] },
    };
    await writeWorkbook(createWriteStream(path), workbook);
    convertInLibreOffice(path, { to: 'csv:Text - txt - csv (StarCalc):59,34,76,1', into: directory });
    const lines = readFileSync(join(directory, 'a.csv'), 'utf8').trim().replaceAll('"', '').split('\n');
    expect(lines[1])
      .to.contain('0012345;=SUMME(A1) & x <b>;')
      .and.match(/123[.,]45/);
    expect(lines.at(-1)).to.match(/^Summe;;123[.,]50/);
  });
});
