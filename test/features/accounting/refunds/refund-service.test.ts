import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import {
  decideRefund,
  increasedRefund,
  isWithdrawable,
  missingOf,
  payRefund,
  readRefund,
} from '../../../../src/features/accounting/refunds/refund-service.ts';
import {
  refundByNumber,
  refundsOf,
  unpaidRefunds,
} from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { inTransaction, writeTogether } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { debtorsOn, postedUnder } from '../reports/debtor-books.ts';

describeOnBothDatabases('a refund', (database) => {
  const at = (today: string) => ({ actor: 'test', moment: { today, now: Date.parse(`${today}T12:00:00Z`) } });

  it('has a number of its own circle, grows with its decision, and is open until it is paid', async () => {
    const opened = await inTransaction(database(), async (trx) => {
      const first = await decideRefund(
        { trx, ...at('2026-07-03') },
        {
          ...{ origin: 'partner', way: 'transfer', payee: 'City GmbH', iban: '', providerReference: '' },
          ...{
            cents: 5000,
            currency: 'EUR',
            voucher: null,
            order: null,
            partnerId: 'city',
            lineId: null,
            reason: 'Storno',
          },
          ...{ brand: null, openItem: null },
        },
      );
      await writeTogether(trx, first.writes);
      await writeTogether(trx, increasedRefund(trx, first, 3000).writes);
      return first;
    });
    expect(opened.number).to.equal('ER-2026-000001');
    const refund = await refundByNumber(database().knex, opened.number);
    expect(refund).to.include({ cents: 8000, state: 'open', decidedOn: '2026-07-03', openItemId: null });
    expect(await debtorsOn(database().knex, '2026-07-02')).to.deep.equal({});
    expect(await debtorsOn(database().knex, '2026-07-03')).to.deep.equal({ refunds: 8000 });
    expect(await unpaidRefunds(database().knex, 5)).to.equal(1);
    expect(await refundsOf(database().knex, { orderId: '7' })).to.deep.equal([]);

    const pay = (paidOn: string) =>
      inTransaction(database(), (trx) =>
        payRefund({ trx, ...at('2026-07-09') }, refund?.id ?? '', 'transfer', { paidOn, reference: 'Auszug 3' }),
      );
    for (const [day, code] of [
      ['2026-07-02', 'day_before_decision'],
      ['2026-07-10', 'day_to_come'],
    ] as const)
      expect(
        await pay(day).then(
          () => '',
          (error: unknown) => (error as { details: { fields: { code: string }[] } }).details.fields[0]?.code,
        ),
      ).to.equal(code);
    await pay('2026-07-08');
    expect(await postedUnder(database().knex, opened.number)).to.deep.equal([
      'refund_paid DEBITOR_PARTNER BANK 8000 2026-07-08',
    ]);
    expect(await readRefund(database().knex, refund?.id ?? '')).to.include({ state: 'paid', paidOn: '2026-07-08' });
    expect(await debtorsOn(database().knex, '2026-07-07')).to.deep.equal({ refunds: 8000 });
    expect(await debtorsOn(database().knex, '2026-07-08')).to.deep.equal({});
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });

  it('says what is missing to pay it', () => {
    const whole = { way: 'transfer', payee: 'P', iban: 'DE02120300000000202051', providerReference: '' } as const;
    expect(missingOf(whole)).to.deep.equal([]);
    expect(missingOf({ ...whole, payee: '', iban: '' })).to.deep.equal(['payee', 'iban']);
    expect(missingOf({ ...whole, way: 'provider', iban: '' })).to.deep.equal(['provider_reference']);
    expect(missingOf({ ...whole, way: 'cash', iban: '' })).to.deep.equal([]);
  });

  it('is taken back only where its decision posted nothing', () => {
    expect(
      (['voucher', 'order', 'order_money', 'partner'] as const).filter((origin) => isWithdrawable({ origin })),
    ).to.deep.equal(['order_money', 'partner']);
  });
});
