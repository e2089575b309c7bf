import { expect } from 'chai';
import { reportCircles } from '../../../../src/features/accounting/ledger/number-service.ts';
import {
  issueReceipt,
  newReceipt,
  printReceipt,
  readReceipt,
  receiptsOf,
  takeReceiptNumber,
} from '../../../../src/features/accounting/receipts/receipt-service.ts';
import { inTransaction, writeTogether } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { tillDesk } from '../../counter/till-desk.ts';

describeOnBothDatabases('a receipt', (database) => {
  const desk = tillDesk(database);
  const draft = (voucherId: string) =>
    ({
      kind: 'sale',
      currency: 'EUR',
      cents: 5000,
      voucherId,
      orderId: null,
      voucherIds: [voucherId],
      content: { paid: [{ by: 'cash', cents: 5000 }] },
    }) as const;

  it('keeps what it said, with the numbers of its vouchers and never their codes', async () => {
    const { id, code } = await desk.voucher(5000);
    const number = await inTransaction(database(), async (trx) => {
      const act = { trx, ...desk.author('user:1') };
      const taken = await takeReceiptNumber(act);
      await issueReceipt(act, taken, draft(id));
      return taken;
    });
    const receipt = await readReceipt(database().knex, number);
    expect(receipt).to.deep.include({ kind: 'sale', cents: 5000, actor: 'user:1', prints: 0, issuedOn: '2026-06-15' });
    expect(receipt.content.vouchers).to.have.lengthOf(1);
    expect(receipt.content.vouchers[0]).to.match(/^G-2026-/);
    expect(JSON.stringify(receipt)).not.to.contain(code);
    expect((await receiptsOf(database().knex, { voucherId: id })).map((one) => one.number)).to.deep.equal([number]);
  });

  it('is an original once; whoever prints it later has a copy', async () => {
    const { id } = await desk.voucher(5000);
    const { number } = await inTransaction(database(), async (trx) => {
      const made = await newReceipt({ trx, ...desk.author('user:1') }, draft(id));
      await writeTogether(trx, made.writes);
      return made;
    });
    const prints = await Promise.all([1, 2, 3].map(() => printReceipt(database(), number)));
    expect(prints.filter(({ isCopy }) => !isCopy)).to.have.lengthOf(1);
    expect((await printReceipt(database(), number)).isCopy).to.equal(true);
  });

  it('leaves no gap where what it was for fails', async () => {
    const { id } = await desk.voucher(5000);
    const failed = inTransaction(database(), async (trx) => {
      const act = { trx, ...desk.author('user:1') };
      await issueReceipt(act, await takeReceiptNumber(act), draft(id));
      throw new Error('the till is on fire');
    });
    expect(await failed.catch((error: unknown) => (error as Error).message)).to.equal('the till is on fire');
    for (const { gaps } of await reportCircles(database().knex)) expect(gaps).to.deep.equal([]);
  });

  it('that there is not is not found', async () => {
    const code = await readReceipt(database().knex, 'Q-2026-999999').catch(
      (error: unknown) => (error as { code: string }).code,
    );
    expect(code).to.equal('not_found');
  });
});
