import type { Translate } from '../html/i18n.ts';
import type { AppError, ErrorCode, FieldError } from '../process/errors.ts';

/** The sentence of an error in the reader's language; it says the way out. */
export function errorSentence(code: ErrorCode, t: Translate): string {
  return t(`errors:code.${code}`);
}

/** The sentence of a refusal where a page has room for one: what is wrong with its first place, or the error's own. */
export function refusalSentence({ code, details }: AppError, t: Translate): string {
  const [field] = details.fields ?? [];
  return field === undefined ? errorSentence(code, t) : fieldSentence(field, t);
}

/** One sentence for a field error in the reader's language. */
export function fieldSentence({ code, text, params = {} }: FieldError, t: Translate): string {
  const shown = Object.entries(params).map(([name, value]) => [name, shownParam(value)] as const);
  // Named apart from i18next's own options, which may have the same names as what Joi tells.
  return t(text ?? `errors:field.${code}`, { replace: Object.fromEntries(shown) });
}

function shownParam(value: unknown): string {
  if (Array.isArray(value)) return value.filter((one) => one !== null).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
