import { openDatabase } from '../src/platform/data/db.ts';
import { createVisitor, type Visitor } from '../test/support/pages.ts';

/** Every list, search and detail of the admin, on a database with little and one with much in turns. Its own process. */
export interface AdminLoad {
  readonly few: { readonly url: string; readonly database: string };
  readonly many: { readonly url: string; readonly database: string };
  readonly login: { readonly email: string; readonly password: string };
  readonly rounds: number;
}

export interface AdminResult {
  readonly name: string;
  readonly few: Times;
  readonly many: Times;
}

interface Times {
  readonly p50: number;
  readonly p95: number;
}

interface Side {
  readonly visitor: Visitor;
  readonly paths: readonly (readonly [string, string])[];
}

const load = JSON.parse(process.argv[2] ?? '{}') as AdminLoad;
const sides = { few: await sideOf(load.few), many: await sideOf(load.many) };
const millis = new Map<string, { few: number[]; many: number[] }>();
// The first round warms both up and is not counted.
for (let round = 0; round <= load.rounds; round++) {
  for (const [index, [name]] of sides.few.paths.entries()) {
    for (const side of ['few', 'many'] as const) {
      const took = await timeOf(sides[side], index);
      if (round === 0) continue;
      const known = millis.get(name) ?? { few: [], many: [] };
      known[side].push(took);
      millis.set(name, known);
    }
  }
}
const results: AdminResult[] = [...millis].map(([name, { few, many }]) => ({
  name,
  few: timesOf(few),
  many: timesOf(many),
}));
const all = (side: 'few' | 'many'): number[] => [...millis.values()].flatMap((one) => one[side]);
results.push({ name: 'all of them', few: timesOf(all('few')), many: timesOf(all('many')) });
console.log(JSON.stringify(results));
process.exit(0);

async function timeOf({ visitor, paths }: Side, index: number): Promise<number> {
  const [name = '', path = ''] = paths[index] ?? [];
  const before = performance.now();
  const answer = await visitor.get(path);
  const took = performance.now() - before;
  if (answer.status !== 200 && answer.status !== 303) throw new Error(`${name} (${path}) answered ${answer.status}`);
  return took;
}

async function sideOf({ url, database }: AdminLoad['few']): Promise<Side> {
  const visitor = createVisitor(url);
  await visitor.get('/login');
  const answer = await visitor.post('/login', load.login);
  if (answer.status !== 303) throw new Error(`the login answered ${answer.status}`);
  return { visitor, paths: await pathsOf(database) };
}

async function pathsOf(url: string): Promise<(readonly [string, string])[]> {
  const database = openDatabase(url);
  const { knex } = database;
  const one = (type: string) =>
    knex('vouchers')
      .where({ type })
      .orderBy('id', 'desc')
      .first<{ id: number; code: string; campaign_id: number | null }>('id', 'code', 'campaign_id');
  const [discount, purchase] = [await one('discount'), await one('purchase')];
  await database.close();
  const list = (query: string): string => `/admin/vouchers?${query}`;
  const books = '/admin/accounting';
  return [
    ['overview', '/admin/overview'],
    ['vouchers', '/admin/vouchers'],
    ...['discount', 'deal', 'purchase', 'settlement'].map(
      (type) => [`vouchers, ${type}`, list(`type=${type}`)] as const,
    ),
    ...['title', '-title', 'balance', '-balance', 'bookUntil', '-bookUntil'].map(
      (sort) => [`vouchers by ${sort}`, list(`sort=${sort}`)] as const,
    ),
    ['vouchers, inactive', list('state=inactive')],
    ['vouchers, active purchases', list('state=active&type=purchase')],
    ['vouchers, redeemed', list('redeemed=yes')],
    ['vouchers, not paid', list('paid=no')],
    ['vouchers of a campaign', list(`campaign=${discount.campaign_id ?? ''}`)],
    ['vouchers of a campaign, redeemed', list(`campaign=${discount.campaign_id ?? ''}&redeemed=yes`)],
    ['search by title', list('q=Gutschein+12')],
    ['search by part of a code', list(`q=${discount.code.slice(0, 8)}`)],
    ['search by whole code', `/admin/search?q=${discount.code}`],
    ['a code', `/admin/vouchers/${discount.id}`],
    ['a voucher with entries', `/admin/vouchers/${purchase.id}`],
    ['campaigns', '/admin/campaigns'],
    ['a campaign', `/admin/campaigns/${discount.campaign_id ?? ''}`],
    ['codes of a campaign', `/admin/campaigns/${discount.campaign_id ?? ''}/codes`],
    ['report of a campaign', `/admin/campaigns/${discount.campaign_id ?? ''}/report`],
    ['redemptions', '/admin/redemptions'],
    ['held codes', '/admin/holds'],
    ['orders', '/admin/orders'],
    ['audit log', '/admin/audit'],
    ['jobs', '/admin/jobs'],
    ['journal', `${books}/journal?from=01.01.2024&to=31.01.2024`],
    ['balances', `${books}/balances?from=01.01.2024&to=31.12.2024`],
    ['exports', `${books}/exports`],
    ['periods', `${books}/periods`],
    ['Stichtag today', `${books}/liabilities`],
    ['Stichtag 31.12.2024', `${books}/liabilities?from=01.01.2024&on=31.12.2024`],
    ['open items', `${books}/liabilities/items`],
  ];
}

function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}
