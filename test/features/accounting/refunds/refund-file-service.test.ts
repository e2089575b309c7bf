import { expect } from 'chai';
import {
  orderRefunds,
  payRefundFile,
  takeBackRefundFile,
} from '../../../../src/features/accounting/refunds/refund-file-service.ts';
import { findRefundFile, listRefundFiles } from '../../../../src/features/accounting/refunds/refund-file-store.ts';
import { changeRefund, payRefundByHand } from '../../../../src/features/accounting/refunds/refund-service.ts';
import { refundByNumber } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { cancelVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('a file of payments', (database) => {
  const moment = { today: '2026-07-03', now: Date.parse('2026-07-03T10:00:00Z') };
  const author = { actor: 'test', moment };
  let next = 0;

  before(() => openShop(database()));

  const refund = async (currency = 'EUR'): Promise<string> => {
    const { id } = await createVoucher(database(), author, {
      type: 'purchase',
      title: 'Reise',
      currency,
      paidAt: '2026-07-01',
      value: { originalValue: 1000 },
    });
    await inTransaction(database(), (trx) =>
      cancelVoucher({ trx, ...author }, id, { refund: true, reason: 'Widerruf' }),
    );
    const found = await refundByNumber(database().knex, `ER-2026-${String(++next).padStart(6, '0')}`);
    const target = { way: 'transfer', payee: 'Petra', iban: 'DE02120300000000202051', providerReference: '' } as const;
    return (await changeRefund(database(), author, found?.id ?? '', target)).id;
  };
  const order = (ids: readonly string[]) => orderRefunds(database(), author, { ids, executionOn: '2026-07-06' });
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );

  it('takes a refund once, however many people order it at the same moment', async () => {
    const id = await refund();
    const codes = await Promise.all([order([id]), order([id]), order([id])].map(codeOf));
    expect(codes.sort()).to.deep.equal(['conflict', 'conflict', 'done']);
    expect(await database().knex('refund_file_lines').where({ refund_id: id })).to.have.length(1);
  });

  it('is not taken back once one of its payments is known, and the others are paid with it', async () => {
    const ids = [await refund(), await refund()];
    const file = await order(ids);
    await payRefundByHand(database(), author, ids[0] ?? '', { paidOn: '2026-07-03', reference: null });
    expect(await codeOf(takeBackRefundFile(database(), author, file.id))).to.equal('conflict');
    expect(await payRefundFile(database(), author, file.id, { paidOn: '2026-07-03', reference: null })).to.equal(1);
    expect(
      await codeOf(payRefundFile(database(), author, file.id, { paidOn: '2026-07-03', reference: null })),
    ).to.equal('conflict');
    expect(await findRefundFile(database().knex, file.id)).to.include({ paid: 2, payments: 2, cents: 2000 });
  });

  it('is in euros, and its refunds stay as they are while it orders them', async () => {
    const [franc, euro] = [await refund('CHF'), await refund()];
    expect(await codeOf(order([euro, franc]))).to.equal('rule_broken');
    await order([euro]);
    const target = { way: 'transfer', payee: 'Anna', iban: '', providerReference: '' } as const;
    expect(await codeOf(changeRefund(database(), author, euro, target))).to.equal('conflict');
    expect(await codeOf(order(['999999']))).to.equal('not_found');
    expect((await listRefundFiles(database().knex, null, 2)).map(({ number }) => number)).to.deep.equal([
      'ZA-2026-000003',
      'ZA-2026-000002',
    ]);
  });
});
