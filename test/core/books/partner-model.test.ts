import { expect } from 'chai';
import { SALES_FINDINGS } from '../../../src/core/books/deal-sale.ts';
import {
  DEAL_MODELS,
  partnerModel,
  possibleDecisions,
  STATEMENT_RULES,
  type Finding,
  type PossibleDecisions,
  type StatementKind,
} from '../../../src/core/books/partner-model.ts';
import { STATEMENT_FINDINGS } from '../../../src/core/books/partner-statement.ts';

describe('the model of a partner', () => {
  it('is settlement or agency, in the order of the form', () => {
    expect(DEAL_MODELS).to.deep.equal(['settlement', 'agency']);
  });

  it('charges what was redeemed by invoices where the partner has the money', () => {
    expect(partnerModel('settlement')).to.deep.equal({ file: 'settlement', makesInvoices: true });
  });

  it('reads reports of sales and makes no invoice where the partner sells for us', () => {
    expect(partnerModel('agency')).to.deep.equal({ file: 'sales', makesInvoices: false });
  });
});

describe('the file of a partner', () => {
  it('has the findings of its kind', () => {
    expect(STATEMENT_RULES.settlement.findings).to.deep.equal(STATEMENT_FINDINGS);
    expect(STATEMENT_RULES.sales.findings).to.deep.equal(SALES_FINDINGS);
  });

  for (const kind of ['settlement', 'sales'] as const)
    it(`books, accepts and rejects only what a file of ${kind} can turn out to be`, () => {
      const { findings, bookable, acceptable, rejectable } = STATEMENT_RULES[kind];
      expect(findings).to.include.members([...bookable, ...acceptable, ...rejectable]);
      expect(bookable.filter((finding) => acceptable.includes(finding))).to.deep.equal([]);
    });

  const cases: readonly (readonly [StatementKind, Finding, number, number, PossibleDecisions])[] = [
    ['settlement', 'agrees', 71_400, 84_000, { mayAccept: false, mayReject: false, mayNote: false }],
    ['settlement', 'amount_differs', 70_000, 84_000, { mayAccept: true, mayReject: true, mayNote: true }],
    ['settlement', 'amount_differs', 84_000, 84_000, { mayAccept: true, mayReject: true, mayNote: true }],
    ['settlement', 'amount_differs', 84_001, 84_000, { mayAccept: false, mayReject: true, mayNote: true }],
    ['settlement', 'rejected', 0, 84_000, { mayAccept: false, mayReject: true, mayNote: true }],
    ['settlement', 'unknown_code', 9900, 0, { mayAccept: false, mayReject: false, mayNote: true }],
    ['sales', 'sold', 9900, 0, { mayAccept: false, mayReject: false, mayNote: false }],
    ['sales', 'refunded', -9900, 0, { mayAccept: false, mayReject: false, mayNote: false }],
    ['sales', 'price_differs', 8900, 0, { mayAccept: true, mayReject: false, mayNote: true }],
    ['sales', 'redeemed_differs', 8900, 0, { mayAccept: false, mayReject: false, mayNote: true }],
  ];
  for (const [kind, finding, cents, counts, expected] of cases)
    it(`offers what can be done about ${finding} of ${cents} where ${counts} count, in a file of ${kind}`, () => {
      expect(possibleDecisions(kind, { finding, cents, counts })).to.deep.equal(expected);
    });
});
