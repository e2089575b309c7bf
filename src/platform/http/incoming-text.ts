import type Joi from 'joi';
import { keptText, readableText, textProblem } from '../../core/text.ts';
import type { FieldError } from '../process/errors.ts';

/**
 * How a text of a schema is read. Without this word it is one line, and what is wrong with it is refused. `lines`: it may
 * have several. `typed`: a caller hands on what a traveller typed or scanned, so what cannot be seen is left out.
 */
type TextKind = 'line' | 'lines' | 'typed';

/** For a text of several lines: `Joi.string().max(2000).meta(SEVERAL_LINES)`. */
export const SEVERAL_LINES = { text: 'lines' satisfies TextKind };
/** For a voucher's code as somebody typed it. */
export const AS_TYPED = { text: 'typed' satisfies TextKind };

/** Deeper than any body of ours, and shallow enough for every reader. */
const MAX_DEPTH = 32;

/** Every text of a value as it is kept, wherever it stands, and each that cannot be taken. */
export interface KeptTexts {
  readonly value: unknown;
  readonly problems: readonly FieldError[];
}

/** One rule for every text that a program sends, whatever its schema says besides. */
export function keptTexts(schema: Joi.Schema, sent: unknown, most: number): KeptTexts {
  const problems: FieldError[] = [];
  const wrong = (path: readonly string[], code: string): undefined => {
    if (problems.length < most) problems.push({ path: path.join('.'), code });
    return undefined;
  };
  const textAt = (text: string, path: readonly string[]): unknown => {
    const problem = textProblem(text);
    if (problem === null) return keptText(text);
    // Only now, because a schema is slow to describe and nearly no text needs it.
    const kind = textKindAt(schema.describe(), path);
    if (kind === 'typed') return readableText(text);
    const left = kind === 'lines' ? textProblem(text, 'lines') : problem;
    return left === null ? keptText(text) : wrong(path, left);
  };
  const valueAt = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value === 'string') return textAt(value, path);
    if (typeof value !== 'object' || value === null) return value;
    if (path.length >= MAX_DEPTH) return wrong(path, 'too_deep');
    if (Array.isArray(value)) return value.map((one, index) => valueAt(one, [...path, String(index)]));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, valueAt(one, [...path, name])]));
  };
  return { value: valueAt(sent, []), problems };
}

function textKindAt(description: Joi.Description, path: readonly string[]): TextKind {
  return findKind(description, path) ?? 'line';
}

function findKind(description: Joi.Description, path: readonly string[]): TextKind | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    const metas = (description['metas'] ?? []) as readonly { readonly text?: TextKind }[];
    return metas.find(({ text }) => text !== undefined)?.text ?? firstOf(matchesOf(description), path);
  }
  if (description.type === 'object') {
    const member = (description.keys as Readonly<Record<string, Joi.Description>> | undefined)?.[step];
    return member === undefined ? undefined : findKind(member, rest);
  }
  if (description.type === 'array') return firstOf((description['items'] ?? []) as readonly Joi.Description[], rest);
  return firstOf(matchesOf(description), path);
}

function matchesOf(description: Joi.Description): readonly Joi.Description[] {
  const matches = (description['matches'] ?? []) as readonly { readonly schema?: Joi.Description }[];
  return matches.flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
}

function firstOf(descriptions: readonly Joi.Description[], path: readonly string[]): TextKind | undefined {
  for (const one of descriptions) {
    const kind = findKind(one, path);
    if (kind !== undefined) return kind;
  }
  return undefined;
}
