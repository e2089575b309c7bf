/**
 * Reads a DATEV "Buchungsstapel" as the description of the format says it must be, and names every deviation. Written
 * from the description alone; it shares nothing with what writes the files.
 */

export interface CheckedBooking {
  readonly cents: number;
  readonly debit: string;
  readonly credit: string;
  readonly day: string;
  readonly documentField1: string;
  readonly documentField2: string;
  readonly text: string;
  readonly isGeneralReversal: boolean;
  readonly additions: Readonly<Record<string, string>>;
}

export interface CheckedBatch {
  readonly problems: string[];
  readonly header: readonly string[];
  readonly bookings: readonly CheckedBooking[];
}

interface Field {
  readonly text: string;
  readonly quoted: boolean;
}

// 0x80 to 0x9F of Windows-1252; five of them are not assigned.
const HIGH = [
  '€',
  null,
  '‚',
  'ƒ',
  '„',
  '…',
  '†',
  '‡',
  'ˆ',
  '‰',
  'Š',
  '‹',
  'Œ',
  null,
  'Ž',
  null,
  null,
  '‘',
  '’',
  '“',
  '”',
  '•',
  '–',
  '—',
  '˜',
  '™',
  'š',
  '›',
  'œ',
  null,
  'ž',
  'Ÿ',
];

export function checkBatch(name: string, bytes: Buffer): CheckedBatch {
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(problem);
  if (!/^EXTF_[\x21-\x7e]+\.csv$/.test(name)) say(`name ${name}`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb) say('a byte order mark');
  const text = decode(bytes, say);
  if (!text.endsWith('\r\n')) say('the last line has no CRLF');
  const lines = text.slice(0, -2).split('\r\n');
  if (/[\r\n\t\u0000-\u001f]/.test(lines.join(''))) say('a control character');
  const [headerLine = '', headingLine = '', ...rows] = lines;
  const header = fieldsOf(headerLine, say);
  checkHeader(header, say);
  checkHeadings(headingLine, say);
  if (rows.length > 99_999) say(`${rows.length} bookings`);
  const from = header[14]?.text ?? '';
  const until = header[15]?.text ?? '';
  // Another currency than the client's stands in the name.
  const currency = /_([A-Z]{3})(_\d+)?\.csv$/.exec(name)?.[1] ?? header[21]?.text;
  if (rows.some((row) => fieldsOf(row, () => undefined)[2]?.text !== currency))
    say('a currency that is not that of the file');
  const bookings = rows.map((row, index) =>
    checkRow(row, header, from, until, (problem) => say(`row ${index + 1}: ${problem}`)),
  );
  return { problems, header: header.map((field) => field.text), bookings };
}

function decode(bytes: Buffer, say: (problem: string) => void): string {
  return [...bytes]
    .map((byte) => {
      if (byte < 0x80 || byte > 0x9f) return String.fromCharCode(byte);
      const sign = HIGH[byte - 0x80] ?? null;
      if (sign === null) say(`byte ${byte.toString(16)}`);
      return sign ?? '?';
    })
    .join('');
}

function fieldsOf(line: string, say: (problem: string) => void): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] === '"') {
      let text = '';
      let end = at + 1;
      for (; end < line.length; end++) {
        if (line[end] !== '"') text += line[end] ?? '';
        else if (line[end + 1] === '"') {
          text += '"';
          end++;
        } else break;
      }
      if (line[end] !== '"') say('a quote that does not end');
      if (end + 1 < line.length && line[end + 1] !== ';') say('text behind a quote');
      fields.push({ text, quoted: true });
      at = end + 2;
    } else {
      const found = line.indexOf(';', at);
      const end = found === -1 ? line.length : found;
      const text = line.slice(at, end);
      if (text.includes('"')) say('a quote amid a field');
      fields.push({ text, quoted: false });
      at = end + 1;
    }
    if (at === line.length && line.at(-1) === ';') {
      fields.push({ text: '', quoted: false });
      break;
    }
    if (at > line.length) break;
  }
  return fields;
}

function checkHeader(header: readonly Field[], say: (problem: string) => void): void {
  if (header.length !== 31) say(`${header.length} fields in the header`);
  const rules: readonly (readonly [number, boolean, RegExp])[] = [
    [1, true, /^EXTF$/],
    [2, false, /^700$/],
    [3, false, /^21$/],
    [4, true, /^Buchungsstapel$/],
    [5, false, /^13$/],
    [6, false, /^20\d{15}$/],
    [7, false, /^$/],
    [8, true, /^\w{0,2}$/],
    [9, true, /^\w{0,25}$/],
    [10, true, /^$/],
    [11, false, /^\d{4,7}$/],
    [12, false, /^\d{1,5}$/],
    [13, false, /^20\d{6}$/],
    [14, false, /^[4-8]$/],
    [15, false, /^20\d{6}$/],
    [16, false, /^20\d{6}$/],
    [17, true, /^[\w./ ]{0,30}$/],
    [18, true, /^([A-Z]{2}){0,2}$/],
    [19, false, /^[12]$/],
    [20, false, /^(0|30|40|50|64)$/],
    [21, false, /^[01]$/],
    [22, true, /^[A-Z]{3}$/],
    [23, false, /^$/],
    [24, true, /^$/],
    [25, false, /^$/],
    [26, false, /^$/],
    [27, true, /^(\d{2})?$/],
    [28, false, /^\d{0,4}$/],
    [29, false, /^$/],
    [30, true, /^$/],
    [31, true, /^.{0,16}$/],
  ];
  for (const [number, quoted, form] of rules) {
    const field = header[number - 1];
    if (field?.quoted !== quoted || !form.test(field.text)) say(`header field ${number}: ${JSON.stringify(field)}`);
  }
  const at = (number: number): string => header[number - 1]?.text ?? '';
  if (Number(at(11)) < 1001 || Number(at(12)) < 1) say('adviser or client');
  if (at(15) > at(16) || at(15) < at(13)) say('days of the file outside of its fiscal year');
  const yearAfter = String(Number(at(13).slice(0, 4)) + 1) + at(13).slice(4);
  if (at(16) >= yearAfter) say('the file ends after its fiscal year');
}

function checkHeadings(line: string, say: (problem: string) => void): void {
  const headings = line.split(';');
  if (headings.length !== 125) say(`${headings.length} headings`);
  const named: readonly (readonly [number, string])[] = [
    [1, 'Umsatz (ohne Soll/Haben-Kz)'],
    [7, 'Konto'],
    [10, 'Belegdatum'],
    [14, 'Buchungstext'],
    [20, 'Beleglink'],
    [21, 'Beleginfo - Art 1'],
    [36, 'Beleginfo - Inhalt 8'],
    [37, 'KOST1 - Kostenstelle'],
    [47, 'BU 49 Funktionsergänzung'],
    [48, 'Zusatzinformation - Art 1'],
    [49, 'Zusatzinformation- Inhalt 1'],
    [87, 'Zusatzinformation- Inhalt 20'],
    [88, 'Stück'],
    [95, 'Auftragsnummer'],
    [101, 'Erlöskonto (Anzahlungen)'],
    [114, 'Festschreibung'],
    [118, 'Generalumkehr (GU)'],
    [125, 'Abw. Skontokonto'],
  ];
  for (const [number, name] of named)
    if (headings[number - 1] !== name) say(`heading ${number} is ${headings[number - 1] ?? 'missing'}`);
}

const QUOTED_COLUMNS =
  '2,3,6,9,11,12,14,16,20,21-38,40,42,48-87,91,95,96,98,102,103,105,107,109,110,112,118,120,121,123'
    .split(',')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_unused, index) => from + index);
    });

function checkRow(
  line: string,
  header: readonly Field[],
  from: string,
  until: string,
  say: (problem: string) => void,
): CheckedBooking {
  const fields = fieldsOf(line, say);
  if (fields.length !== 125) say(`${fields.length} fields`);
  fields.forEach((field, index) => {
    if (field.quoted !== QUOTED_COLUMNS.includes(index + 1))
      say(`field ${index + 1} ${field.quoted ? 'is' : 'is not'} quoted`);
  });
  const at = (number: number): string => fields[number - 1]?.text ?? '';
  const must = (number: number, form: RegExp): void => {
    if (!form.test(at(number))) say(`field ${number} is ${JSON.stringify(at(number))}`);
  };
  must(1, /^\d{1,10},\d{2}$/);
  if (/^0+,00$/.test(at(1))) say('an amount of zero');
  must(2, /^[SH]$/);
  must(3, /^[A-Z]{3}$/);
  must(117, /^(|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{4})$/);
  for (const number of [4, 5, 6]) must(number, /^$/);
  for (const number of [7, 8]) {
    must(number, /^\d{1,9}$/);
    if (/^0+$/.test(at(number))) say(`field ${number} is zero`);
    if (at(number).length > Number(header[13]?.text) + 1) say(`account ${at(number)} is too long`);
  }
  if (at(7) === at(8)) say('an account against itself');
  must(9, /^\d{0,4}$/);
  must(10, /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])$/);
  must(11, /^[A-Za-z0-9$&%*+\-/]{0,36}$/);
  must(12, /^[A-Za-z0-9$&%*+\-/]{0,12}$/);
  must(14, /^.{0,60}$/);
  must(37, /^[\w ]{0,36}$/);
  const additions: Record<string, string> = {};
  for (let pair = 0; pair < 20; pair++) {
    const [kind, content] = [at(48 + 2 * pair), at(49 + 2 * pair)];
    if ((kind === '') !== (content === '') || kind.length > 20 || content.length > 210) say(`addition ${pair + 1}`);
    if (kind !== '') additions[kind] = content;
  }
  must(95, /^.{0,30}$/);
  must(114, /^[01]$/);
  if (at(114) !== header[20]?.text) say('another Festschreibung than the file');
  must(118, /^[01]?$/);
  const day = dayIn(at(10), from);
  if (day < from || day > until) say(`day ${at(10)} outside of ${from} to ${until}`);
  const isLeft = at(2) === 'S';
  return {
    cents: Number(at(1).replace(',', '')),
    debit: isLeft ? at(7) : at(8),
    credit: isLeft ? at(8) : at(7),
    day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    documentField1: at(11),
    documentField2: at(12),
    text: at(14),
    isGeneralReversal: at(118) === '1',
    additions,
  };
}

/** The day has no year of its own: it is the one in which it lies in the file. */
function dayIn(dayAndMonth: string, from: string): string {
  const monthDay = dayAndMonth.slice(2) + dayAndMonth.slice(0, 2);
  const year = monthDay >= from.slice(4) ? Number(from.slice(0, 4)) : Number(from.slice(0, 4)) + 1;
  return `${year}${monthDay}`;
}
