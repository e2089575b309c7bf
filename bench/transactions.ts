import { openDatabase } from '../src/platform/data/db.ts';

/** The limit of a redemption: lock, update, insert, commit through knex, so many at once, for a time. Its own process. */
const [url = '', clients = '32', seconds = '3'] = process.argv.slice(2);
const database = openDatabase(url);
const { knex } = database;
if (!(await knex.schema.hasTable('bench_rows'))) {
  await knex.schema.createTable('bench_rows', (table) => {
    table.bigIncrements('id');
    table.bigInteger('cents').notNullable();
  });
  await knex.schema.createTable('bench_entries', (table) => {
    table.bigIncrements('id');
    table.bigInteger('row_id').notNullable();
    table.bigInteger('cents').notNullable();
  });
  await knex('bench_rows').insert(Array.from({ length: 500 }, () => ({ cents: 1_000_000 })));
}
let done = 0;
const started = performance.now();
const until = started + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(clients) }, (_unused, client) => worker(client)));
console.log(JSON.stringify({ perSecond: Math.round(done / ((performance.now() - started) / 1000)) }));
await database.close();

async function worker(client: number): Promise<void> {
  for (let turn = 0; performance.now() < until; turn++) {
    const id = 1 + ((client * 31 + turn * Number(clients)) % 500);
    await knex.transaction(async (trx) => {
      await trx('bench_rows').where({ id }).forUpdate().first();
      await trx('bench_rows').where({ id }).decrement('cents', 1);
      await trx('bench_entries').insert({ row_id: id, cents: 1 });
    });
    done += 1;
  }
}
