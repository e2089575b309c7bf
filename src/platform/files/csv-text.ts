/** What a spreadsheet takes for the beginning of a formula, in narrow and in wide signs. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
const PLAIN_NUMBER = /^-\d[\d.,]*$/;

/**
 * A cell as it may stand in a CSV file: a text that would be a formula gets an apostrophe in front; a number below zero is
 * no formula and stays one, or nobody could add it up.
 */
export function csvCell<T extends string | number | null>(cell: T): T | string {
  return typeof cell === 'string' && FORMULA.test(cell) && !PLAIN_NUMBER.test(cell) ? `'${cell}` : cell;
}
