/** JSON this product wrote itself; what came from outside goes through a joi schema instead. */

export function parseJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
