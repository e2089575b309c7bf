import { sealLedger } from '../src/features/accounting/proof/seal-service.ts';
import { openDatabase, type Database } from '../src/platform/data/db.ts';
import { migrateToLatest } from '../src/platform/data/migrations.ts';

/** How much a database of the bench holds; codes are those of campaigns without stored value. */
export interface AdminDataSize {
  readonly vouchers: number;
  readonly codes: number;
  readonly purchases: number;
  readonly entriesPerPurchase: number;
}

const CAMPAIGNS = 20;
const ROWS_PER_STATEMENT = 500_000;
const CREATED_AT = Date.UTC(2026, 0, 1);
const DONE = 'bench_ready';

/** Fills a MariaDB with vouchers, codes and ledger entries by its own sequences; what is there already is kept. */
export async function fillAdminData(url: string, name: string, size: AdminDataSize): Promise<void> {
  const root = openDatabase(`${url}/mysql`);
  await root.knex.raw(`create database if not exists ${name} character set utf8mb4`);
  await root.close();
  const database = openDatabase(`${url}/${name}`);
  try {
    await migrateToLatest(database);
    if (await database.knex.schema.hasTable(DONE)) return;
    await insertVouchers(database, size);
    await insertCodes(database, size);
    await insertPurchases(database, size);
    await sealLedger(database, 'system:bench', CREATED_AT);
    for (const table of ['vouchers', 'voucher_rules', 'ledger_entries'])
      await database.knex.raw(`analyze table ${table}`);
    await database.knex.schema.createTable(DONE, (table) => void table.integer('id'));
  } finally {
    await database.close();
  }
}

async function insertVouchers({ knex }: Database, { vouchers }: AdminDataSize): Promise<void> {
  await knex.raw(
    `insert into voucher_rules (type, title, currency, multiplier, channels, residual, book_until, max_uses)
     select if(seq % 4 = 0, 'deal', 'discount'), concat('Gutschein ', seq * 7919 % ?), 'EUR', 'booking', '["web"]', 'keep', '2026-12-31' + interval seq % 1500 day, 1 from seq_1_to_${vouchers}`,
    [vouchers],
  );
  const first = (await lastId(knex, 'voucher_rules')) - vouchers;
  await knex.raw(
    `insert into vouchers (code, normalised_code, number, rules_id, type, paid_on, uses, created_at, updated_at)
     select concat('V', upper(substr(md5(seq), 1, 14))), concat('V', upper(substr(md5(seq), 1, 14))), concat('G-2026-', lpad(seq, 8, '0')), r.id, r.type, '2026-01-15', seq % 3 = 0, ?, ?
     from seq_1_to_${vouchers} join voucher_rules r on r.id = ? + seq`,
    [CREATED_AT, CREATED_AT, first],
  );
}

async function insertCodes({ knex }: Database, { codes }: AdminDataSize): Promise<void> {
  const each = Math.floor(codes / CAMPAIGNS);
  for (let number = 1; number <= CAMPAIGNS; number++) {
    const campaign = await insertCampaign(
      { knex },
      { type: 'discount', title: `Aktion ${number}`, codes: each, paidOn: null, originalValue: null },
    );
    for (let from = 1; from <= each; from += ROWS_PER_STATEMENT) {
      const to = Math.min(each, from + ROWS_PER_STATEMENT - 1);
      const code = `concat('A', upper(substr(md5(concat(${number}, '-', seq)), 1, 15)))`;
      await knex.raw(
        `insert into vouchers (code, normalised_code, number, rules_id, campaign_id, type, uses, created_at, updated_at)
         select ${code}, ${code}, concat('A-${number}-', lpad(seq, 8, '0')), ?, ?, 'discount', seq % 50 = 0, ?, ? from seq_${from}_to_${to}`,
        [campaign.rulesId, campaign.id, CREATED_AT, CREATED_AT],
      );
    }
  }
}

/** Sold over three years at 300,00 and redeemed by 10,00 as often as there are entries left. */
async function insertPurchases({ knex }: Database, { purchases, entriesPerPurchase }: AdminDataSize): Promise<void> {
  const campaign = await insertCampaign(
    { knex },
    { type: 'purchase', title: 'Geschenkgutscheine', codes: purchases, paidOn: '2023-01-01', originalValue: 30_000 },
  );
  for (let from = 1; from <= purchases; from += ROWS_PER_STATEMENT) {
    const to = Math.min(purchases, from + ROWS_PER_STATEMENT - 1);
    const code = `concat('K', upper(substr(md5(concat('k-', seq)), 1, 15)))`;
    await knex.raw(
      `insert into vouchers (code, normalised_code, number, rules_id, campaign_id, type, paid_on, original_value, balance, uses, ledger_count, ledger_head, created_at, updated_at)
       select ${code}, ${code}, concat('K-', lpad(seq, 8, '0')), ?, ?, 'purchase', '2023-01-01' + interval seq % 1000 day, 30000, ?, ?, ?, sha2(concat('K-', lpad(seq, 8, '0'), '-', ?), 256), ?, ? from seq_${from}_to_${to}`,
      [
        campaign.rulesId,
        campaign.id,
        30_000 - 1000 * (entriesPerPurchase - 1),
        entriesPerPurchase - 1,
        entriesPerPurchase,
        entriesPerPurchase,
        CREATED_AT,
        CREATED_AT,
      ],
    );
  }
  await insertEntries({ knex }, { purchases, entriesPerPurchase });
}

/** By the vouchers' numbers, because a server leaves gaps in the ids of what it inserts from a query. */
async function insertEntries(
  { knex }: Pick<Database, 'knex'>,
  { purchases, entriesPerPurchase }: Pick<AdminDataSize, 'purchases' | 'entriesPerPurchase'>,
): Promise<void> {
  const perStatement = Math.floor(ROWS_PER_STATEMENT / entriesPerPurchase);
  const number = (value: number): string => `K-${String(value).padStart(8, '0')}`;
  for (let from = 1; from <= purchases; from += perStatement) {
    await knex.raw(
      `insert into ledger_entries (voucher_id, position, event, debit_role, credit_role, cents, currency, posted_on, recorded_at, actor, booking_number, previous_hash, hash)
       select v.id, p.seq, if(p.seq = 1, 'sale', 'redemption'), if(p.seq = 1, 'BANK', 'V_KAUF'), if(p.seq = 1, 'V_KAUF', 'DEBITOR'), if(p.seq = 1, 30000, 1000), 'EUR',
         v.paid_on + interval 35 * (p.seq - 1) day, unix_timestamp(v.paid_on + interval 35 * (p.seq - 1) day) * 1000, 'system:bench',
         if(p.seq = 1, null, concat('B', v.id, '-', p.seq)), sha2(concat(v.number, '-', p.seq - 1), 256), sha2(concat(v.number, '-', p.seq), 256)
       from vouchers v join seq_1_to_${entriesPerPurchase} p where v.number between ? and ? order by v.id, p.seq`,
      [number(from), number(Math.min(purchases, from + perStatement - 1))],
    );
  }
}

interface CampaignData {
  readonly type: 'discount' | 'purchase';
  readonly title: string;
  readonly codes: number;
  readonly paidOn: string | null;
  readonly originalValue: number | null;
}

async function insertCampaign(
  { knex }: Pick<Database, 'knex'>,
  { type, title, codes, paidOn, originalValue }: CampaignData,
): Promise<{ readonly id: number; readonly rulesId: number }> {
  const [rulesId = 0] = await knex('voucher_rules').insert({
    type,
    title,
    currency: 'EUR',
    multiplier: 'booking',
    channels: '["web"]',
    residual: 'keep',
    original_value: originalValue,
    max_uses: type === 'discount' ? 1 : null,
    book_until: '2028-12-31',
  });
  const [id = 0] = await knex('campaigns').insert({
    rules_id: rulesId,
    paid_on: paidOn,
    code_count: codes,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
  });
  return { id, rulesId };
}

async function lastId(knex: Database['knex'], table: string): Promise<number> {
  const row = await knex(table).max<{ id: number }[]>('id as id').first<{ id: number } | undefined>();
  return Number(row?.id ?? 0);
}
