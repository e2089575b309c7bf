import type Joi from 'joi';
import { appError, type FieldError } from '../process/errors.ts';
import { keptTexts } from './incoming-text.ts';

/** At most this many problems of one request are named. */
const MAX_FIELD_ERRORS = 50;

/** The value in the schema's shape, with its defaults; every problem at once as `invalid_request` otherwise. */
export function validated<T>(schema: Joi.Schema, value: unknown, place = ''): T {
  return checked<T>(schema, value, { place, convert: false });
}

/** The same for text from a URL or a header, where a number arrives as text. */
export function validatedText<T>(schema: Joi.Schema, value: unknown, place = ''): T {
  return checked<T>(schema, value, { place, convert: true });
}

function checked<T>(
  schema: Joi.Schema,
  sent: unknown,
  { place, convert }: { readonly place: string; readonly convert: boolean },
): T {
  const { value, problems } = keptTexts(schema, sent, MAX_FIELD_ERRORS);
  if (problems.length > 0)
    throw appError('invalid_request', { fields: problems.map((one) => ({ ...one, path: pathIn(place, one.path) })) });
  const result = schema.validate(value, { abortEarly: false, convert, errors: { escapeHtml: false } });
  if (result.error === undefined) return result.value as T;
  throw appError('invalid_request', { fields: fieldErrors(result.error, place) });
}

export function fieldErrors(error: Joi.ValidationError, place = ''): FieldError[] {
  return error.details.slice(0, MAX_FIELD_ERRORS).map(({ type, path, context }) => ({
    path: pathIn(place, path.join('.')),
    code: type === 'any.required' && path.length === 0 ? 'body_required' : (JOI_CODES[type] ?? 'invalid_value'),
    params: { ...context },
  }));
}

function pathIn(place: string, path: string): string {
  return [place, path].filter((part) => part !== '').join('.');
}

const JOI_CODES: Readonly<Record<string, string>> = {
  'any.required': 'required',
  'any.only': 'not_allowed',
  'any.unknown': 'unknown_field',
  'object.unknown': 'unknown_field',
  'object.base': 'not_an_object',
  'object.missing': 'one_of_required',
  'object.min': 'nothing_said',
  'object.xor': 'only_one_of',
  'object.oxor': 'only_one_of',
  'object.nand': 'only_one_of',
  'object.with': 'required',
  'array.base': 'not_a_list',
  'array.min': 'too_few',
  'array.max': 'too_many',
  'array.unique': 'not_unique',
  'string.base': 'not_text',
  'string.empty': 'required',
  'string.min': 'too_short',
  'string.max': 'too_long',
  'string.length': 'wrong_length',
  'string.pattern.base': 'wrong_form',
  'string.pattern.name': 'wrong_form',
  'string.email': 'not_an_email',
  'string.number_not_fitting': 'number_not_fitting',
  'string.currency': 'not_a_currency',
  'string.currency_digits': 'currency_digits',
  'string.day': 'not_a_day',
  'string.instant': 'not_an_instant',
  'string.no_such_day': 'no_such_day',
  'number.base': 'not_a_number',
  'number.integer': 'not_an_integer',
  'number.min': 'too_small',
  'number.greater': 'not_greater',
  'number.positive': 'not_positive',
  'number.max': 'too_big',
  'number.amount': 'amount_too_high',
  'number.unsafe': 'too_big',
  'number.precision': 'too_many_decimals',
  'boolean.base': 'not_a_boolean',
};
