import { expect } from 'chai';
import {
  paymentOrderDocument,
  sepaText,
  type OrderNode,
  type PaymentOrder,
} from '../../../src/core/sale/payment-order.ts';

const ORDER: PaymentOrder = {
  messageId: 'ZA-2026-000001',
  createdAt: '2026-07-03T10:00:00',
  executionOn: '2026-07-06',
  account: { holder: 'Nordlicht Reisen GmbH', iban: 'DE89 3704 0044 0532 0130 00', bic: '' },
  payments: [
    { endToEndId: 'ER-2026-000001', cents: 2500, payee: 'Petra Müller', iban: 'DE02120300000000202051', purpose: 'A' },
    { endToEndId: 'ER-2026-000002', cents: 123_456, payee: 'Søren', iban: 'AT611904300234573201', purpose: 'B' },
  ],
};

const at = (node: OrderNode, ...path: readonly string[]): OrderNode =>
  path.reduce<OrderNode>((one, name) => (one as Record<string, OrderNode>)[name] as OrderNode, node);

describe('the order of payments for a bank', () => {
  it('tells how many payments there are and their sum, in the header and in the block', () => {
    const root = at(paymentOrderDocument(ORDER), 'Document', 'CstmrCdtTrfInitn');
    for (const part of ['GrpHdr', 'PmtInf'])
      expect([at(root, part, 'NbOfTxs'), at(root, part, 'CtrlSum')]).to.deep.equal(['2', '1259.56']);
  });

  it('has the number of the refund as the end-to-end id of its payment', () => {
    const payments = at(paymentOrderDocument(ORDER), 'Document', 'CstmrCdtTrfInitn', 'PmtInf', 'CdtTrfTxInf');
    expect((payments as readonly OrderNode[]).map((one) => at(one, 'PmtId', 'EndToEndId'))).to.deep.equal([
      'ER-2026-000001',
      'ER-2026-000002',
    ]);
  });

  it('names the bank that pays only where a BIC is known', () => {
    const agent = (bic: string): OrderNode =>
      at(
        paymentOrderDocument({ ...ORDER, account: { ...ORDER.account, bic } }),
        ...['Document', 'CstmrCdtTrfInitn', 'PmtInf', 'DbtrAgt', 'FinInstnId'],
      );
    expect(agent('')).to.deep.equal({ Othr: { Id: 'NOTPROVIDED' } });
    expect(agent('COBADEFFXXX')).to.deep.equal({ BICFI: 'COBADEFFXXX' });
  });

  it('is none without a payment, without an account, for a wrong IBAN, nobody, or no amount', () => {
    const [first] = ORDER.payments;
    if (first === undefined) throw new Error('a payment');
    const wrong: PaymentOrder[] = [
      { ...ORDER, payments: [] },
      { ...ORDER, account: { ...ORDER.account, iban: 'DE00' } },
      { ...ORDER, payments: [{ ...first, iban: 'DE02120300000000202052' }] },
      { ...ORDER, payments: [{ ...first, payee: ' ' }] },
      { ...ORDER, payments: [{ ...first, cents: 0 }] },
      { ...ORDER, payments: Array.from({ length: 5001 }, () => first) },
    ];
    for (const order of wrong) expect(() => paymentOrderDocument(order)).to.throw(RangeError);
  });

  for (const [typed, written] of [
    ['Käthe Müßig & Söhne', 'Kaethe Muessig + Soehne'],
    ['José  Ñandú', 'Jose Nandu'],
    ['<Reise>; "eins"', '.Reise.. .eins.'],
    ['  ', ''],
  ] as const)
    it(`writes ${typed} as ${written}, in signs that every bank takes`, () => {
      expect(sepaText(typed, 70)).to.equal(written);
    });

  it('cuts a text at its length without a blank at the end', () => {
    expect(sepaText('abc def', 4)).to.equal('abc');
  });
});
