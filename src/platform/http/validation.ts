import type Joi from 'joi';
import { appError, type ErrorLocale, type FieldError } from '../process/errors.ts';

/** At most this many problems of one request are named. */
const MAX_FIELD_ERRORS = 50;

/** The value in the schema's shape, with its defaults; every problem at once as `invalid_request` otherwise. */
export function validated<T>(schema: Joi.Schema, value: unknown, place = ''): T {
  const result = schema.validate(value, { abortEarly: false, convert: false, errors: { escapeHtml: false } });
  if (result.error === undefined) return result.value as T;
  throw appError('invalid_request', { fields: fieldErrors(result.error, place) });
}

/** The same for text from a URL or a header, where a number arrives as text. */
export function validatedText<T>(schema: Joi.Schema, value: unknown, place = ''): T {
  const result = schema.validate(value, { abortEarly: false, convert: true, errors: { escapeHtml: false } });
  if (result.error === undefined) return result.value as T;
  throw appError('invalid_request', { fields: fieldErrors(result.error, place) });
}

export function fieldErrors(error: Joi.ValidationError, place = ''): FieldError[] {
  return error.details.slice(0, MAX_FIELD_ERRORS).map((detail) => ({
    path: [...(place === '' ? [] : [place]), ...detail.path].join('.'),
    code: JOI_CODES[detail.type]?.code ?? 'invalid_value',
    params: { ...detail.context },
  }));
}

/** One sentence for a field error in the reader's language. */
export function fieldSentence(error: FieldError, locale: ErrorLocale): string {
  if (error.message !== undefined) return error.message[locale];
  const template = SENTENCES[error.code] ?? FALLBACK;
  return template[locale].replaceAll(/\{(\w+)\}/g, (_whole, name: string) => shown(error.params?.[name]));
}

interface Sentence {
  readonly de: string;
  readonly en: string;
}

const FALLBACK: Sentence = { de: 'Dieser Wert ist nicht gültig.', en: 'This value is not valid.' };

const JOI_CODES: Readonly<Record<string, { readonly code: string }>> = {
  'any.required': { code: 'required' },
  'any.only': { code: 'not_allowed' },
  'any.unknown': { code: 'unknown_field' },
  'object.unknown': { code: 'unknown_field' },
  'object.base': { code: 'not_an_object' },
  'object.missing': { code: 'one_of_required' },
  'object.xor': { code: 'only_one_of' },
  'object.oxor': { code: 'only_one_of' },
  'object.nand': { code: 'only_one_of' },
  'array.base': { code: 'not_a_list' },
  'array.min': { code: 'too_few' },
  'array.max': { code: 'too_many' },
  'array.unique': { code: 'not_unique' },
  'string.base': { code: 'not_text' },
  'string.empty': { code: 'required' },
  'string.min': { code: 'too_short' },
  'string.max': { code: 'too_long' },
  'string.length': { code: 'wrong_length' },
  'string.pattern.base': { code: 'wrong_form' },
  'string.pattern.name': { code: 'wrong_form' },
  'string.email': { code: 'not_an_email' },
  'string.day': { code: 'not_a_day' },
  'number.base': { code: 'not_a_number' },
  'number.integer': { code: 'not_an_integer' },
  'number.min': { code: 'too_small' },
  'number.greater': { code: 'not_greater' },
  'number.positive': { code: 'not_positive' },
  'number.max': { code: 'too_big' },
  'number.unsafe': { code: 'too_big' },
  'number.precision': { code: 'too_many_decimals' },
  'boolean.base': { code: 'not_a_boolean' },
};

const SENTENCES: Readonly<Record<string, Sentence>> = {
  required: { de: 'Diese Angabe fehlt.', en: 'This is required.' },
  not_allowed: { de: 'Erlaubt ist nur: {valids}.', en: 'Allowed is only: {valids}.' },
  unknown_field: { de: 'Dieses Feld gibt es nicht.', en: 'There is no such field.' },
  unknown_reference: {
    de: 'Den Eintrag „{id}“ gibt es in den Stammdaten nicht.',
    en: 'The master data has no entry “{id}”.',
  },
  not_an_object: { de: 'Hier wird ein Objekt erwartet.', en: 'An object is expected here.' },
  one_of_required: { de: 'Eines davon wird gebraucht: {peers}.', en: 'One of these is needed: {peers}.' },
  only_one_of: { de: 'Nur eines davon ist erlaubt: {peers}.', en: 'Only one of these is allowed: {peers}.' },
  not_a_list: { de: 'Hier wird eine Liste erwartet.', en: 'A list is expected here.' },
  too_few: { de: 'Mindestens {limit} Einträge werden gebraucht.', en: 'At least {limit} entries are needed.' },
  too_many: { de: 'Höchstens {limit} Einträge sind erlaubt.', en: 'At most {limit} entries are allowed.' },
  not_unique: { de: 'Dieser Eintrag kommt zweimal vor.', en: 'This entry stands here twice.' },
  not_text: { de: 'Hier wird ein Text erwartet.', en: 'Text is expected here.' },
  too_short: { de: 'Mindestens {limit} Zeichen.', en: 'At least {limit} characters.' },
  too_long: { de: 'Höchstens {limit} Zeichen.', en: 'At most {limit} characters.' },
  wrong_length: { de: 'Genau {limit} Zeichen.', en: 'Exactly {limit} characters.' },
  wrong_form: { de: 'Diese Angabe hat nicht die erwartete Form.', en: 'This does not have the expected form.' },
  not_a_day: {
    de: 'Bitte ein Datum angeben, das es gibt (JJJJ-MM-TT).',
    en: 'Please give a date that exists (YYYY-MM-DD).',
  },
  not_an_email: { de: 'Das ist keine E-Mail-Adresse.', en: 'This is not an e-mail address.' },
  not_a_number: { de: 'Hier wird eine Zahl erwartet.', en: 'A number is expected here.' },
  not_an_integer: {
    de: 'Hier wird eine ganze Zahl erwartet (Beträge in Cent).',
    en: 'A whole number is expected here (amounts in cents).',
  },
  too_small: { de: 'Mindestens {limit}.', en: 'At least {limit}.' },
  not_greater: { de: 'Größer als {limit}.', en: 'Greater than {limit}.' },
  not_positive: { de: 'Der Wert muss größer als 0 sein.', en: 'The value must be greater than 0.' },
  too_big: { de: 'Dieser Wert ist zu groß.', en: 'This value is too large.' },
  too_many_decimals: { de: 'Höchstens zwei Nachkommastellen.', en: 'At most two decimals.' },
  not_a_boolean: { de: 'Hier wird true oder false erwartet.', en: 'True or false is expected here.' },
};

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.filter((one) => one !== null).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
