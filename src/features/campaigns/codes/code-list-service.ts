import { isMalformedCode, normaliseCode } from '../../../core/engine/voucher-code.ts';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import { readTable } from '../../../platform/files/table-file.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { findTakenCodes } from './code-store.ts';
import { MAX_LISTED_CODES } from './code-service.ts';

export type CodeListProblemCode = 'malformed' | 'twice' | 'taken' | 'too_many';

export interface CodeListProblem {
  /** As the list counts, from 1. */
  readonly row: number;
  readonly code: string;
  readonly problem: CodeListProblemCode;
  /** Of a code that stands twice: where it stood first. */
  readonly firstRow: number | null;
}

/** What a list of codes is, before anything is made of it. */
export interface CodeListPlan {
  readonly codes: readonly string[];
  /** The first five hundred. */
  readonly problems: readonly CodeListProblem[];
  readonly problemCount: number;
}

const MAX_PROBLEMS = 500;
const MAX_CODE_TEXT = 100;
const HEADINGS = new Set(['CODE', 'CODES', 'GUTSCHEINCODE', 'VOUCHERCODE', 'VOUCHER']);

/** Keeps a pasted list until it is confirmed; answers what names it. */
export async function keepPastedCodes(files: FileStore, text: string): Promise<string> {
  const token = generateToken('c');
  await pipeline(Readable.from([text]), await files.write(keyOf(token)));
  return token;
}

export async function keepUploadedCodes(files: FileStore, path: string): Promise<string> {
  const token = generateToken('c');
  await files.adopt(path, keyOf(token));
  return token;
}

export async function dropCodeList(files: FileStore, token: string): Promise<void> {
  if (isToken(token)) await files.remove(keyOf(token));
}

/** Reads the first column of a kept list and looks every code up; null: the list is gone. */
export async function planCodeList(database: Database, files: FileStore, token: string): Promise<CodeListPlan | null> {
  if (!isToken(token) || !(await files.exists(keyOf(token)))) return null;
  const rows: { row: number; code: string; key: string }[] = [];
  const problems: CodeListProblem[] = [];
  const firstRows = new Map<string, number>();
  for await (const { number, cells } of readTable(await files.path(keyOf(token)))) {
    const code = cells.find(({ text }) => text !== '')?.text ?? '';
    const key = normaliseCode(code);
    if (rows.length === 0 && firstRows.size === 0 && HEADINGS.has(key)) continue;
    if (rows.length >= MAX_LISTED_CODES) {
      problems.push({ row: number, code, problem: 'too_many', firstRow: null });
      break;
    }
    const firstRow = firstRows.get(key) ?? null;
    if (isMalformedCode(code) || code.length > MAX_CODE_TEXT)
      problems.push({ row: number, code, problem: 'malformed', firstRow: null });
    else if (firstRow !== null) problems.push({ row: number, code, problem: 'twice', firstRow });
    else {
      firstRows.set(key, number);
      rows.push({ row: number, code, key });
    }
  }
  const taken = await findTakenCodes(
    database.knex,
    rows.map(({ key }) => key),
  );
  for (const { row, code, key } of rows)
    if (taken.has(key)) problems.push({ row, code, problem: 'taken', firstRow: null });
  problems.sort((a, b) => a.row - b.row);
  return {
    codes: rows.map(({ code }) => code),
    problems: problems.slice(0, MAX_PROBLEMS),
    problemCount: problems.length,
  };
}

function isToken(token: string): boolean {
  return /^c[A-Za-z0-9_-]{20,100}$/.test(token);
}

function keyOf(token: string): string {
  return `imports/codes-${token}`;
}
