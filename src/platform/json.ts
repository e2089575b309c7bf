/** JSON this product wrote itself; what came from outside goes through a joi schema instead. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the shape it wrote
export function parseJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
