import { expect } from 'chai';
import { entriesOfDocument } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { changeRefund, type Refund } from '../../../../src/features/accounting/refunds/refund-service.ts';
import { cashRefunds, payRefundAtCounter } from '../../../../src/features/counter/desk/counter-refund-service.ts';
import { cancelVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { inCash } from '../../../../src/core/sale/till.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { newForm, tillDesk } from '../till-desk.ts';

describeOnBothDatabases('a refund paid at the till', (database) => {
  const desk = tillDesk(database);

  before(async () => {
    await desk.open('user:1', 'Kasse 1', 10_000);
    await desk.open('user:2', 'Kasse 2', 10_000);
  });
  afterEach(async () => {
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
    expect((await desk.compare()).difference).to.equal(0);
  });

  async function decided(cents: number): Promise<Refund> {
    const { voucherIds } = await desk.sell('user:1', cents, 1, inCash(cents));
    await inTransaction(database(), async (trx) => {
      const act = { trx, ...desk.author('job:test') };
      await cancelVoucher(act, voucherIds[0] ?? '', { refund: true, reason: 'Widerruf' });
    });
    const [refund] = (await cashRefunds(database().knex)).items;
    if (refund === undefined) throw new Error('no refund waits');
    return refund;
  }
  const pay = async (actor: string, refund: Refund): Promise<string> => {
    const sent = { ...newForm(), shiftId: (await desk.shiftOf(actor)).id };
    return payRefundAtCounter(database(), sent, refund.id, desk.author(actor)).then(
      () => 'done',
      (error: unknown) => {
        const { code, details } = error as { code: string; details?: { fields?: { code: string }[] } };
        return details?.fields?.[0]?.code ?? code;
      },
    );
  };

  it('leaves the drawer and the account under the number of the refund', async () => {
    const refund = await decided(4000);
    const { cash } = await desk.shiftOf('user:1');
    expect(await pay('user:1', refund)).to.equal('done');
    expect((await desk.shiftOf('user:1')).cash).to.equal(cash - 4000);
    const rows = await entriesOfDocument(database().knex, refund.number);
    expect(rows.map((row) => `${row.event} ${row.debit_role} ${row.credit_role} ${row.cents}`)).to.deep.equal([
      'refund V_KAUF DEBITOR 4000',
      'refund_paid DEBITOR CASH 4000',
    ]);
    expect((await cashRefunds(database().knex)).items).to.deep.equal([]);
  });

  it('is paid by one of two tills that try at the same moment', async () => {
    const refund = await decided(3000);
    const answers = await Promise.all(['user:1', 'user:2', 'user:1', 'user:2'].map((actor) => pay(actor, refund)));
    expect(answers.sort()).to.deep.equal(['conflict', 'conflict', 'conflict', 'done']);
  });

  it('is refused where the drawer holds less, or it is to be transferred', async () => {
    const refund = await decided(50_000);
    expect(await pay('user:2', refund)).to.equal('drawer_short');
    const target = { way: 'transfer', payee: 'Petra Muster', iban: '', providerReference: '' } as const;
    await changeRefund(database(), desk.author('user:1'), refund.id, target);
    expect(await pay('user:1', refund)).to.equal('refund_not_cash');
  });
});
