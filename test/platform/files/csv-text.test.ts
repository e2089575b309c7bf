import { expect } from 'chai';
import { csvLines } from '../../../src/features/accounting/datev/export-csv.ts';
import { csvStream } from '../../../src/platform/files/csv.ts';
import { csvCell } from '../../../src/platform/files/csv-text.ts';
import { text } from 'node:stream/consumers';

describe('cells of a CSV file', () => {
  it('are harmless where a text would be a formula', () => {
    for (const formula of ['=1+1', '+49 40', '@SUM(A1)', '-1+2', '-A1', '-', '\t=1', '＝1', '－1+1'])
      expect(csvCell(formula)).to.equal(`'${formula}`);
  });

  it('stay numbers below zero, as text with a comma and as numbers', () => {
    for (const number of ['-500,00', '-1.234,56', '-0,01', '-7']) expect(csvCell(number)).to.equal(number);
    expect(csvCell(-5)).to.equal(-5);
    expect(csvCell(null)).to.equal(null);
    expect(csvCell('G-2026-000001')).to.equal('G-2026-000001');
  });

  it('are guarded in files of pages and of the export alike', async () => {
    const rows = [['=1', '-500,00', -3]] as const;
    expect(await text(csvStream(rows))).to.equal("'=1;-500,00;-3\r\n");
    expect(csvLines(rows)).to.equal("'=1;-500,00;-3\r\n");
  });
});
