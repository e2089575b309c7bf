import { expect } from 'chai';
import { linesOfCamt, type Tree } from '../../../src/core/sale/camt-statement.ts';

const ENTRY = {
  Amt: { '#text': '100.00', '@_Ccy': 'EUR' },
  CdtDbtInd: 'CRDT',
  Sts: { Cd: 'BOOK' },
  BookgDt: { Dt: '2026-11-27' },
  AcctSvcrRef: 'R1',
  NtryDtls: { TxDtls: { RltdPties: { Dbtr: { Nm: 'Anna  Groß' } }, RmtInf: { Ustrd: ['B-2026-000017', 'danke'] } } },
} as const satisfies Tree;

const documentOf = (...entries: Tree[]): Tree => ({
  Document: { BkToCstmrStmt: { Stmt: { Acct: { Id: { IBAN: 'DE89370400440532013000' } }, Ntry: entries } } },
});

describe('a bank statement as CAMT', () => {
  it('tells of each credit who paid how much, when and for what', () => {
    expect(linesOfCamt(documentOf(ENTRY))).to.deep.equal({
      lines: [
        {
          account: 'DE89370400440532013000',
          bankReference: 'R1',
          bookedOn: '2026-11-27',
          cents: 10_000,
          currency: 'EUR',
          payer: 'Anna Groß',
          purpose: 'B-2026-000017 danke',
        },
      ],
      debits: [],
      skipped: 0,
    });
  });

  for (const [what, change] of [
    ['what is only announced', { Sts: { Cd: 'PDNG' } }],
    ['what was taken back', { RvslInd: 'true' }],
    ['days that do not exist', { BookgDt: { Dt: '2026-02-30' } }],
    ['parts of a cent', { Amt: '100.001' }],
    ['nothing', { Amt: '0.00' }],
  ] as const) {
    it(`passes over ${what}`, () => {
      expect(linesOfCamt(documentOf({ ...ENTRY, ...change }))).to.deep.equal({ lines: [], debits: [], skipped: 1 });
    });
  }

  it('keeps what left the account apart', () => {
    const content = linesOfCamt(documentOf({ ...ENTRY, CdtDbtInd: 'DBIT' }));
    expect([content?.lines, content?.debits.map(({ cents }) => cents)]).to.deep.equal([[], [10_000]]);
  });

  it('takes a collective booking apart where the bank tells the amounts of its payments', () => {
    const part = (amount: string): Tree => ({ Amt: amount, RmtInf: { Ustrd: amount } });
    const collective = (...amounts: string[]): Tree => ({ ...ENTRY, NtryDtls: { TxDtls: amounts.map(part) } });
    const cents = (tree: Tree): unknown =>
      linesOfCamt(documentOf(tree))?.lines.map((line) => [line.bankReference, line.cents]);
    expect(cents(collective('40.00', '60.00'))).to.deep.equal([
      ['R1/1', 4000],
      ['R1/2', 6000],
    ]);
    expect(cents(collective('40.00', '50.00'))).to.deep.equal([['R1', 10_000]]);
  });

  it('is told from other documents', () => {
    expect(linesOfCamt({ Document: { CstmrCdtTrfInitn: {} } })).to.equal(null);
    expect(linesOfCamt('nothing')).to.equal(null);
  });
});
