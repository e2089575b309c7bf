import { expect } from 'chai';
import { inCash } from '../../../../src/core/sale/till.ts';
import { entriesOfDocument } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { readReceipt } from '../../../../src/features/accounting/receipts/receipt-service.ts';
import { reverseAtCounter } from '../../../../src/features/counter/desk/counter-reversal-service.ts';
import {
  closeShift,
  journalOf,
  moveDrawer,
  type TillEntry,
} from '../../../../src/features/counter/till/shift-service.ts';
import { readVoucher } from '../../../../src/features/vouchers/record/voucher-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { mixed, newForm, tillDesk } from '../till-desk.ts';

describeOnBothDatabases('a Storno at the till', (database) => {
  const desk = tillDesk(database);
  const ACTOR = 'user:1';

  before(() => desk.open(ACTOR, 'Kasse 1', 10_000));
  afterEach(async () => {
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
    expect((await desk.compare()).difference).to.equal(0);
  });

  const last = async (): Promise<TillEntry> => {
    const { entries } = await journalOf(database().knex, (await desk.shiftOf(ACTOR)).id);
    const entry = entries.at(-1);
    if (entry === undefined) throw new Error('an empty journal');
    return entry;
  };
  const drawer = async (): Promise<number> => (await desk.shiftOf(ACTOR)).cash;
  const cancel = async (entry: TillEntry, isConfirmed = false): Promise<TillEntry> => {
    const sent = { ...newForm(), shiftId: (await desk.shiftOf(ACTOR)).id };
    return reverseAtCounter(
      database(),
      sent,
      { entryId: entry.id, reason: 'vertippt', isConfirmed },
      desk.author(ACTOR),
    );
  };
  const refused = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) =>
        (error as { details?: { fields?: { code: string }[] } }).details?.fields?.[0]?.code ?? String(error),
    );
  const statusOf = async (id: string): Promise<string> =>
    (await readVoucher(database().knex, id, desk.author(ACTOR).moment)).status;
  const posted = async (entry: TillEntry): Promise<string[]> =>
    (await entriesOfDocument(database().knex, entry.documentNumber ?? '')).map(
      (row) => `${row.event} ${row.debit_role} ${row.credit_role} ${row.cents}`,
    );

  it('of a sale ends the vouchers, empties the drawer of it, and names the original', async () => {
    const before = await drawer();
    const { voucherIds, orderId } = await desk.sell(ACTOR, 2500, 2, inCash(5000));
    const sale = await last();
    const storno = await cancel(sale);
    expect(await drawer()).to.equal(before);
    for (const id of voucherIds) expect(await statusOf(id)).to.equal('refunded');
    expect(await database().knex('orders').where({ id: orderId }).first('state')).to.deep.equal({ state: 'refunded' });
    expect(await posted(storno)).to.deep.equal(['sale_reversal V_KAUF CASH 2500', 'sale_reversal V_KAUF CASH 2500']);
    const receipt = await readReceipt(database().knex, storno.documentNumber ?? '');
    expect(receipt).to.deep.include({ kind: 'sale_reversal', cents: -5000 });
    expect(receipt.content.reverses).to.equal(sale.documentNumber);
  });

  it('of a sale paid by two tenders gives back each the way it came', async () => {
    const before = await drawer();
    await desk.sell(ACTOR, 5000, 1, mixed(2000, 3000));
    const storno = await cancel(await last());
    expect([storno.cash, storno.card, await drawer()]).to.deep.equal([-2000, -3000, before]);
    expect(await posted(storno)).to.have.members([
      'sale_reversal V_KAUF DEBITOR 5000',
      'payment_in_reversal DEBITOR CASH 2000',
      'payment_in_reversal DEBITOR TRANSIT 3000',
    ]);
  });

  it('of a redemption gives the voucher its value and the customer the money back', async () => {
    const before = await drawer();
    const { id } = await desk.voucher(5000);
    await desk.redeem(ACTOR, id, 8000, 'R-1');
    expect(await drawer()).to.equal(before + 3000);
    const storno = await cancel(await last());
    expect(await drawer()).to.equal(before);
    expect(await statusOf(id)).to.equal('active');
    expect(await posted(storno)).to.deep.equal(['trip_payment_reversal DEBITOR CASH 3000']);
  });

  it('of a top-up takes off what was added, of a deposit and a withdrawal turns them round', async () => {
    const before = await drawer();
    const { id } = await desk.voucher(5000);
    await desk.topUp(ACTOR, id, mixed(1000, 500));
    expect(await posted(await cancel(await last()))).to.have.members([
      'top_up_reversal V_KAUF CASH 1000',
      'top_up_reversal V_KAUF TRANSIT 500',
    ]);
    for (const isOut of [false, true]) {
      const sent = { ...newForm(), shiftId: (await desk.shiftOf(ACTOR)).id };
      await moveDrawer(database(), sent, { cents: 700, isOut, note: 'Bank' }, desk.author(ACTOR));
      await cancel(await last());
    }
    expect(await drawer()).to.equal(before);
  });

  it('is refused, and leaves everything as it was, where somebody used what was sold or added', async () => {
    const { voucherIds } = await desk.sell(ACTOR, 5000, 1, inCash(5000));
    const [id = ''] = voucherIds;
    const sale = await last();
    await desk.redeem(ACTOR, id, 100, 'R-2');
    const redemption = await last();
    const before = await drawer();
    expect(await refused(cancel(sale))).to.equal('sale_used');
    await desk.topUp(ACTOR, id, inCash(1000));
    const topUp = await last();
    await desk.redeem(ACTOR, id, 5500, 'R-3');
    expect(await refused(cancel(topUp))).to.equal('topup_used');
    expect(await drawer()).to.equal(before + 1000);
    expect(await statusOf(id)).to.equal('partly_redeemed');
    // The way out: what was redeemed is taken back first.
    await cancel(await last());
    await cancel(topUp);
    await cancel(redemption);
    await cancel(sale);
    expect(await statusOf(id)).to.equal('refunded');
  });

  it('asks for a word with the buyer where the voucher was mailed', async () => {
    await desk.sell(ACTOR, 5000, 1, inCash(5000), 'petra@example.org');
    const sale = await last();
    expect(await refused(cancel(sale))).to.equal('mailed');
    await cancel(sale, true);
  });

  it('happens once, however many ask for it at the same moment', async () => {
    await desk.sell(ACTOR, 3000, 1, inCash(3000));
    const sale = await last();
    const before = await drawer();
    const answers = await Promise.all([1, 2, 3].map(() => refused(cancel(sale))));
    expect(answers.filter((one) => one === 'done')).to.have.lengthOf(1);
    expect(await drawer()).to.equal(before - 3000);
    expect(await refused(cancel(await last()))).to.equal('not_reversible');
  });

  it('is too late once the shift is closed', async () => {
    await desk.sell(ACTOR, 3000, 1, inCash(3000));
    const sale = await last();
    const { id, cash } = await desk.shiftOf(ACTOR);
    await closeShift(database(), id, { countedCash: cash, note: null }, desk.author(ACTOR));
    const wish = { entryId: sale.id, reason: 'vertippt', isConfirmed: false };
    const late = reverseAtCounter(database(), { ...newForm(), shiftId: id }, wish, desk.author(ACTOR));
    expect(await late.catch((error: unknown) => (error as { code: string }).code)).to.equal('conflict');
  });
});
