import { expect } from 'chai';
import {
  lockUnused,
  lockWithRest,
  turnedRoundRow,
} from '../../../../src/features/vouchers/life/sale-reversal-service.ts';
import { readLedger } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { setDeactivated } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { reissueVoucher } from '../../../../src/features/vouchers/succession/voucher-reissue-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { tillDesk } from '../../counter/till-desk.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('vouchers whose sale is taken back', (database) => {
  const desk = tillDesk(database);
  const author = desk.author('user:1');
  const codeOf = (work: (act: { trx: never } & typeof author) => Promise<unknown>): Promise<string> =>
    inTransaction(database(), async (trx) => {
      await work({ trx, ...author } as never);
    }).then(
      () => 'done',
      (error: unknown) => (error as { details: { fields: { code: string }[] } }).details.fields[0]?.code ?? '',
    );

  it('are as they were sold, locked for now or not', async () => {
    const { id } = await desk.voucher(5000);
    expect(await codeOf((act) => lockUnused(act, [id]))).to.equal('done');
    await setDeactivated(database(), author, id, true, 'verloren');
    expect(await codeOf((act) => lockUnused(act, [id]))).to.equal('done');
  });

  it('are not what somebody redeemed or gave a new code', async () => {
    await desk.open('user:1', 'Kasse 1', 0);
    const used = await desk.voucher(5000);
    await desk.redeem('user:1', used.id, 100, 'R-1');
    const old = await desk.voucher(5000);
    await inTransaction(database(), (trx) => reissueVoucher({ trx, ...author }, old.id, 'verloren'));
    for (const { id } of [used, old]) expect(await codeOf((act) => lockUnused(act, [id]))).to.equal('sale_used');
  });

  it('give back a top-up as far as it is still there', async () => {
    const { id } = await desk.voucher(5000);
    expect(await codeOf((act) => lockWithRest(act, id, 5000))).to.equal('done');
    expect(await codeOf((act) => lockWithRest(act, id, 5001))).to.equal('topup_used');
  });

  it('have their entries turned round, and no others', async () => {
    const { id } = await desk.voucher(5000);
    const [sale] = await readLedger(database().knex, id, 1);
    if (sale === undefined) throw new Error('a sale without an entry');
    expect(turnedRoundRow(sale)).to.deep.equal({
      event: 'sale_reversal',
      debitRole: 'V_KAUF',
      creditRole: sale.debit_role,
      cents: 5000,
    });
    expect(() => turnedRoundRow({ ...sale, event: 'correction' })).to.throw('not taken back at the till');
  });
});
