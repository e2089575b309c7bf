import { expect } from 'chai';
import type { Posting } from '../../../../src/core/books/postings.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import {
  moveSubject,
  newSubject,
  subjectById,
  subjectFor,
  subjectOf,
} from '../../../../src/features/accounting/ledger/ledger-subject-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('what is on no voucher', (database) => {
  const at = (today: string) => ({ today, now: Date.parse(`${today}T12:00:00Z`) });
  const received = (cents: number): Posting => ({
    event: 'payment_in',
    debitRole: 'BANK',
    creditRole: 'DEBITOR',
    cents,
  });
  const paid: Posting = { event: 'refund_paid', debitRole: 'DEBITOR', creditRole: 'BANK', cents: 400 };
  const subject = (name: string) => ({ kind: 'refund', name, subjectId: name, brand: null, currency: 'EUR' }) as const;
  const move = (name: string, postings: readonly Posting[], postedOn: string, today = postedOn) =>
    inTransaction(database(), async (trx) =>
      moveSubject({ trx, actor: 'test', moment: at(today) }, await subjectFor(trx, subject(name)), [
        { postings, postedOn, reason: null, documentNumber: name },
      ]),
    );

  it('has a chain of its own and an open item that its entries add up to', async () => {
    await move('ER-1', [received(1000)], '2026-03-04');
    const after = await move('ER-1', [paid], '2026-03-05');
    expect(after).to.include({ count: 2, balance: 600 });
    expect(await subjectOf(database().knex, 'refund', 'ER-1')).to.deep.equal(after);
    const rows = await database()
      .knex('ledger_entries')
      .where({ chain_id: after.id })
      .orderBy('position')
      .select<{ previous_hash: string; hash: string; voucher_id: unknown }[]>();
    expect(rows.map(({ voucher_id: voucher }) => voucher)).to.deep.equal([null, null]);
    expect([rows[1]?.previous_hash, after.hash]).to.deep.equal([rows[0]?.hash, rows[1]?.hash]);
  });

  it('is posted on the first open day where its month is closed, and keeps its true day beside', async () => {
    await closeMonth(database(), '2026-03', 'test', at('2026-04-03'));
    await move('ER-2', [received(500)], '2026-03-30', '2026-04-03');
    expect(await database().knex('ledger_entries').where({ document_number: 'ER-2' }).first()).to.include({
      posted_on: '2026-04-01',
      event_on: '2026-03-30',
    });
  });

  it('leaves an open item alone that its beginning did not name', async () => {
    const after = await inTransaction(database(), async (trx) =>
      moveSubject(
        { trx, actor: 'test', moment: at('2026-04-03') },
        await newSubject(trx, subject('E-3')),
        [{ postings: [paid], postedOn: '2026-04-03', reason: null, documentNumber: 'E-3' }],
        'no_item',
      ),
    );
    expect(after).to.include({ count: 1, balance: 0 });
    await inTransaction(database(), async (trx) => expect(await subjectById(trx, after.id)).to.deep.equal(after));
  });

  it('is part of what the check of the books recomputes', async () => {
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
    await database().knex('ledger_subjects').where({ name: 'ER-1' }).update({ balance: 601 });
    expect((await verifyEverything(database().knex, 0)).problem).to.include({
      check: 'open_item',
      expected: 600,
      actual: 601,
    });
  });
});
