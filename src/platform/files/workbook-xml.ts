/** The fixed parts of a workbook, and text as XML takes it. */

export const STYLE = {
  plain: 0,
  heading: 1,
  text: 2,
  quoted: 3,
  money: 4,
  number: 5,
  day: 6,
  instant: 7,
  totalText: 8,
  totalMoney: 9,
  totalNumber: 10,
  openText: 11,
  openQuoted: 12,
  openMoney: 13,
  openNumber: 14,
  openDay: 15,
} as const;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
/** What a cell of Excel holds. */
const MAX_TEXT = 32_767;

export const WORKBOOK_TYPE = `${SHEET_TYPE}.sheet`;

/** A text cell. What a spreadsheet would take for a formula carries the mark that says it is text. */
export function textCell(reference: string, text: string, style: number = STYLE.text): string {
  const first = text.charCodeAt(0);
  const isLikeFormula =
    first === 0x3d || first === 0x2b || first === 0x2d || first === 0x40 || first === 0x09 || first === 0x0d;
  const space =
    first <= 0x20 || text.charCodeAt(text.length - 1) <= 0x20 || text.includes('\n') ? ' xml:space="preserve"' : '';
  return `<c r="${reference}" s="${isLikeFormula ? (QUOTED.get(style) ?? style) : style}" t="inlineStr"><is><t${space}>${xmlText(text)}</t></is></c>`;
}

const QUOTED: ReadonlyMap<number, number> = new Map([
  [STYLE.text, STYLE.quoted],
  [STYLE.openText, STYLE.openQuoted],
]);

/** A sum that is too large to be exact stands there as a spreadsheet shows a number that its cell has no room for. */
export function moneyCell(
  reference: string,
  cents: number,
  styles: { readonly money: number; readonly text: number },
): string {
  if (!Number.isSafeInteger(cents)) return textCell(reference, '#####', styles.text);
  return `<c r="${reference}" s="${styles.money}"><v>${decimalOf(cents)}</v></c>`;
}

/** -5 → `-0.05`, from the digits: no floating point touches an amount. */
export function decimalOf(cents: number): string {
  const whole = Math.abs(cents);
  const rest = whole % 100;
  return `${cents < 0 ? '-' : ''}${(whole - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}

/** Without what XML 1.0 forbids, and with `_x0041_` kept as typed, which Excel would read as a letter. */
export function xmlText(text: string): string {
  const short = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  if (!SPECIAL.test(short)) return short;
  return short
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const SPECIAL = /[&<>"\u0000-\u001f_\ud800-\udfff\ufffe\uffff]/;

/** 0 → A, 26 → AA. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

export function sheetStart(widths: readonly number[], isFirst: boolean): string {
  const columns = widths
    .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
    .join('');
  const pane =
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/>';
  return `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} workbookViewId="0">${pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${columns}</cols><sheetData>`;
}

/** A protected sheet has no password: it keeps from slips, not from people. */
export function sheetEnd(filter: string | null, isProtected = false): string {
  const protection = isProtected
    ? '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>'
    : '';
  const autoFilter = filter === null ? '' : `<autoFilter ref="${filter}"/>`;
  return `</sheetData>${protection}${autoFilter}<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>`;
}

export function workbookXml(sheets: readonly string[], filter: string): string {
  const name = `'${xmlText(sheets[0] ?? '').replaceAll("'", "''")}'!`;
  const absolute = filter.replaceAll(/([A-Z]+)(\d+)/g, '$$$1$$$2');
  const list = sheets
    .map((sheet, index) => `<sheet name="${xmlText(sheet)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
    .join('');
  return (
    `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView activeTab="0"/></bookViews><sheets>${list}</sheets>` +
    `<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">${name}${absolute}</definedName>` +
    `<definedName name="_xlnm.Print_Titles" localSheetId="0">${name}$1:$1</definedName></definedNames></workbook>`
  );
}

export function workbookRelations(sheets: number): string {
  const list = Array.from(
    { length: sheets },
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  ).join('');
  return `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${list}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;
}

export const PACKAGE_RELATIONS = `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

export function contentTypes(sheets: number): string {
  const list = Array.from(
    { length: sheets },
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`,
  ).join('');
  return (
    `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>${list}` +
    `<Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/></Types>`
  );
}

/** A cell people may change in a protected sheet is yellow and framed. */
const OPEN = ' applyProtection="1"><protection locked="0"/></xf>';
/** In the order of `STYLE`. 4: #,##0.00 as the reader's country writes it; 14: its date; 49: text. */
const FORMATS: readonly (readonly [format: number, font: number, fill: number, border: number, more: string])[] = [
  [0, 0, 0, 0, ''],
  [49, 1, 2, 0, ''],
  [49, 0, 0, 0, ''],
  [49, 0, 0, 0, ' quotePrefix="1"'],
  [4, 0, 0, 0, ''],
  [0, 0, 0, 0, ''],
  [14, 0, 0, 0, ''],
  [22, 0, 0, 0, ''],
  [49, 1, 0, 1, ''],
  [4, 1, 0, 1, ''],
  [1, 1, 0, 1, ''],
  [49, 0, 3, 2, OPEN],
  [49, 0, 3, 2, ` quotePrefix="1"${OPEN}`],
  [4, 0, 3, 2, OPEN],
  [0, 0, 3, 2, OPEN],
  [14, 0, 3, 2, OPEN],
];

export const STYLES =
  `${DECLARATION}<styleSheet xmlns="${MAIN}">` +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>' +
  '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF3"/><bgColor indexed="64"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFF6D6"/><bgColor indexed="64"/></patternFill></fill></fills>' +
  '<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top style="thin"><color auto="1"/></top><bottom/><diagonal/></border><border><left style="thin"><color rgb="FFD9C98A"/></left><right style="thin"><color rgb="FFD9C98A"/></right><top style="thin"><color rgb="FFD9C98A"/></top><bottom style="thin"><color rgb="FFD9C98A"/></bottom><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${FORMATS.length}">${FORMATS.map(([format, font, fill, border, more]) => `<xf numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"${more.endsWith('>') ? more : `${more}/>`}`).join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
