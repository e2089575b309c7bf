import { sheetRows } from './sheet-rows.ts';
import { TableError, type TableProblem, type TableRow } from './table.ts';
import type { WorkbookFacts } from './workbook-cell.ts';
import { readFormats, readOutline, readRelations, readTexts, type Relation } from './workbook-parts.ts';
import { readXmlStream } from './xml-stream.ts';
import { openZip, type ZipParts } from './zip-parts.ts';

/** The rows of a workbook's first visible sheet that has any text; sheets of charts are none. */
export async function* workbookRows(path: string): AsyncGenerator<TableRow> {
  const parts = await openZip(path);
  try {
    const workbook = await workbookPart(parts);
    if (workbook === null) throw new TableError(otherArchive(parts.names));
    const relations = await readRelations(parts, workbook);
    const { sheets, is1904 } = await readOutline(parts, workbook);
    const facts: WorkbookFacts = {
      texts: await readTexts(parts, partOf(relations, 'sharedStrings', 'xl/sharedStrings.xml')),
      formats: await readFormats(parts, partOf(relations, 'styles', 'xl/styles.xml')),
      is1904,
    };
    const names = sheetNames(parts, relations, sheets);
    if (names.length === 0) throw new TableError('table.unreadable');
    for (const name of names) {
      let isEmpty = true;
      for await (const row of readXmlStream<TableRow>(await parts.open(name), (emit) => sheetRows(facts, emit))) {
        isEmpty &&= row.cells.every(({ text }) => text === '');
        yield row;
      }
      if (!isEmpty) return;
    }
  } finally {
    parts.close();
  }
}

async function workbookPart(parts: ZipParts): Promise<string | null> {
  const named = (await readRelations(parts, '')).find(({ type }) => type === 'officeDocument')?.target;
  return [named, 'xl/workbook.xml'].find((name) => name !== undefined && isXmlPart(parts, name)) ?? null;
}

/** A letter is a document as well, and a binary workbook has no XML. */
function isXmlPart(parts: ZipParts, name: string): boolean {
  return parts.has(name) && /\.xml$/i.test(name) && !/^\/?(word|ppt)\//i.test(name);
}

function partOf(relations: readonly Relation[], type: string, usual: string): string {
  return relations.find((relation) => relation.type === type)?.target ?? usual;
}

/** In the order of the tabs. Where all are hidden, which Excel does not allow, there is nothing else to read. */
function sheetNames(
  parts: ZipParts,
  relations: readonly Relation[],
  sheets: readonly { readonly relation: string | null; readonly isHidden: boolean }[],
): string[] {
  const worksheets = relations.filter(({ type }) => type === 'worksheet');
  const named = sheets.flatMap(({ relation, isHidden }, index) => {
    const byId = relations.find(({ id }) => id === relation);
    const target = byId ?? (relation === null ? worksheets[index] : undefined);
    const name = target?.target ?? `xl/worksheets/sheet${index + 1}.xml`;
    return (target === undefined || target.type === 'worksheet') && parts.has(name) ? [{ name, isHidden }] : [];
  });
  const visible = named.filter(({ isHidden }) => !isHidden);
  return (visible.length > 0 ? visible : named).map(({ name }) => name);
}

function otherArchive(names: readonly string[]): TableProblem {
  if (names.some((name) => /(^|\/)workbook\.bin$/.test(name))) return 'table.binary_excel';
  if (names.includes('content.xml') && names.includes('mimetype')) return 'table.open_document';
  if (names.some((name) => /^index(\.zip|\/document\.iwa)$/.test(name))) return 'table.numbers';
  return names.some((name) => /\.(csv|txt|xlsx?|xml)$/.test(name)) && !names.includes('[content_types].xml')
    ? 'table.archive'
    : 'table.unreadable';
}
