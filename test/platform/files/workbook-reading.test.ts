import { expect } from 'chai';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, TableError, type TableRow } from '../../../src/platform/files/table-file.ts';
import { createZipWriter } from '../../../src/platform/files/zip-writer.ts';
import { writeWorkbook } from '../../../src/platform/files/workbook-writer.ts';

type Parts = Readonly<Record<string, string | Buffer>>;

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** Workbooks as other programs write them: all that the standard allows, and what it does not. */
describe('a workbook of another program', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-foreign-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const rowsAt = async (path: string): Promise<TableRow[]> => {
    const rows: TableRow[] = [];
    for await (const row of readTable(path)) rows.push(row);
    return rows;
  };
  const read = async (parts: Parts, packing: 'deflated' | 'stored' = 'deflated'): Promise<TableRow[]> => {
    const path = join(directory, 'a.xlsx');
    const zip = createZipWriter(createWriteStream(path), { packing, changedAt: null });
    for (const [name, content] of Object.entries(parts)) await zip.add(name, content);
    await zip.end();
    return rowsAt(path);
  };
  const readBytes = async (bytes: Buffer | string): Promise<TableRow[]> => {
    const path = join(directory, 'b.xlsx');
    writeFileSync(path, bytes);
    return rowsAt(path);
  };
  const problemOf = async (rows: Promise<unknown>): Promise<unknown> =>
    rows.then(
      () => null,
      (error: unknown) => (error instanceof TableError ? error.problem : error),
    );
  const texts = (rows: readonly TableRow[]): string[][] => rows.map(({ cells }) => cells.map(({ text }) => text));

  const sheet = (rows: string): string => `<worksheet ${MAIN}><sheetData>${rows}</sheetData></worksheet>`;
  const relations = (list: readonly (readonly [id: string, type: string, target: string])[]): string =>
    `<Relationships>${list.map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`).join('')}</Relationships>`;
  const workbook = (sheets: string, before = ''): string =>
    `<workbook ${MAIN} xmlns:r="${OFFICE}">${before}<sheets>${sheets}</sheets></workbook>`;
  const ROOT = relations([['rId1', `${OFFICE}/officeDocument`, 'xl/workbook.xml']]);
  const ONE = relations([
    ['rId1', `${OFFICE}/worksheet`, 'worksheets/sheet1.xml'],
    ['rId2', `${OFFICE}/sharedStrings`, 'sharedStrings.xml'],
    ['rId3', `${OFFICE}/styles`, 'styles.xml'],
  ]);
  const book = (rows: string, more: Parts = {}): Parts => ({
    '_rels/.rels': ROOT,
    'xl/workbook.xml': workbook('<sheet name="T" sheetId="1" r:id="rId1"/>'),
    'xl/_rels/workbook.xml.rels': ONE,
    'xl/worksheets/sheet1.xml': sheet(rows),
    ...more,
  });
  const CODE = '<row r="1"><c r="A1" t="inlineStr"><is><t>Code</t></is></c></row>';
  const styles = (formats: readonly (number | string)[]): string =>
    `<styleSheet ${MAIN}><numFmts>${formats.map((format, index) => (typeof format === 'string' ? `<numFmt numFmtId="${200 + index}" formatCode="${format}"/>` : '')).join('')}</numFmts>` +
    `<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats.map((format, index) => `<xf numFmtId="${typeof format === 'string' ? 200 + index : format}"/>`).join('')}</cellXfs></styleSheet>`;
  const formatted = async (
    number: string,
    format: number | string,
    before = '',
  ): Promise<TableRow['cells'][number]> => {
    const parts = book(`<row r="1"><c r="A1" s="0"><v>${number}</v></c></row>`, {
      'xl/styles.xml': styles([format]),
      'xl/workbook.xml': workbook('<sheet name="T" sheetId="1" r:id="rId1"/>', before),
    });
    const cell = (await read(parts))[0]?.cells[0];
    if (cell === undefined) throw new Error('one cell');
    return cell;
  };

  describe('is read', () => {
    it('where nothing says where rows and cells stand, with gaps where it is said', async () => {
      const cell = (text: string, at = ''): string => `<c${at} t="inlineStr"><is><t>${text}</t></is></c>`;
      const rows = `<row>${cell('a')}${cell('b')}</row><row r="4">${cell('c', ' r="B4"')}${cell('d', ' r="D4"')}</row><row>${cell('e')}</row>`;
      const answer = await read(book(rows));
      expect(answer.map(({ number }) => number)).to.deep.equal([1, 4, 5]);
      expect(texts(answer)).to.deep.equal([['a', 'b'], ['', 'c', '', 'd'], ['e']]);
    });

    for (const [title, parts] of [
      ['its parts stored', book(CODE)],
      [
        'targets from the root, with percent signs and another name',
        {
          ...book(CODE, {
            'xl/_rels/workbook.xml.rels': relations([['rId1', `${OFFICE}/worksheet`, '/xl/Tabellen/Blatt%201.xml']]),
          }),
          'xl/worksheets/sheet1.xml': sheet(''),
          'xl/Tabellen/Blatt 1.xml': sheet(CODE),
        },
      ],
      [
        'capitals in names',
        {
          '_rels/.RELS': ROOT,
          'XL/Workbook.xml': workbook('<sheet name="T" sheetId="1" r:id="rId1"/>'),
          'xl/_rels/workbook.xml.rels': ONE,
          'xl/Worksheets/Sheet1.XML': sheet(CODE),
        },
      ],
      [
        'no relations at all',
        { 'xl/workbook.xml': workbook('<sheet name="T" sheetId="1"/>'), 'xl/worksheets/sheet1.xml': sheet(CODE) },
      ],
      [
        'prefixes',
        book('', {
          'xl/worksheets/sheet1.xml': `<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t="str"><x:v>Code</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
        }),
      ],
      [
        'the addresses of the strict standard',
        {
          '_rels/.rels': relations([
            ['rId1', 'http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument', 'xl/workbook.xml'],
          ]),
          'xl/workbook.xml':
            '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:q="z"><sheets><sheet q:id="rId9"/></sheets></workbook>',
          'xl/_rels/workbook.xml.rels': relations([
            ['rId9', 'http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet', 'worksheets/sheet.xml'],
          ]),
          'xl/worksheets/sheet.xml': sheet(CODE),
        },
      ],
      [
        'a size that nobody can have',
        book('', {
          'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}><dimension ref="A1:XFD1048576"/><sheetData>${CODE}</sheetData></worksheet>`,
        }),
      ],
      ['XML in UTF-16', book('', { 'xl/worksheets/sheet1.xml': Buffer.from(`\uFEFF${sheet(CODE)}`, 'utf16le') })],
    ] as const) {
      it(`with ${title}`, async () => {
        expect(texts(await read(parts as Parts, title === 'its parts stored' ? 'stored' : 'deflated'))).to.deep.equal([
          ['Code'],
        ]);
      });
    }

    it('with backslashes in names', async () => {
      await read(book(CODE));
      const packed = readFileSync(join(directory, 'a.xlsx')).toString('latin1');
      const turned = packed.replaceAll(/xl\/worksheets\/(?=sheet1)/g, 'xl\\worksheets\\');
      expect(turned).not.to.equal(packed);
      expect(texts(await readBytes(Buffer.from(turned, 'latin1')))).to.deep.equal([['Code']]);
    });

    it('with texts kept apart, also in capitals, in runs and with how they are pronounced', async () => {
      const shared = `<sst ${MAIN}><si><t>Code</t></si><si><r><t>Rei</t></r><r><t xml:space="preserve">se </t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>`;
      const rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>';
      expect(texts(await read(book(rows, { 'xl/SharedStrings.xml': shared })))).to.deep.equal([['Code', 'Reise']]);
    });

    it('from the first visible sheet that has anything on it, and from no chart', async () => {
      const names = ['verborgen', 'sehr', 'Diagramm', 'leer', 'Liste', 'danach'];
      const types = names.map((name) => (name === 'Diagramm' ? 'chartsheet' : 'worksheet'));
      const states: Readonly<Record<string, string>> = { verborgen: ' state="hidden"', sehr: ' state="veryHidden"' };
      const rows = names.map((name) => (name === 'leer' ? '<row><c s="1"/></row>' : CODE.replace('Code', name)));
      const parts: Record<string, string> = {
        '_rels/.rels': ROOT,
        'xl/workbook.xml': workbook(
          names.map((name, index) => `<sheet name="${name}"${states[name] ?? ''} r:id="r${index}"/>`).join(''),
        ),
        'xl/_rels/workbook.xml.rels': relations(
          names.map((_, index) => [`r${index}`, `${OFFICE}/${types[index] ?? ''}`, `worksheets/s${index}.xml`]),
        ),
      };
      for (const [index, row] of rows.entries()) parts[`xl/worksheets/s${index}.xml`] = sheet(row);
      expect(texts(await read(parts))).to.deep.equal([['Liste']]);
    });

    it('with every kind of value, and a formula as what it came to', async () => {
      const cells = [
        ['<c t="b"><v>1</v></c>', 'true'],
        ['<c t="b"><f>1=2</f><v>0</v></c>', 'false'],
        ['<c t="e"><v>#N/A</v></c>', '#N/A'],
        ['<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', '=1/0'],
        ['<c><f>A1-A1</f><v>0</v></c>', '0'],
        ['<c><f>A1*2</f></c>', '=A1*2'],
        ['<c t="str"><f>""</f><v></v></c>', ''],
        ['<c t="str"><f>"a"</f><v>a &amp;amp; b</v></c>', 'a &amp; b'],
        ['<c><v>19.899999999999999</v></c>', '19.9'],
        ['<c><v>1.5E-2</v></c>', '0.015'],
        ['<c t="d"><v>2026-12-31T00:00:00</v></c>', '2026-12-31'],
        ['<c t="inlineStr"><is><t><![CDATA[<b>]]></t></is></c>', '<b>'],
      ] as const;
      expect(texts(await read(book(`<row>${cells.map(([xml]) => xml).join('')}</row>`)))).to.deep.equal([
        cells.map(([, text]) => text),
      ]);
    });

    it('with characters that XML cannot say, and with underscores that mean themselves', async () => {
      const cells = [
        'ABCD_x000D_',
        'a_x005F_x0041_b',
        'eins_x000D_\nzwei',
        '_x00e4_',
        'a_x0007_b',
        '_xD83C__xDF81_',
        '_x12_',
      ];
      const row = cells.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('');
      expect(texts(await read(book(`<row>${row}</row>`)))).to.deep.equal([
        ['ABCD', 'a_x0041_b', 'eins\nzwei', 'ä', 'ab', '🎁', '_x12_'],
      ]);
    });

    for (const [format, number, day] of [
      [14, '46387', '2026-12-31'],
      [22, '46387.75', '2026-12-31'],
      ['dd.mm.yyyy', '46387', '2026-12-31'],
      ['TT.MM.JJJJ', '46387', '2026-12-31'],
      ['[$-407]d. mmmm yyyy;@', '46387', '2026-12-31'],
      ['mmm', '46387', '2026-12-31'],
      ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', '46386.9999999999', '2026-12-31'],
      ['yyyy-mm-dd hh:mm:ss.000', '61', '1900-03-01'],
      ['dd.mm.yyyy', '1', '1900-01-01'],
    ] as const) {
      it(`gives the day of ${number} as ${format}`, async () => {
        expect(await formatted(number, format)).to.deep.equal({ text: day, number: null, day });
      });
    }

    it('gives days that count from 1904', async () => {
      expect((await formatted('44925', 14, '<workbookPr date1904="1"/>')).day).to.equal('2026-12-31');
    });

    for (const [format, number, text] of [
      ['#,##0.00 &quot;Tage&quot;', '12.5', '12.5'],
      ['[Red]0;[Blue]-0', '7', '7'],
      ['Standard', '7', '7'],
      ['General', '7', '7'],
      ['0.00E+00', '7', '7'],
      ['_-* #,##0.00\\ [$€-407]_-', '7', '7'],
      ['0000000', '12345', '0012345'],
      ['dd.mm.yyyy', '-1', '-1'],
      ['dd.mm.yyyy', '2958466', '2958466'],
    ] as const) {
      it(`gives ${number} as the number that ${format} shows`, async () => {
        expect(await formatted(number, format)).to.deep.equal({ text, number: Number(number), day: null });
      });
    }

    for (const [format, number, text] of [
      [9, '0.1', '10%'],
      ['0.0%', '0.075', '7.5%'],
      ['0.00\\ %', '0.29', '29%'],
      [20, '0.604166666666667', '14:30'],
    ] as const) {
      it(`gives ${number} as ${text}, which is no amount, where ${format} shows it so`, async () => {
        expect(await formatted(number, format)).to.deep.equal({ text, number: null, day: null });
      });
    }

    it('with what our own writer keeps from being read otherwise', async () => {
      const rows = [['a_x0041_b', '<b>&amp;</b>', '=1+1', '_x005F_', ' _x000D_', 'zwei\nZeilen']];
      const path = join(directory, 'own.xlsx');
      await writeWorkbook(createWriteStream(path), {
        sheet: 'Liste',
        columns: rows[0]?.map((heading) => ({ heading, kind: 'text', width: 10 })) ?? [],
        rows,
        timeZone: 'Europe/Berlin',
        totalLabel: null,
        parameters: { sheet: 'Parameter', headings: ['a', 'b'], rows: () => [] },
      });
      expect(texts(await rowsAt(path))).to.deep.equal([
        rows[0]?.map((text) => text.trim()),
        rows[0]?.map((text) => text.trim()),
      ]);
    });
  });

  describe('is refused', () => {
    for (const [title, parts, problem] of [
      [
        'a document type',
        book('', {
          'xl/worksheets/sheet1.xml': `<!DOCTYPE a [<!ENTITY b "bb">]>${sheet('<row><c t="str"><v>&b;</v></c></row>')}`,
        }),
        'table.unreadable',
      ],
      [
        'an entity from elsewhere',
        book('', { 'xl/worksheets/sheet1.xml': `<!DOCTYPE a SYSTEM "file:///etc/passwd">${sheet(CODE)}` }),
        'table.unreadable',
      ],
      ['an entity nobody explains', book('<row><c t="str"><v>&b;</v></c></row>'), 'table.unreadable'],
      ['nesting without end', book('<a>'.repeat(100) + '</a>'.repeat(100)), 'table.unreadable'],
      ['texts that are not there', book('<row><c t="s"><v>0</v></c></row>'), 'table.unreadable'],
      ['a row no sheet has', book('<row r="1048577"><c><v>1</v></c></row>'), 'table.unreadable'],
      ['a column no sheet has', book('<row><c r="ZZZZ1"><v>1</v></c></row>'), 'table.unreadable'],
      [
        'XML that ends too early',
        book('', { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row>' }),
        'table.unreadable',
      ],
      [
        'bytes that are no text',
        book('', { 'xl/worksheets/sheet1.xml': Buffer.from('<worksheet>\xff</worksheet>', 'latin1') }),
        'table.unreadable',
      ],
      ['no sheet', { ...book(CODE), 'xl/workbook.xml': workbook('') }, 'table.unreadable'],
      ['a text without end', book(`<row><c t="str"><v>${'a'.repeat(9_000_000)}</v></c></row>`), 'table.too_large'],
    ] as const) {
      it(`with ${title}`, async () => {
        expect(await problemOf(read(parts))).to.equal(problem);
      });
    }

    it('where it says that it has more parts than anybody needs', async () => {
      await read(book(CODE));
      const file = readFileSync(join(directory, 'a.xlsx'));
      const end = file.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
      for (const at of [8, 10]) file.writeUInt16LE(10_001, end + at);
      expect(await problemOf(readBytes(file))).to.equal('table.too_large');
    });

    for (const [title, bytes, problem] of [
      ['is larger than it says', 10, 'table.unreadable'],
      ['says it is larger than 2 GiB', 2 ** 31 + 1, 'table.too_large'],
    ] as const) {
      it(`where a part ${title}`, async () => {
        await read(book(CODE));
        const file = readFileSync(join(directory, 'a.xlsx'));
        const entry = file.lastIndexOf('PK\u0001\u0002', undefined, 'latin1');
        file.writeUInt32LE(bytes, entry + 24);
        expect(await problemOf(readBytes(file))).to.equal(problem);
      });
    }

    for (const [title, bytes, problem] of [
      ['Excel 97', Buffer.from('d0cf11e0a1b11ae1000000000000', 'hex'), 'table.old_excel'],
      [
        'a workbook with a password',
        Buffer.concat([Buffer.from('d0cf11e0a1b11ae10000', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
        'table.protected',
      ],
      ['PDF', '%PDF-1.7\n', 'table.pdf'],
      ['a web page', '\uFEFF\r\n<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', 'table.markup'],
      ['the XML of Excel 2003', '<?xml version="1.0"?><Workbook/>', 'table.markup'],
    ] as const) {
      it(`in words where it is ${title} by another name`, async () => {
        expect(await problemOf(readBytes(bytes))).to.equal(problem);
      });
    }

    for (const [title, parts, problem] of [
      ['a binary workbook', { '[Content_Types].xml': '', 'xl/workbook.bin': '' }, 'table.binary_excel'],
      [
        'a spreadsheet of LibreOffice',
        { mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '' },
        'table.open_document',
      ],
      ['one of Apple', { 'Index/Document.iwa': '' }, 'table.numbers'],
      ['an archive of tables', { 'umsaetze.csv': 'a;b' }, 'table.archive'],
      [
        'a letter',
        {
          '[Content_Types].xml': '',
          '_rels/.rels': relations([['rId1', `${OFFICE}/officeDocument`, 'word/document.xml']]),
          'word/document.xml': '<document/>',
        },
        'table.unreadable',
      ],
    ] as const) {
      it(`in words where it is ${title}`, async () => {
        expect(await problemOf(read(parts))).to.equal(problem);
      });
    }

    it('not where it is CSV by another name', async () => {
      expect(texts(await readBytes('Code;Wert\nA;1\n'))).to.deep.equal([
        ['Code', 'Wert'],
        ['A', '1'],
      ]);
    });
  });
});
