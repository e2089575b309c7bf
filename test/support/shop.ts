import {
  changeShopSettings,
  DEFAULT_SHOP_SETTINGS,
  type ShopSettings,
} from '../../src/features/settings/shop-settings-service.ts';
import type { Database } from '../../src/platform/data/db.ts';
import type { Visitor } from './pages.ts';

export const SHOP: ShopSettings = {
  ...DEFAULT_SHOP_SETTINGS,
  isOpen: true,
  accountHolder: 'Nordlicht Reisen GmbH',
  iban: 'DE89370400440532013000',
  companyName: 'Nordlicht Reisen GmbH',
  notifyEmail: 'agentur@example.org',
  terms: 'Erstens.\n\nZweitens.',
};

export async function openShop(database: Database, change: Partial<ShopSettings> = {}): Promise<void> {
  await changeShopSettings(database, { ...SHOP, ...change }, 'test', 1);
}

export const WANTED: Readonly<Record<string, string>> = {
  amountChoice: '10000',
  freeAmount: '',
  quantity: '2',
  motif: 'winter',
  recipientName: 'Oma Inge',
  message: 'Gute Reise!',
  delivery: 'buyer',
  recipientEmail: '',
  when: 'now',
  deliverOn: '',
  buyerName: 'Petra Muster',
  buyerEmail: 'petra@example.org',
  terms: 'true',
};

/** Orders as a visitor does, and gives the path of the page of the order. */
export async function orderInShop(
  visitor: Visitor,
  change: Readonly<Record<string, string>> = {},
  path = '/shop',
): Promise<string> {
  const form = await visitor.get(path);
  const submitKey = /name="submitKey" value="([^"]+)"/.exec(form.html)?.[1] ?? '';
  const answer = await visitor.post(path, { ...WANTED, submitKey, ...change, step: 'order' });
  if (answer.status !== 303 || answer.location === null) throw new Error(`the shop answered ${answer.status}`);
  return answer.location;
}
