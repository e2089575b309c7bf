import { expect } from 'chai';
import {
  allDebtorItems,
  debtorItems,
  debtorTotals,
} from '../../../../src/features/accounting/reports/debtor-item-service.ts';
import { findDebtorItems, sumDebtorItems } from '../../../../src/features/accounting/reports/debtor-item-store.ts';
import { moveSubject, subjectFor } from '../../../../src/features/accounting/ledger/ledger-subject-service.ts';
import { postingOnAccount, postingTakenBack } from '../../../../src/core/books/order-postings.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('what stands with debtors on a day', (database) => {
  const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);
  const cut = (day: string, known: string | null = null) => ({
    day,
    knownUntil: known === null ? null : noon(known),
  });
  const post = (id: number, cents: number, postedOn: string, recordedOn = postedOn): Promise<unknown> =>
    inTransaction(database(), async (trx) => {
      const name = `B-2026-00000${id}`;
      const subject = { kind: 'order', name, subjectId: String(id), brand: null, currency: 'EUR' } as const;
      const posting =
        cents > 0 ? postingOnAccount({ method: 'bank_transfer', cents }) : postingTakenBack('chargeback', -cents);
      const act = { trx, actor: 'test', moment: { today: recordedOn, now: noon(recordedOn) } };
      return moveSubject(act, await subjectFor(trx, subject), [
        { postings: [posting], postedOn, reason: null, documentNumber: name },
      ]);
    });

  before(async () => {
    await post(1, 6000, '2026-03-01');
    await post(1, 1000, '2026-03-10');
    await post(2, -5000, '2026-03-05');
    await post(3, 300, '2026-03-02', '2026-03-20');
    const [subject] = await database().knex('ledger_subjects').where({ subject_id: '1' }).select('id');
    const refund = { origin: 'order_money', way: 'transfer', currency: 'EUR', iban: '', provider_reference: '' };
    await database()
      .knex('refunds')
      .insert({
        ...refund,
        ...{ number: 'ER-1', state: 'paid', cents: 2500, open_item_id: subject.id, payee: 'Petra', reason: 'x' },
        ...{ decided_on: '2026-03-11', decided_at: noon('2026-03-11'), decided_by: 'test' },
        ...{ paid_on: '2026-03-15', paid_posted_on: '2026-03-15', paid_at: noon('2026-03-15') },
      });
  });

  const numbers = async (kind: 'payments' | 'claims' | 'refunds', day: string): Promise<[string, number][]> =>
    (await findDebtorItems(database().knex, kind, cut(day), { afterId: '0', limit: 10 })).map(({ number, cents }) => [
      number,
      cents,
    ]);

  it('is what came and is on no voucher, less what was decided to be paid back', async () => {
    expect(await numbers('payments', '2026-03-01')).to.deep.equal([['B-2026-000001', 6000]]);
    expect(await numbers('payments', '2026-03-10')).to.deep.equal([
      ['B-2026-000001', 7000],
      ['B-2026-000003', 300],
    ]);
    expect(await numbers('payments', '2026-03-12')).to.deep.include(['B-2026-000001', 4500]);
  });

  it('is what buyers owe after a chargeback', async () => {
    expect(await numbers('claims', '2026-03-04')).to.deep.equal([]);
    expect(await numbers('claims', '2026-03-05')).to.deep.equal([['B-2026-000002', 5000]]);
  });

  it('is a refund from its decision up to the day before it is paid', async () => {
    expect(await numbers('refunds', '2026-03-10')).to.deep.equal([]);
    expect(await numbers('refunds', '2026-03-14')).to.deep.equal([['ER-1', 2500]]);
    expect(await numbers('refunds', '2026-03-15')).to.deep.equal([]);
  });

  it('is told as it was known on a day', async () => {
    const totals = await sumDebtorItems(database().knex, 'payments', cut('2026-03-12', '2026-03-12'));
    expect(totals).to.deep.equal([{ kind: 'payments', currency: 'EUR', cents: 4500, items: 1 }]);
    expect(await sumDebtorItems(database().knex, 'refunds', cut('2026-03-31', '2026-03-14'))).to.have.length(1);
  });

  it('is added up and walked through, page by page and as a whole', async () => {
    const totals = await debtorTotals(database().knex, cut('2026-03-12'));
    expect(totals.map(({ kind, cents, items }) => [kind, cents, items])).to.deep.equal([
      ['payments', 4800, 2],
      ['refunds', 2500, 1],
      ['claims', 5000, 1],
    ]);
    const page = await debtorItems(database().knex, 'payments', cut('2026-03-12'), { afterId: '0', limit: 1 });
    expect([page.items.length, page.nextCursor]).to.deep.equal([1, '1']);
    const all: string[] = [];
    for await (const { number } of allDebtorItems(database().knex, 'payments', cut('2026-03-12'))) all.push(number);
    expect(all).to.deep.equal(['B-2026-000001', 'B-2026-000003']);
  });
});
