import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { findKeptItems, insertKeptItems } from './liability-day-store.ts';
import { findOpenItems, type Cut, type OpenItem } from './open-item-store.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const ITEMS_PER_PART = 2000;
const MAX_PARTS = 1000;

/** Keeps the open items of a day as they are now, part by part. */
export async function keepItems(trx: Transaction, cut: Cut): Promise<void> {
  let afterPlace = '0';
  for (let position = 0; position < MAX_PARTS; position += 1) {
    const items = await findOpenItems(trx, cut, afterPlace, ITEMS_PER_PART);
    const last = items.at(-1);
    if (last === undefined) return;
    const packed = await compress(JSON.stringify(items));
    await insertKeptItems(trx, cut.day, { position, lastPlace: last.place, items: packed });
    afterPlace = last.place;
    if (items.length < ITEMS_PER_PART) return;
  }
  throw new Error('a day has more open items than are kept');
}

/** The next kept items of a day by their place. */
export async function keptItems(
  connection: Connection,
  day: string,
  afterPlace: string,
  limit: number,
): Promise<OpenItem[]> {
  const found: OpenItem[] = [];
  for (let last = afterPlace; found.length < limit;) {
    const part = await findKeptItems(connection, day, last);
    if (part === null) break;
    const items = parseJson<OpenItem[]>((await decompress(part.items)).toString());
    found.push(...items.filter(({ place }) => Number(place) > Number(afterPlace)));
    last = part.lastPlace;
  }
  return found.slice(0, limit);
}
