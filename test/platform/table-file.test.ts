import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { csvStream } from '../../src/platform/csv.ts';
import { readTable, TableError, type TableRow } from '../../src/platform/table-file.ts';

describe('a table somebody sends', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-table-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const rowsOf = async (name: string, content: string | Buffer | null): Promise<TableRow[]> => {
    const path = join(directory, name);
    if (content !== null) writeFileSync(path, content);
    const rows: TableRow[] = [];
    for await (const row of readTable(path)) rows.push(row);
    return rows;
  };
  const texts = (rows: readonly TableRow[]): string[][] => rows.map(({ cells }) => cells.map(({ text }) => text));

  for (const [title, content] of [
    ['semicolons and a BOM', '\uFEFFCode;Wert\r\nABC;12,50\r\n'],
    ['commas and quotes', 'Code,Wert\nABC,"12,50"\n'],
    ['tabs', 'Code\tWert\nABC\t12,50'],
  ] as const) {
    it(`is read with ${title}`, async () => {
      expect(texts(await rowsOf('a.csv', content))).to.deep.equal([['Code', 'Wert'], ['ABC', '12,50']]);
    });
  }

  it('keeps the umlauts of a German Excel', async () => {
    expect(texts(await rowsOf('ansi.csv', Buffer.from('Titel;Wert\r\nFr\xfchling \x80;1\r\n', 'latin1')))).to.deep.equal([['Titel', 'Wert'], ['Frühling €', '1']]);
  });

  it('leaves empty rows out and keeps the numbers of the others', async () => {
    expect((await rowsOf('gaps.csv', 'a;b\n;;\n\nc;d\n')).map(({ number }) => number)).to.deep.equal([1, 4]);
  });

  it('gives real numbers and days of a workbook', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('Liste');
    sheet.addRow(['Code', 'Wert', 'gültig bis']);
    sheet.addRow(['00123', 12.5, new Date('2027-08-31T00:00:00Z')]);
    sheet.getCell('C2').numFmt = 'dd.mm.yyyy';
    await workbook.xlsx.writeFile(join(directory, 'a.xlsx'));
    const [, row] = await rowsOf('a.xlsx', null);
    expect(row?.cells).to.deep.equal([
      { text: '00123', number: null, day: null },
      { text: '12.5', number: 12.5, day: null },
      { text: '2027-08-31', number: null, day: '2027-08-31' },
    ]);
  });

  for (const [title, name, content] of [
    ['a picture', 'a.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a broken workbook', 'b.xlsx', Buffer.from('PK\u0003\u0004 not a zip')],
  ] as const) {
    it(`is refused when it is ${title}`, async () => {
      const error = await rowsOf(name, content).then(() => null, (thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TableError).and.to.have.property('problem', 'table.unreadable');
    });
  }

  it('gives all rows of a workbook also when many are read at once', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('Liste').addRows([['Code', 'Tag'], ['0471', new Date(Date.UTC(2025, 2, 30))]]);
    await workbook.xlsx.writeFile(join(directory, 'many.xlsx'));
    for (let turn = 0; turn < 100; turn++) {
      const all = await Promise.all(Array.from({ length: 4 }, () => rowsOf('many.xlsx', null)));
      for (const rows of all) expect(rows.map(({ cells }) => [cells[0]?.text, cells[1]?.day ?? cells[1]?.text])).to.deep.equal([['Code', 'Tag'], ['0471', '2025-03-30']]);
    }
  });

  it('is written so that a formula stays text', async () => {
    const text = (await buffer(csvStream([['Titel', 'Wert'], ['=1+1', -5], ['a;b', null]]))).toString('utf8');
    expect(text).to.equal('\uFEFFTitel;Wert\r\n\'=1+1;-5\r\n"a;b";\r\n');
  });
});
