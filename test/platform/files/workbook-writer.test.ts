import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Open } from 'unzipper';
import { readXml } from '../../../src/platform/files/xml-file.ts';
import {
  TooManyWorkbookRows,
  writeWorkbook,
  type Workbook,
  type WorkbookValue,
} from '../../../src/platform/files/workbook-writer.ts';

describe('a workbook', () => {
  let directory: string;
  let path: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-workbook-'));
    path = join(directory, 'a.xlsx');
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const workbookOf = (rows: Iterable<WorkbookValue[]>): Workbook => ({
    sheet: "Karl's <Liste>",
    columns: [
      { heading: 'Code', kind: 'text', width: 20 },
      { heading: 'Titel', kind: 'text', width: 30 },
      { heading: 'Wert', kind: 'money', width: 12, isSummed: true },
      { heading: 'bis', kind: 'day', width: 12 },
      { heading: 'erfasst', kind: 'instant', width: 18 },
      { heading: 'Anzahl', kind: 'number', width: 8, isSummed: true },
    ],
    rows,
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
  const instant = Date.UTC(2026, 6, 1, 22, 30);
  const rows: WorkbookValue[][] = [
    ['0012345', '=SUMME(A1) & "x" <b>', 12_345, '2026-12-31', instant, 2],
    ['1E5', '+49 30\n_x0041_ \u0001\ud800', -5, null, null, null],
    ['-1', '@here', 10, '1899-01-01', null, 0],
  ];

  it('holds real dates and numbers, codes as text, a frozen filtered heading, sums and how it came about', async () => {
    const written = await writeWorkbook(createWriteStream(path), workbookOf(rows));
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    const [sheet, parameters] = book.worksheets;
    if (sheet === undefined || parameters === undefined) throw new Error('two sheets');
    expect(sheet.name).to.equal("Karl's <Liste>");
    const at = (cell: string): ExcelJS.Cell => sheet.getCell(cell);
    expect(at('A2').value).to.equal('0012345');
    expect(at('A3').value).to.equal('1E5');
    expect(at('B2').value).to.equal('=SUMME(A1) & "x" <b>');
    expect(at('B2').type).to.equal(ExcelJS.ValueType.String);
    expect(at('C2').value).to.equal(123.45);
    expect(at('C3').value).to.equal(-0.05);
    expect(at('C2').numFmt).to.equal('#,##0.00');
    expect(at('D2').value).to.deep.equal(new Date('2026-12-31T00:00:00Z'));
    expect(at('D4').value).to.equal('1899-01-01');
    expect((at('E2').value as Date).toISOString()).to.equal('2026-07-02T00:30:00.000Z');
    expect(at('A5').value).to.equal('Summe');
    expect(at('C5').result).to.equal(123.5);
    expect(at('C5').formula).to.equal('SUBTOTAL(109,C2:C4)');
    expect(at('F5').result).to.equal(2);
    expect(sheet.autoFilter).to.equal('A1:F4');
    expect(sheet.views[0]).to.include({ state: 'frozen', ySplit: 1 });
    expect(sheet.getColumn(2).width).to.equal(30);
    expect(parameters.getCell('B2').value).to.equal('3');
    expect(written.sums).to.deep.equal([null, null, 12_350, null, null, 2]);
    expect(parameters.getCell('B3').value).to.equal(written.hash);
  });

  it('adds up each currency apart, because two of them have no sum', async () => {
    const money = {
      ...workbookOf([
        ['a', 'EUR', 100, null, null, 1],
        ['b', 'CHF', 250, null, null, 1],
        ['c', 'EUR', 5, null, null, 3],
      ]),
      currencyColumn: 1,
    };
    await writeWorkbook(createWriteStream(path), money);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    const sheet = book.worksheets[0];
    expect(
      [5, 6, 7].map((row) =>
        ['A', 'C', 'F']
          .map((column) => sheet?.getCell(`${column}${row}`))
          .map((cell) => cell?.result ?? cell?.value ?? null),
      ),
    ).to.deep.equal([
      ['Summe CHF', 2.5, 1],
      ['Summe EUR', 1.05, 4],
      [null, null, null],
    ]);
    expect(sheet?.getCell('C6').formula).to.equal('SUMIF($B$2:$B$4,"EUR",C2:C4)');
  });

  it('is a sound package: every part well-formed, named and counted right, its hash that of the first sheet', async () => {
    const written = await writeWorkbook(createWriteStream(path), workbookOf(rows));
    const { files } = await Open.file(path);
    const parts = new Map<string, string>();
    for (const file of files) parts.set(file.path, (await file.buffer()).toString());
    for (const [name, xml] of parts) {
      writeFileSync(join(directory, 'part.xml'), xml);
      expect(await readXml(join(directory, 'part.xml')), name).to.be.an('object');
    }
    const types = parts.get('[Content_Types].xml') ?? '';
    for (const [, part] of types.matchAll(/PartName="\/([^"]+)"/g)) expect([...parts.keys()]).to.include(part);
    for (const [, target] of (parts.get('xl/_rels/workbook.xml.rels') ?? '').matchAll(/Target="([^"]+)"/g))
      expect([...parts.keys()]).to.include(`xl/${target ?? ''}`);
    const sheet = parts.get('xl/worksheets/sheet1.xml') ?? '';
    // The order of a sheet's parts is fixed; Excel "repairs" a file that has another one.
    const order = [
      '<sheetViews>',
      '<sheetFormatPr',
      '<cols>',
      '<sheetData>',
      '<autoFilter',
      '<pageMargins',
      '<pageSetup',
    ].map((part) => sheet.indexOf(part));
    expect(order)
      .to.deep.equal([...order].sort((a, b) => a - b))
      .and.to.satisfy((list: number[]) => list.every((place) => place > 0));
    const styles = parts.get('xl/styles.xml') ?? '';
    const formats = /<cellXfs count="(\d+)">(.*)<\/cellXfs>/.exec(styles);
    expect(formats?.[2]?.match(/<xf /g)).to.have.lengthOf(Number(formats?.[1]));
    for (const [, style] of sheet.matchAll(/ s="(\d+)"/g)) expect(Number(style)).to.be.below(Number(formats?.[1]));
    expect(sheet).to.contain('<c r="B2" s="3" t="inlineStr">').and.contain('_x005F_x0041_').and.not.contain('\u0001');
    expect(sheet.match(/<f>/g)).to.have.lengthOf(2);
    expect(createHash('sha256').update(sheet).digest('hex')).to.equal(written.hash);
    expect(parts.get('xl/workbook.xml')).to.contain("'Karl''s &lt;Liste&gt;'!$A$1:$F$4");
  });

  it('is empty where there are no rows', async () => {
    const written = await writeWorkbook(createWriteStream(path), workbookOf([]));
    expect(written.count).to.equal(0);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    expect(book.worksheets[0]?.getCell('C2').value).to.equal(0);
  });

  it('reports what breaks while it is written', async () => {
    function* broken(): Generator<WorkbookValue[]> {
      yield ['a', 'b', 1, null, null, null];
      throw new Error('the source broke');
    }
    const failed = await writeWorkbook(createWriteStream(path), workbookOf(broken())).catch((error: unknown) => error);
    expect(String(failed)).to.contain('the source broke');
    const nowhere = await writeWorkbook(
      createWriteStream(join(directory, 'no', 'folder.xlsx')),
      workbookOf(rows),
    ).catch((error: unknown) => error);
    expect(String(nowhere)).to.contain('ENOENT');
    expect(new TooManyWorkbookRows()).to.be.instanceOf(Error);
  });
});
