import { appError, type FieldError } from '../../process/errors.ts';

/**
 * The value of a JSON text (UTF-8), and nothing where there is no text. JSON allows two members of one name, of which a
 * reader takes either; here nobody can know which was meant, so both are refused. `__proto__` is a name of no field, and
 * no reader may take it for more.
 */
export function readJsonText(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  const text = decoded(bytes);
  const value = parsed(text);
  const problem = memberProblem(text);
  if (problem !== null) throw appError('invalid_request', { fields: [problem] });
  return value;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw appError('malformed_json');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw appError('malformed_json');
  }
}

interface Level {
  /** null: a list. */
  readonly names: Set<string> | null;
  /** The member or the place in the list that is being read. */
  at: string | number;
  isName: boolean;
}

/** Texts and marks of a JSON text. A text is read in one piece, so that a long one costs no more than its length. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g;

/** The first member that is named twice or as no field can be; the text is sound JSON. */
function memberProblem(text: string): FieldError | null {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), at: '', isName: true });
    else if (token === '[') levels.push({ names: null, at: 0, isName: false });
    else if (token === '}' || token === ']') levels.pop();
    else if (level === undefined) return null;
    else if (token === ',') nextMember(level);
    else if (level.isName) {
      const code = nameProblem(level, JSON.parse(token) as string);
      if (code !== null) return { path: levels.map(({ at }) => at).join('.'), code };
    }
  }
  return null;
}

function nextMember(level: Level): void {
  level.isName = level.names !== null;
  if (typeof level.at === 'number') level.at += 1;
}

function nameProblem(level: Level, name: string): 'duplicate_field' | 'unknown_field' | null {
  level.at = name;
  level.isName = false;
  if (name === '__proto__') return 'unknown_field';
  if (level.names?.has(name) === true) return 'duplicate_field';
  level.names?.add(name);
  return null;
}
