import { PLAIN, type NumberFormat } from './number-format.ts';
import { TableError, textCell, type Cell } from './table.ts';

/** A cell as it stands in the XML of a sheet. */
export interface RawCell {
  /** `s`, `inlineStr`, `str`, `b`, `e`, `d`; anything else is a number. */
  readonly type: string;
  readonly style: number;
  /** null: the element is missing. */
  value: string | null;
  text: string | null;
  formula: string | null;
}

/** What all cells of a workbook share. */
export interface WorkbookFacts {
  readonly texts: readonly string[];
  readonly formats: readonly NumberFormat[];
  /** Days count from 1904, as on old Macs. */
  readonly is1904: boolean;
}

/** Days from 30 December 1899 to 1 January 1970, and from there to 1 January 1904. */
const UNIX_SERIAL = 25_569;
const SERIAL_1904 = 1462;
/** Excel counts a 29 February 1900 that never was. */
const FALSE_LEAP_SERIAL = 60;
/** 31 December 9999. */
const LAST_SERIAL = 2_958_465;
const SECONDS_PER_DAY = 86_400;

/**
 * What the program that saved the file worked out. A formula whose result is missing or an error stands as itself, so
 * that nobody takes it for empty.
 */
export function workbookCell(raw: RawCell, facts: WorkbookFacts): Cell {
  const { type, value, formula } = raw;
  if (type === 'inlineStr') return textCell(plainText(raw.text ?? ''));
  if (formula !== null && (value === null || type === 'e') && (formula !== '' || value === null))
    return textCell(`=${formula}`);
  if (value === null) return textCell('');
  switch (type) {
    case 's':
      return textCell(sharedText(facts.texts, value));
    case 'str':
      return textCell(plainText(value));
    case 'b':
      return textCell(value.trim() === '1' || value.trim() === 'true' ? 'true' : 'false');
    case 'e':
      // Such as #N/A: told as it stands, so that it is refused where a value is wanted.
      return textCell(value);
    case 'd':
      return dayCell(value.trim());
    default:
      return numberCell(value.trim(), facts.formats[raw.style] ?? PLAIN, facts.is1904);
  }
}

/**
 * Text of a workbook: `_x000D_` stands for a character XML cannot say and `_x005F_` for an underscore that means itself.
 * Line breaks become those of text; other control characters are nothing people see.
 */
export function plainText(text: string): string {
  if (!text.includes('_x') && !text.includes('\r')) return text;
  return text
    .replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_escape, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '')
    .toWellFormed();
}

function sharedText(texts: readonly string[], index: string): string {
  const text = texts[Number(index)];
  // An empty cell would hide that the texts of the file are missing.
  if (text === undefined) throw new TableError('table.unreadable');
  return text;
}

/** `2026-12-31`, also with a time of day, which is left out. */
function dayCell(value: string): Cell {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T|$)/.exec(value)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(day))) return textCell(value);
  return { text: day, number: null, day };
}

function numberCell(value: string, format: NumberFormat, is1904: boolean): Cell {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) return textCell(value);
  switch (format.kind) {
    case 'day': {
      const day = dayOfSerial(number + (is1904 ? SERIAL_1904 : 0));
      return day === null ? plainNumber(number) : { text: day, number: null, day };
    }
    case 'time':
      return number >= 0 && number < 1 ? textCell(timeText(number)) : plainNumber(number);
    case 'percent':
      // 0.075 is shown as 7.5 %: as a number it would be taken for an amount.
      return textCell(`${Number((number * 100).toPrecision(12))}%`);
    case 'padded':
      return Number.isSafeInteger(number) && number >= 0
        ? { ...plainNumber(number), text: String(number).padStart(format.digits, '0') }
        : plainNumber(number);
    case 'number':
      return plainNumber(number);
  }
}

function plainNumber(number: number): Cell {
  return { text: String(number), number, day: null };
}

function dayOfSerial(serial: number): string | null {
  if (serial < 1 || serial >= LAST_SERIAL + 1) return null;
  const sound = serial < FALSE_LEAP_SERIAL ? serial + 1 : serial;
  const seconds = Math.round((sound - UNIX_SERIAL) * SECONDS_PER_DAY);
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** 0.6041666 → `14:30`. */
function timeText(part: number): string {
  const time = new Date(Math.round(part * SECONDS_PER_DAY) * 1000).toISOString().slice(11, 19);
  return time.endsWith(':00') ? time.slice(0, 5) : time;
}
