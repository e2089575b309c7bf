import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { csvStream } from '../../../src/platform/files/csv.ts';
import { readTable, TableError, type TableRow } from '../../../src/platform/files/table-file.ts';

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
      expect(texts(await rowsOf('a.csv', content))).to.deep.equal([
        ['Code', 'Wert'],
        ['ABC', '12,50'],
      ]);
    });
  }

  it('keeps the umlauts of a German Excel', async () => {
    expect(
      texts(await rowsOf('ansi.csv', Buffer.from('Titel;Wert\r\nFr\xfchling \x80;1\r\n', 'latin1'))),
    ).to.deep.equal([
      ['Titel', 'Wert'],
      ['Frühling €', '1'],
    ]);
  });

  const UMLAUT = 'Titel;Wert\r\nKöln;1\r\n';
  for (const [title, content] of [
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${UMLAUT}`)],
    ['UTF-8 without one', Buffer.from(UMLAUT)],
    ['UTF-16, the small byte first', Buffer.from(`\uFEFF${UMLAUT}`, 'utf16le')],
    ['UTF-16, the large byte first', Buffer.from(`\uFEFF${UMLAUT}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(UMLAUT, 'utf16le')],
    ['Windows-1252', Buffer.from(UMLAUT, 'latin1')],
  ] as const) {
    it(`keeps an umlaut in ${title}`, async () => {
      expect(texts(await rowsOf('encoded.csv', content))).to.deep.equal([
        ['Titel', 'Wert'],
        ['Köln', '1'],
      ]);
    });
  }

  it('keeps an umlaut that comes after much without any', async () => {
    const lines = `Titel;Wert\n${'Ostern;1\n'.repeat(10_000)}Köln;2\n`;
    for (const content of [Buffer.from(lines, 'latin1'), Buffer.from(lines)])
      expect(texts(await rowsOf('late.csv', content)).at(-1)).to.deep.equal(['Köln', '2']);
  });

  for (const [title, content] of [
    ['line ends of an old Mac', 'Code;Wert\rABC;1\r'],
    ['line ends of two kinds', 'Code;Wert\nABC;1\r\n'],
    ['a first line that names the separator', 'sep=|\r\nCode|Wert\r\nABC|1\r\n'],
    ['a heading above the table', 'Liste vom 1. Mai, neu\n\nCode;Wert\nABC;1\n'],
    ['commas inside of quotes', '"Code";"Wert"\n"ABC";"1"\n'],
    ['vertical lines', 'Code|Wert\nABC|1'],
  ] as const) {
    it(`is read with ${title}`, async () => {
      expect(texts(await rowsOf('lines.csv', content)).slice(-2)).to.deep.equal([
        ['Code', 'Wert'],
        ['ABC', '1'],
      ]);
    });
  }

  for (const [title, content, rows] of [
    ['one column of German amounts', 'Wert\n12,50\n13,75\n', [['Wert'], ['12,50'], ['13,75']]],
    [
      'separators inside of quotes',
      '"a;b;c",d\n"e;f;g",h\n',
      [
        ['a;b;c', 'd'],
        ['e;f;g', 'h'],
      ],
    ],
    [
      'commas in the text',
      'Titel;Wert\nHallo, Welt, du;1\n',
      [
        ['Titel', 'Wert'],
        ['Hallo, Welt, du', '1'],
      ],
    ],
    [
      'a line break inside of quotes',
      'a;b\n"x\ny";z\n',
      [
        ['a', 'b'],
        ['x\ny', 'z'],
      ],
    ],
    [
      'a quote amid a text',
      'a;b\n5" Zoll;z\n',
      [
        ['a', 'b'],
        ['5" Zoll', 'z'],
      ],
    ],
  ] as const) {
    it(`is not torn by ${title}`, async () => {
      expect(texts(await rowsOf('torn.csv', content))).to.deep.equal(rows);
    });
  }

  it('is refused where its mark promises another way of writing than it has', async () => {
    const content = Buffer.concat([Buffer.from('\uFEFFTitel\n'), Buffer.from('K\xf6ln\n', 'latin1')]);
    const error = await rowsOf('mixed.csv', content).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(TableError).and.to.have.property('problem', 'table.encoding');
  });

  it('leaves empty rows out and keeps the numbers of the others', async () => {
    expect((await rowsOf('gaps.csv', 'a;b\n;;\n\nc;d\n')).map(({ number }) => number)).to.deep.equal([1, 4]);
  });

  it('gives what a formula came to, also when it is nothing, and never an empty cell for an error', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('Liste');
    sheet.addRow([
      { formula: '1+2', result: 3 },
      { formula: 'A1-3', result: 0 },
      { formula: '"x"&"y"', result: 'xy' },
      { formula: '""', result: '' },
    ]);
    sheet.addRow([
      { formula: 'DATE(2027,8,31)', result: 46_630 },
      { formula: '1/0', result: { error: '#DIV/0!' } },
      { error: '#N/A' },
      { formula: 'A9*2' },
    ]);
    sheet.getCell('A2').numFmt = 'dd.mm.yyyy';
    sheet.getCell('B1').numFmt = '#,##0.00 "Tage"';
    sheet.addRow([1, 2, 3]);
    sheet.fillFormula('D2:D3', 'A1*0', [0, 5]);
    await workbook.xlsx.writeFile(join(directory, 'formulas.xlsx'));
    const rows = await rowsOf('formulas.xlsx', null);
    expect(texts(rows)).to.deep.equal([
      ['3', '0', 'xy', ''],
      ['2027-08-31', '=1/0', '#N/A', '0'],
      ['1', '2', '3', '5'],
    ]);
    expect(rows[0]?.cells.map(({ number }) => number)).to.deep.equal([3, 0, null, null]);
    expect(rows[1]?.cells[0]?.day).to.equal('2027-08-31');
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
      const error = await rowsOf(name, content).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(TableError).and.to.have.property('problem', 'table.unreadable');
    });
  }

  it('gives all rows of a workbook also when many are read at once', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('Liste').addRows([
      ['Code', 'Tag'],
      ['0471', new Date(Date.UTC(2025, 2, 30))],
    ]);
    await workbook.xlsx.writeFile(join(directory, 'many.xlsx'));
    for (let turn = 0; turn < 100; turn++) {
      const all = await Promise.all(Array.from({ length: 4 }, () => rowsOf('many.xlsx', null)));
      for (const rows of all)
        expect(rows.map(({ cells }) => [cells[0]?.text, cells[1]?.day ?? cells[1]?.text])).to.deep.equal([
          ['Code', 'Tag'],
          ['0471', '2025-03-30'],
        ]);
    }
  });

  it('is written so that a formula stays text', async () => {
    const text = (
      await buffer(
        csvStream([
          ['Titel', 'Wert'],
          ['=1+1', -5],
          ['a;b', null],
        ]),
      )
    ).toString('utf8');
    expect(text).to.equal('\uFEFFTitel;Wert\r\n\'=1+1;-5\r\n"a;b";\r\n');
  });
});
