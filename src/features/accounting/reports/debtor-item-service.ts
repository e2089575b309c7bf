import type { Connection } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import {
  DEBTOR_KINDS,
  findDebtorItems,
  sumDebtorItems,
  type DebtorItem,
  type DebtorKind,
  type DebtorTotal,
} from './debtor-item-store.ts';
import type { Cut } from './liability-store.ts';

export { DEBTOR_KINDS, type DebtorItem, type DebtorKind, type DebtorTotal };

/** What stands with debtors beside bookings on a day, by kind and currency. */
export async function debtorTotals(connection: Connection, cut: Cut): Promise<DebtorTotal[]> {
  const totals: DebtorTotal[] = [];
  for (const kind of DEBTOR_KINDS) totals.push(...(await sumDebtorItems(connection, kind, cut)));
  return totals;
}

export function debtorItems(
  connection: Connection,
  kind: DebtorKind,
  cut: Cut,
  { afterId, limit }: { readonly afterId: string; readonly limit: number },
): Promise<Page<DebtorItem>> {
  return readPage(limit, (most) => findDebtorItems(connection, kind, cut, { afterId, limit: most }));
}

const ITEMS_PER_STEP = 500;
const MAX_ITEMS = 1_000_000;

/** All items of a kind, step by step, so that no list is held in memory. */
export async function* allDebtorItems(connection: Connection, kind: DebtorKind, cut: Cut): AsyncGenerator<DebtorItem> {
  for (let afterId = '0', told = 0; told < MAX_ITEMS; told += ITEMS_PER_STEP) {
    const items = await findDebtorItems(connection, kind, cut, { afterId, limit: ITEMS_PER_STEP });
    yield* items;
    afterId = items.at(-1)?.id ?? afterId;
    if (items.length < ITEMS_PER_STEP) return;
  }
}
