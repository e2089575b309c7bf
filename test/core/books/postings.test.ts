import { expect } from 'chai';
import {
  postingsOfIssue,
  postingsOfRedemption,
  postingsOfRefund,
  postingsOfChargeback,
  postingsOfChargebackReversal,
  postingsOfReversal,
  postingsOfTopUp,
  postingsOfTransferIn,
  postingsOfTransferOut,
  takesMoney,
  valueRoleOf,
  type PostedVoucher,
  type Posting,
} from '../../../src/core/books/postings.ts';

const told = (postings: readonly Posting[]): string[] =>
  postings.map(({ event, debitRole, creditRole, cents }) => `${event}: ${debitRole} an ${creditRole} ${cents}`);
const purchase = { type: 'purchase', funding: null } as const;
const takesMoneyOf = (voucher: object): boolean => takesMoney(voucher as PostedVoucher);
const settlement = (funding: string) => ({ type: 'settlement', funding }) as const;

describe('postings', () => {
  const table: readonly [string, Posting[], string[]][] = [
    ['a sale by bank transfer', postingsOfIssue(purchase, 100, 'bank_transfer'), ['sale: BANK an V_KAUF 100']],
    ['a sale online', postingsOfIssue(purchase, 100, 'online'), ['sale: TRANSIT an V_KAUF 100']],
    ['a top-up in cash', postingsOfTopUp(purchase, 100, 'cash'), ['top_up: CASH_OFFICE an V_KAUF 100']],
    ['a top-up at the till', postingsOfTopUp(purchase, 100, 'till'), ['top_up: CASH an V_KAUF 100']],
    [
      'a top-up of a refund claim by bank',
      postingsOfTopUp(settlement('refund_conversion'), 100, 'bank_transfer'),
      ['top_up: BANK an V_VERR 100'],
    ],
    [
      'a top-up of a legal claim online',
      postingsOfTopUp(settlement('legal_claim'), 100, 'online'),
      ['top_up: TRANSIT an V_VERR 100'],
    ],
    ['a top-up of credit', postingsOfTopUp(settlement('credit'), 100, 'cash'), ['top_up: CASH_OFFICE an V_CREDIT 100']],
    [
      'a refund claim turned into a voucher',
      postingsOfIssue(settlement('refund_conversion'), 100, 'other'),
      ['issue: DEBITOR an V_VERR 100'],
    ],
    ['a legal claim', postingsOfIssue(settlement('legal_claim'), 100, 'other'), ['issue: RABATT an V_VERR 100']],
    [
      'goodwill: no liability',
      postingsOfIssue(settlement('goodwill'), 100, 'other'),
      ['issue: MEMO_GOODWILL_CONTRA an MEMO_GOODWILL 100'],
    ],
    ['redeeming a purchase', postingsOfRedemption(purchase, 60), ['redemption: V_KAUF an DEBITOR 60']],
    [
      'redeeming a deal',
      postingsOfRedemption({ type: 'deal', funding: null }, 60),
      ['redemption: DEAL_CLEARING an DEBITOR 60'],
    ],
    ['redeeming a discount, net method', postingsOfRedemption({ type: 'discount', funding: null }, 60), []],
    [
      'redeeming goodwill',
      postingsOfRedemption(settlement('goodwill'), 60),
      ['redemption: MEMO_GOODWILL an MEMO_GOODWILL_CONTRA 60', 'redemption: RABATT an DEBITOR 60'],
    ],
    ['giving back', postingsOfReversal(purchase, 60), ['redemption_reversal: DEBITOR an V_KAUF 60']],
    ['deciding a refund', postingsOfRefund(purchase, 40), ['refund: V_KAUF an DEBITOR 40']],
    [
      'ending a voucher whose money was taken back, and winning it again',
      [...postingsOfChargeback(purchase, 30), ...postingsOfChargebackReversal(purchase, 30)],
      ['chargeback: V_KAUF an DEBITOR 30', 'chargeback_reversal: DEBITOR an V_KAUF 30'],
    ],
    [
      'paying out goodwill: no money',
      postingsOfRefund(settlement('goodwill'), 40),
      ['refund: MEMO_GOODWILL an MEMO_GOODWILL_CONTRA 40'],
    ],
    [
      'moving to a new code',
      [...postingsOfTransferOut(purchase, 40), ...postingsOfTransferIn(purchase, 40)],
      ['transfer_out: V_KAUF an TRANSFER 40', 'transfer_in: TRANSFER an V_KAUF 40'],
    ],
  ];
  for (const [name, postings, expected] of table) {
    it(`${name}: ${expected.join(', ') || 'none'}`, () => {
      expect(told(postings)).to.deep.equal(expected);
    });
  }

  it('take money for every voucher that is owed, and for no other', () => {
    const types = [purchase, settlement('transfer'), settlement('credit'), settlement('goodwill')];
    expect(
      [...types, { type: 'deal', funding: null }, { type: 'discount', funding: null }].map(takesMoneyOf),
    ).to.deep.equal([true, true, true, false, false, false]);
    expect(() => postingsOfTopUp(settlement('goodwill'), 100, 'cash')).to.throw('takes no money');
  });

  it('put the value of each type on its own role', () => {
    expect([
      valueRoleOf('purchase', null),
      valueRoleOf('settlement', 'transfer'),
      valueRoleOf('settlement', 'goodwill'),
      valueRoleOf('deal', null),
    ]).to.deep.equal(['V_KAUF', 'V_VERR', 'MEMO_GOODWILL', null]);
  });
});
