import { expect } from 'chai';
import {
  countPrint,
  findReceipt,
  findReceiptsOf,
  findVoucherNumbers,
} from '../../../../src/features/accounting/receipts/receipt-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { inCash } from '../../../../src/core/sale/till.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { tillDesk } from '../../counter/till-desk.ts';

describeOnBothDatabases('the receipts that are kept', (database) => {
  const desk = tillDesk(database);

  it('are found by order, the newest first, and count their prints', async () => {
    await desk.open('user:1', 'Kasse 1', 0);
    const { orderId } = await desk.sell('user:1', 2500, 2, inCash(5000));
    const [receipt, ...others] = await findReceiptsOf(database().knex, 'order_id', orderId, 10);
    expect(others).to.deep.equal([]);
    expect(receipt).to.deep.include({ kind: 'sale', cents: 5000, orderId });
    expect(receipt?.content.vouchers).to.have.lengthOf(2);
    const number = receipt?.number ?? '';
    const counts: number[] = [];
    for (let print = 0; print < 2; print++)
      counts.push(await inTransaction(database(), (trx) => countPrint(trx, number)));
    expect(counts).to.deep.equal([0, 1]);
    expect((await findReceipt(database().knex, number))?.prints).to.equal(2);
  });

  it('know vouchers by their numbers', async () => {
    const vouchers = [await desk.voucher(100), await desk.voucher(200)];
    const numbers = await findVoucherNumbers(
      database().knex,
      vouchers.map(({ id }) => id),
    );
    expect(numbers).to.have.lengthOf(2);
    expect(new Set(numbers).size).to.equal(2);
    expect(await findVoucherNumbers(database().knex, [])).to.deep.equal([]);
  });
});
