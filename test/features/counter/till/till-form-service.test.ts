import { expect } from 'chai';
import { bookOnce, entryOfForm } from '../../../../src/features/counter/till/till-form-service.ts';
import { insertEntry, insertShift } from '../../../../src/features/counter/till/shift-store.ts';
import type { Transaction } from '../../../../src/platform/data/db.ts';
import { appError } from '../../../../src/platform/process/errors.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('a form of the till', (database) => {
  let shiftId: string;
  let keys = 0;
  const form = () => ({ entryKey: `form-${++keys}`, formHash: 'a'.repeat(64) });

  before(async () => {
    const shift = { till: 'Kasse 1', actor: 'user:1', currency: 'EUR', openedOn: '2026-11-30' };
    shiftId = await database().knex.transaction((trx) => insertShift(trx, shift, 1));
  });

  const work = (sent: { readonly entryKey: string; readonly formHash: string }) => (trx: Transaction) =>
    insertEntry(trx, {
      ...sent,
      shiftId,
      event: 'cash_in',
      businessTypes: ['Geldtransit'],
      voucherId: null,
      orderId: null,
      redemptionId: null,
      documentNumber: null,
      reversesId: null,
      bookingNumber: null,
      price: 0,
      voucherAmount: 0,
      cash: 100,
      card: 0,
      transfer: 0,
      note: 'Test',
      actor: 'user:1',
      recordedAt: 1,
    });
  const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

  it('is done once, and the second sending hears of the first entry', async () => {
    const sent = form();
    const first = await bookOnce(database(), sent, work(sent));
    const second = await bookOnce(database(), sent, work(sent));
    expect([first.isNew, second.isNew]).to.deep.equal([true, false]);
    expect(second.entry).to.deep.equal(first.entry);
  });

  it('is refused where its key comes with other numbers', async () => {
    const sent = form();
    await bookOnce(database(), sent, work(sent));
    const other = { ...sent, formHash: 'b'.repeat(64) };
    expect(await bookOnce(database(), other, work(other)).catch(codeOf)).to.equal('idempotency_key_reused');
    expect(await entryOfForm(database().knex, other).catch(codeOf)).to.equal('idempotency_key_reused');
  });

  it('is done once when it is sent eight times at the same moment', async () => {
    const sent = form();
    const booked = await Promise.all(Array.from({ length: 8 }, () => bookOnce(database(), sent, work(sent))));
    expect(booked.filter(({ isNew }) => isNew)).to.have.lengthOf(1);
    expect(new Set(booked.map(({ entry }) => entry.id)).size).to.equal(1);
  });

  it('that was refused leaves nothing', async () => {
    const sent = form();
    const refuse = async (trx: Transaction): Promise<void> => {
      await work(sent)(trx);
      throw appError('exceeds_booking');
    };
    expect(await bookOnce(database(), sent, refuse).catch(codeOf)).to.equal('exceeds_booking');
    expect(await entryOfForm(database().knex, sent)).to.equal(null);
  });
});
