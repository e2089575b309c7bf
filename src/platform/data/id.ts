/** Our ids are numbers inside, and have at most 18 digits in every database. */
export const ID_PATTERN = /^\d{1,18}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}
