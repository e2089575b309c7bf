/** The rows of one page of a list, and where the next page begins; null: there is none. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Reads one row more than the page has, which tells whether there is another page; a place is the row's id unless told. */
export async function readPage<T extends { readonly id: string | number }>(
  limit: number,
  read: (most: number) => Promise<readonly T[]>,
): Promise<Page<T>>;
export async function readPage<T>(
  limit: number,
  read: (most: number) => Promise<readonly T[]>,
  placeOf: (row: T) => string,
): Promise<Page<T>>;
export async function readPage<T>(
  limit: number,
  read: (most: number) => Promise<readonly T[]>,
  placeOf: (row: T) => string = (row) => String((row as { readonly id: string | number }).id),
): Promise<Page<T>> {
  const found = await read(limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? placeOf(last) : null };
}
