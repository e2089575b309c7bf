import type { Request, Response } from 'express';
import { oneLine, readableText } from '../../core/text.ts';
import { isId } from '../data/id.ts';
import type { FormError } from '../html/form-view.ts';
import { appError } from '../process/errors.ts';
import type { SignedInUser } from './auth.ts';

/** How many characters a typed field takes at most; the fields say so to the browser, and what is longer is refused. */
export const LENGTHS = {
  /** Of a form that is sent once, of a row chosen from a list. */
  key: 64,
  /** A voucher's code or a PIN, with room for what a scanner puts around it. */
  code: 100,
  /** Names, numbers, search words: all that is one line. */
  line: 200,
  /** The longest address there can be. */
  email: 254,
  /** Why somebody did something. */
  reason: 500,
  /** Several lines. */
  text: 4000,
} as const;

/** What was typed, in one line and with nothing around it; empty where it is no text. */
export function textOf(value: unknown, maxLength: number = LENGTHS.line): string {
  return typeof value === 'string' ? bounded(oneLine(value).trim(), maxLength) : '';
}

/** The same of a field with several lines, whose ends are all LF. */
export function linesOf(value: unknown, maxLength: number = LENGTHS.text): string {
  return typeof value === 'string' ? bounded(readableText(value).trim(), maxLength) : '';
}

/** Nothing of a text is lost without a word; no field of our pages lets more be typed. */
function bounded(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  throw appError('invalid_request', {
    fields: [{ path: '', code: 'text_too_long', params: { limit: maxLength, beginning: `${text.slice(0, 30)}…` } }],
  });
}

/** To the character as it was sent: passwords, and what is shown again exactly as typed. */
export function rawTextOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textOrNull(value: unknown, maxLength?: number): string | null {
  const text = textOf(value, maxLength);
  return text === '' ? null : text;
}

/** A field of the form that was sent. */
export function fieldOf(req: Request, name: string, maxLength?: number): string {
  return textOf(fieldsOf(req)[name], maxLength);
}

export function rawFieldOf(req: Request, name: string): string {
  return rawTextOf(fieldsOf(req)[name]);
}

/** All fields of the form that was sent; a request without a form has none. */
export function fieldsOf(req: Request): Readonly<Record<string, unknown>> {
  return (req.body ?? {}) as Record<string, unknown>;
}

/** A parameter of the address. */
export function parameterOf(req: Request, name: string, maxLength?: number): string {
  return textOf(req.query[name], maxLength);
}

/** What boxes or rows of one name send: nothing, one text, or a list of them. */
export function manyOf(value: unknown, maxLength?: number): string[] {
  return [value].flat().flatMap((one) => (typeof one === 'string' ? [textOf(one, maxLength)] : []));
}

/** The id in the address of a page; one of another form belongs to nothing. */
export function idOf(req: Request, name = 'id'): string {
  const id = req.params[name];
  if (!isId(id)) throw appError('not_found');
  return id;
}

export function idOrNull(value: unknown): string | null {
  return isId(value) ? value : null;
}

/** The ids among what boxes of one name send, each once. */
export function idsOf(value: unknown): string[] {
  return [...new Set([value].flat().filter(isId))];
}

/** The row after which a page of a list begins; null: at the top. */
export function cursorOf(req: Request): string | null {
  return idOrNull(req.query['cursor']);
}

/** Who is signed in; the pages behind a login alone may ask. */
export function userOf(res: Response): SignedInUser {
  if (res.locals.user === null) throw new Error('a page for signed-in people without one');
  return res.locals.user;
}

/** Who does something here, as it stands in the audit log. */
export function actorOf(res: Response): string {
  return `user:${userOf(res).id}`;
}

/** A form that comes back with sentences about what is wrong says so in its status as well. */
export function markInvalid(res: Response, errors: readonly FormError[]): void {
  if (errors.length > 0) res.status(422);
}
