import { expect } from 'chai';
import { refundByNumber } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { changeRefund } from '../../../../src/features/accounting/refunds/refund-service.ts';
import { payNamedRefunds } from '../../../../src/features/orders/bank-statements/refund-debit-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { cancelVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { postedUnder } from '../../accounting/reports/debtor-books.ts';

describeOnBothDatabases('debits of a bank statement', (database) => {
  const author = { actor: 'test', moment: { today: '2026-07-06', now: Date.parse('2026-07-06T10:00:00Z') } };
  const debit = (purpose: string, cents: number) => ({
    ...{ account: '', bankReference: '', bookedOn: '2026-07-06', currency: 'EUR', payer: '' },
    purpose,
    cents,
  });

  it('pay the refund they name, once and to the cent, on the day of the bank', async () => {
    const { id } = await createVoucher(database(), author, {
      ...{ type: 'purchase', title: 'Reise', paidAt: '2026-07-01', value: { originalValue: 5000 } },
    });
    await inTransaction(database(), (trx) => cancelVoucher({ trx, ...author }, id, { refund: true, reason: 'x' }));
    const refund = await refundByNumber(database().knex, 'ER-2026-000001');
    const target = { way: 'transfer', payee: 'Petra', iban: 'DE02120300000000202051', providerReference: '' } as const;
    await changeRefund(database(), author, refund?.id ?? '', target);
    const named = 'Erstattung ER 2026-000001 zu G-2026-000001';
    const others = [debit('Miete', 5000), debit(named, 4999), debit(`${named} ER-2026-000002`, 5000)];
    expect(await payNamedRefunds(database(), author, others)).to.equal(0);
    expect(await payNamedRefunds(database(), author, [debit(named, 5000), debit(named, 5000)])).to.equal(1);
    expect(await payNamedRefunds(database(), author, [debit(named, 5000)])).to.equal(0);
    expect(await postedUnder(database().knex, 'ER-2026-000001')).to.deep.equal([
      'refund V_KAUF DEBITOR 5000 2026-07-06',
      'refund_paid DEBITOR BANK 5000 2026-07-06',
    ]);
  });
});
