import { accountOf } from '../../../core/books/chart-of-accounts.ts';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import { jurisdictionOf, lastDayOf } from '../../../core/books/limitation.ts';
import { owedRoleOf } from '../../../core/books/postings.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { balancesOfDay, hasItemsOfDay } from './liability-day-service.ts';
import { keptItems } from './kept-item-service.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import { findOpenItems, type Cut, type OpenItem } from './open-item-store.ts';

/** The single vouchers behind the report, by their place; each with the last day of its claim. */
export async function openItems(
  connection: Connection,
  cut: Cut,
  afterPlace: string,
  limit: number,
): Promise<
  (OpenItem & { readonly label: string; readonly account: string | null; readonly limitationOn: string | null })[]
> {
  const isKept = await hasItemsOfDay(connection, cut);
  const { setup } = isKept ? await balancesOfDay(connection, cut) : await currentSetup(connection);
  const items = isKept
    ? await keptItems(connection, cut.day, afterPlace, limit)
    : await findOpenItems(connection, cut, afterPlace, limit);
  return items.map((item) => ({
    ...item,
    label: voucherNumber(item.number, item.id),
    account: accountOf(setup, roleOf(item), item.type, item.brand),
    limitationOn:
      item.claimOn === null
        ? null
        : lastDayOf({ claimOn: item.claimOn, bookUntil: item.bookUntil }, jurisdictionOf(setup.chart)),
  }));
}

function roleOf({ isForfeited, type, funding }: OpenItem): string {
  return isForfeited ? 'V_FORFEIT' : (owedRoleOf(type, funding) ?? '');
}

const ITEMS_PER_STEP = 500;
const MAX_ITEMS = 2_000_000;

/** All open items, step by step, so that no list is held in memory. */
export async function* allOpenItems(
  connection: Connection,
  cut: Cut,
): AsyncGenerator<Awaited<ReturnType<typeof openItems>>[number]> {
  for (let afterPlace = '0', told = 0; told < MAX_ITEMS; told += ITEMS_PER_STEP) {
    const items = await openItems(connection, cut, afterPlace, ITEMS_PER_STEP);
    yield* items;
    afterPlace = items.at(-1)?.place ?? afterPlace;
    if (items.length < ITEMS_PER_STEP) return;
  }
}
