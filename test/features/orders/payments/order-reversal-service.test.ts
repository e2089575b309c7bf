import { expect } from 'chai';
import { inCash } from '../../../../src/core/sale/till.ts';
import { takeReceiptNumber } from '../../../../src/features/accounting/receipts/receipt-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { journalOf } from '../../../../src/features/counter/till/shift-service.ts';
import { lockReversibleSale } from '../../../../src/features/orders/payments/order-reversal-service.ts';
import { readOrder } from '../../../../src/features/orders/record/order-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { mixed, tillDesk } from '../../counter/till-desk.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('a sale that is taken back', (database) => {
  const desk = tillDesk(database);
  const author = desk.author('user:1');

  before(() => desk.open('user:1', 'Kasse 1', 0));

  const documentOfLast = async (): Promise<string> => {
    const { entries } = await journalOf(database().knex, (await desk.shiftOf('user:1')).id);
    return entries.at(-1)?.documentNumber ?? '';
  };

  it('ends order, vouchers and mails that wait, and leaves nothing on the open item of the order', async () => {
    const { orderId, voucherIds } = await desk.sell('user:1', 3000, 2, mixed(1000, 5000), 'petra@example.org');
    const document = await documentOfLast();
    const told = await inTransaction(database(), async (trx) => {
      const act = { trx, ...author };
      const sale = await lockReversibleSale(act, orderId, document);
      await sale.takeBack({ documentNumber: await takeReceiptNumber(act), reason: 'vertippt' });
      return sale;
    });
    expect([told.isMailed, told.voucherIds]).to.deep.equal([true, voucherIds]);
    expect((await readOrder(database().knex, orderId)).state).to.equal('refunded');
    const item = await database()
      .knex('ledger_subjects')
      .where({ kind: 'order' })
      .first<{ balance: number | string }>('balance');
    expect(Number(item.balance)).to.equal(0);
    expect(await database().knex('mails').where({ state: 'queued' })).to.deep.equal([]);
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  });

  it('is refused a second time', async () => {
    const { orderId } = await desk.sell('user:1', 3000, 1, inCash(3000));
    const document = await documentOfLast();
    const take = () =>
      inTransaction(database(), async (trx) => {
        const act = { trx, ...author };
        const sale = await lockReversibleSale(act, orderId, document);
        await sale.takeBack({ documentNumber: await takeReceiptNumber(act), reason: 'vertippt' });
      }).then(
        () => 'done',
        (error: unknown) => (error as { code: string }).code,
      );
    expect([await take(), await take()]).to.deep.equal(['done', 'illegal_transition']);
  });
});
