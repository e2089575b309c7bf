/** A column of a table as the description of the data says it. */
export interface AuditColumn {
  readonly name: string;
  readonly description: string;
  /** `money`: minor units written with two decimals. `instant`: text, because the format knows no time of day. */
  readonly kind: 'number' | 'money' | 'text' | 'day' | 'instant';
}

export interface AuditTable {
  readonly name: string;
  readonly description: string;
  /** The first one is the key. */
  readonly columns: readonly AuditColumn[];
  /** Name of a column here, and the table it points to; that one stands before this one. */
  readonly references: readonly (readonly [string, string])[];
}

export interface AuditSupplier {
  readonly name: string;
  readonly location: string;
  readonly comment: string;
}

export function column(name: string, description: string, kind: AuditColumn['kind'] = 'text'): AuditColumn {
  return { name, description, kind };
}

/** `index.xml` by the DTD of 1 September 2004; the order of elements is that of the DTD. Source: accounting.md 4.5. */
export function auditIndex(
  supplier: AuditSupplier,
  tables: readonly AuditTable[],
  span: { readonly from: string; readonly to: string },
): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">',
    '<DataSet>',
    '  <Version>1.0</Version>',
    '  <DataSupplier>',
    `    <Name>${escape(supplier.name)}</Name>`,
    `    <Location>${escape(supplier.location)}</Location>`,
    `    <Comment>${escape(supplier.comment)}</Comment>`,
    '  </DataSupplier>',
    '  <Media>',
    '    <Name>Gutscheine</Name>',
    ...tables.flatMap((table) => tableLines(table, span)),
    '  </Media>',
    '</DataSet>',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A line of a file: text in quotes, numbers and days bare, no line break inside of a field. */
export function auditLine(columns: readonly AuditColumn[], cells: readonly (string | number | null)[]): string {
  return `${columns.map((column, index) => cellText(column, cells[index] ?? null)).join(';')}\r\n`;
}

export function auditHeading(columns: readonly AuditColumn[]): string {
  return `${columns.map(({ name }) => quote(name)).join(';')}\r\n`;
}

function tableLines(
  { name, description, columns, references }: AuditTable,
  span: { readonly from: string; readonly to: string },
): string[] {
  const [key, ...others] = columns;
  return [
    '    <Table>',
    `      <URL>${name}.csv</URL>`,
    `      <Name>${name}</Name>`,
    `      <Description>${escape(description)}</Description>`,
    '      <Validity>',
    `        <Range><From>${germanDay(span.from)}</From><To>${germanDay(span.to)}</To></Range>`,
    '        <Format>DD.MM.YYYY</Format>',
    '      </Validity>',
    '      <UTF8/>',
    '      <DecimalSymbol>,</DecimalSymbol>',
    '      <DigitGroupingSymbol>.</DigitGroupingSymbol>',
    '      <Range><From>2</From></Range>',
    '      <VariableLength>',
    '        <ColumnDelimiter>;</ColumnDelimiter>',
    '        <TextEncapsulator>&#34;</TextEncapsulator>',
    ...(key === undefined ? [] : columnLines('VariablePrimaryKey', key)),
    ...others.flatMap((column) => columnLines('VariableColumn', column)),
    ...references.map(
      ([column, table]) => `        <ForeignKey><Name>${column}</Name><References>${table}</References></ForeignKey>`,
    ),
    '      </VariableLength>',
    '    </Table>',
  ];
}

function columnLines(element: string, { name, description, kind }: AuditColumn): string[] {
  const type =
    kind === 'number'
      ? '<Numeric/>'
      : kind === 'money'
        ? '<Numeric><Accuracy>2</Accuracy></Numeric>'
        : kind === 'day'
          ? '<Date><Format>DD.MM.YYYY</Format></Date>'
          : '<AlphaNumeric/>';
  return [
    `        <${element}><Name>${name}</Name><Description>${escape(description)}</Description>${type}</${element}>`,
  ];
}

function cellText({ kind }: AuditColumn, value: string | number | null): string {
  if (value === null) return kind === 'text' || kind === 'instant' ? '""' : '';
  switch (kind) {
    case 'number':
      return String(value);
    case 'money': {
      const cents = Number(value);
      const text = String(Math.abs(cents)).padStart(3, '0');
      return `${cents < 0 ? '-' : ''}${text.slice(0, -2)},${text.slice(-2)}`;
    }
    case 'day':
      return germanDay(String(value));
    case 'instant':
      return quote(new Date(Number(value)).toISOString());
    case 'text':
      return quote(String(value).replace(/[\r\n\t]+/g, ' '));
  }
}

function germanDay(day: string): string {
  return `${day.slice(8, 10)}.${day.slice(5, 7)}.${day.slice(0, 4)}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
