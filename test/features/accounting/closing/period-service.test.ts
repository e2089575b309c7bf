import { expect } from 'chai';
import { CHAIN_START, entryHash, type LedgerRow } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { closeMonth, listPeriods, periodFigures } from '../../../../src/features/accounting/closing/period-service.ts';
import { listVerifications, verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { listSeals, sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { totals } from '../../../../src/features/accounting/ledger/totals-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { payVoucher, topUpVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const at = (today: string) => ({ today, now: Date.parse(`${today}T12:00:00Z`) });

describeOnBothDatabases('periods and proofs', (database) => {
  const sell = async (paidAt: string | null, today: string, cents = 10_000) =>
    createVoucher(
      database(),
      { actor: 'test', moment: at(today) },
      { type: 'purchase', title: 'Kauf', paidAt, value: { originalValue: cents } },
    );
  const refusal = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  const entriesOf = async (voucherId: string) =>
    database()
      .knex('ledger_entries')
      .where({ voucher_id: voucherId })
      .orderBy('position')
      .select<Record<string, unknown>[]>();

  it('keep the chain of a voucher right whose first entry is older than the present form of hashing', async () => {
    const { id } = await sell(null, '2026-05-04');
    const { knex } = database();
    const old: Omit<LedgerRow, 'hash'> = {
      voucher_id: id,
      position: 1,
      event: 'sale',
      debit_role: 'BANK',
      credit_role: 'V_KAUF',
      cents: 10_000,
      currency: 'EUR',
      posted_on: '2026-05-04',
      recorded_at: 1,
      actor: 'test',
      reason: null,
      booking_number: null,
      redemption_id: null,
      reversal_id: null,
      hash_version: 1,
      event_on: null,
      chain_id: null,
      open_item_id: null,
      document_number: null,
      previous_hash: CHAIN_START,
    };
    await knex('ledger_entries').insert({ ...old, hash: entryHash(old) });
    await knex('vouchers')
      .where({ id })
      .update({ balance: 10_000, ledger_count: 1, ledger_head: entryHash(old), paid_on: '2026-05-04' });
    await inTransaction(database(), (trx) =>
      topUpVoucher({ trx, actor: 'test', moment: at('2026-05-05') }, id, { amount: 500, method: 'cash' }),
    );
    const [first, second] = await entriesOf(id);
    expect(first).to.include({ hash_version: 1, event_on: null });
    expect(second).to.include({
      hash_version: 3,
      event_on: '2026-05-05',
      posted_on: '2026-05-05',
      previous_hash: first?.hash,
    });
    expect((await verifyEverything(knex, 0)).problem).to.equal(null);
  });

  it('seal what is new, and nothing twice', async () => {
    const first = await sealLedger(database(), 'test', 1);
    expect(first).to.include({ id: 1, fromId: 1, entries: 2, previousHash: '0'.repeat(64) });
    expect(await sealLedger(database(), 'test', 2)).to.equal(null);
    await sell('2026-06-02', '2026-06-02');
    const second = await sealLedger(database(), 'test', 3);
    expect(second).to.include({ id: 2, entries: 1, previousHash: first?.hash });
    expect((await listSeals(database().knex, null, 10)).map(({ id }) => id)).to.deep.equal([2, 1]);
    expect(await verifyEverything(database().knex, 0)).to.include({ seals: 2, problem: null });
  });

  it('add up the same whether entries are sealed or not', async () => {
    await sell('2026-06-03', '2026-06-03', 2500);
    const told = (await totals(database().knex, { from: '2026-06-01', to: '2026-06-30' })).map(
      ({ event, cents, entries }) => [event, cents, entries],
    );
    expect(told).to.deep.equal([['sale', 12_500, 2]]);
    await sealLedger(database(), 'test', 4);
    expect(
      (await totals(database().knex, { from: '2026-06-01', to: '2026-06-30' })).map(({ event, cents, entries }) => [
        event,
        cents,
        entries,
      ]),
    ).to.deep.equal(told);
    expect(await totals(database().knex, { from: '2027-01-01', to: null })).to.deep.equal([]);
  });

  it('are closed in order, when they are over, and for good', async () => {
    const today = at('2026-07-02');
    expect(await refusal(closeMonth(database(), '2026-06', 'test', today))).to.equal('period_not_next');
    expect(await refusal(closeMonth(database(), '2026-05', 'test', at('2026-06-01')))).to.equal('period_not_over');
    expect(await closeMonth(database(), '2026-05', 'test', today)).to.deep.equal({ month: '2026-05', entries: 2 });
    expect(await refusal(closeMonth(database(), '2026-05', 'test', today))).to.equal('period_not_next');
    await closeMonth(database(), '2026-06', 'test', today);
    const periods = await listPeriods(database().knex, '2026-07-02');
    expect(periods.map(({ month, closed, isNext }) => [month, closed !== null, isNext])).to.deep.equal([
      ['2026-07', false, false],
      ['2026-06', true, false],
      ['2026-05', true, false],
    ]);
    expect((await periodFigures(database().knex, '2026-06'))?.cents).to.equal(12_500);
    expect((await listVerifications(database().knex, null, 1))[0]).to.include({ problem: null, seals: 3 });
  });

  it('post what is entered late on the first open day, with its true day beside it', async () => {
    const voucher = await sell('2026-06-28', '2026-07-03');
    expect((await entriesOf(voucher.id))[0]).to.include({ posted_on: '2026-07-01', event_on: '2026-06-28' });
    expect(voucher.paidAt).to.equal('2026-06-28');
    const unpaid = await sell(null, '2026-07-03');
    await inTransaction(database(), (trx) =>
      payVoucher({ trx, actor: 'test', moment: at('2026-07-03') }, unpaid.id, {
        paidAt: '2026-05-31',
        method: 'cash',
        reference: null,
      }),
    );
    expect((await entriesOf(unpaid.id))[0]).to.include({ posted_on: '2026-07-01', event_on: '2026-05-31' });
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });

  it('are named when somebody changes them behind our back', async () => {
    const { knex } = database();
    await knex.raw('drop trigger ledger_entries_no_update');
    const entry = (await knex('ledger_entries').orderBy('id').first<Record<string, unknown>>()) as {
      id: number;
      hash: string;
      posted_on: string;
    };
    await knex('ledger_entries').where({ id: entry.id }).update({ cents: 9_999 });
    expect((await verifyEverything(knex, 0)).problem).to.deep.include({ check: 'entry_hash' });
    expect(await refusal(closeMonth(database(), '2026-07', 'test', at('2026-08-05')))).to.equal('books_disagree');
    await knex('ledger_entries').where({ id: entry.id }).update({ cents: 10_000 });
    expect((await verifyEverything(knex, 0)).problem).to.equal(null);
  });
});
