import { accountOf } from '../../../core/books/chart-of-accounts.ts';
import { voucherNumber } from '../../../core/books/ledger-event.ts';
import { jurisdictionOf, limitationDay } from '../../../core/books/limitation.ts';
import { owedRoleOf } from '../../../core/books/postings.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import { findOpenItems, type Cut, type OpenItem } from './liability-store.ts';

/** The single vouchers behind the report, by id; each with the day its claim is time-barred. */
export async function openItems(
  connection: Connection,
  cut: Cut,
  afterId: string,
  limit: number,
): Promise<
  (OpenItem & { readonly label: string; readonly account: string | null; readonly limitationOn: string | null })[]
> {
  const { setup } = await currentSetup(connection);
  const items = await findOpenItems(connection, cut, afterId, limit);
  return items.map((item) => ({
    ...item,
    label: voucherNumber(item.number, item.id),
    account: accountOf(setup, owedRoleOf(item.type, item.funding) ?? '', item.type, item.brand),
    limitationOn: item.claimOn === null ? null : limitationDay(item.claimOn, jurisdictionOf(setup.chart)),
  }));
}

const ITEMS_PER_STEP = 500;
const MAX_ITEMS = 2_000_000;

/** All open items, step by step, so that no list is held in memory. */
export async function* allOpenItems(
  connection: Connection,
  cut: Cut,
): AsyncGenerator<Awaited<ReturnType<typeof openItems>>[number]> {
  for (let afterId = '0', told = 0; told < MAX_ITEMS; told += ITEMS_PER_STEP) {
    const items = await openItems(connection, cut, afterId, ITEMS_PER_STEP);
    yield* items;
    afterId = items.at(-1)?.id ?? afterId;
    if (items.length < ITEMS_PER_STEP) return;
  }
}
