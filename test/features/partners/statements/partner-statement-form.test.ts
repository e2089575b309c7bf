import { expect } from 'chai';
import {
  emptyStatement,
  parseColumns,
  parseDecision,
  parsePaidOn,
  parseStatement,
  problemsOfFile,
  refusedStatement,
  typedDecision,
  typedStatement,
} from '../../../../src/features/partners/statements/partner-statement-form.ts';

const t = (key: string, values?: object): string => (values === undefined ? key : `${key} ${JSON.stringify(values)}`);
const TODAY = '2026-03-31';
const FILE = { name: 'maerz.csv', path: '/uploads/1', bytes: 120 };
const TYPED = {
  partner: 'citydeal',
  documentNumber: 'A-17',
  from: '01.03.2026',
  to: '31.03.2026',
  currency: 'EUR',
};

function pathsOf(read: object): string[] {
  return 'errors' in read ? (read.errors as { path: string }[]).map(({ path }) => path) : [];
}

describe('the form of a partner’s statement', () => {
  const parse = (typed: Partial<typeof TYPED>, isPartner = true, file: typeof FILE | null = FILE) =>
    parseStatement({ ...TYPED, ...typed }, { isPartner, file }, t);

  it('begins with the partner alone', () => {
    expect(emptyStatement('citydeal')).to.deep.equal({
      partner: 'citydeal',
      documentNumber: '',
      from: '',
      to: '',
      currency: '',
    });
  });

  it('takes a currency in small letters and a number of 36 characters', () => {
    const typed = typedStatement({ ...TYPED, currency: 'eur', documentNumber: 'x'.repeat(36) });
    expect(typed.currency).to.equal('EUR');
    expect(typed.documentNumber).to.have.lengthOf(36);
    expect(() => typedStatement({ ...TYPED, documentNumber: 'x'.repeat(37) })).to.throw('invalid_request');
  });

  it('reads the facts of a statement with its file', () => {
    expect(parse({})).to.deep.equal({
      value: {
        partnerId: 'citydeal',
        documentNumber: 'A-17',
        from: '2026-03-01',
        to: '2026-03-31',
        currency: 'EUR',
        fileName: 'maerz.csv',
        path: '/uploads/1',
      },
    });
  });

  it('names everything that is missing in the order of the form', () => {
    const typed = { documentNumber: '', from: '', to: '', currency: '' };
    expect(pathsOf(parse(typed, false, null))).to.deep.equal([
      'partner',
      'documentNumber',
      'from',
      'to',
      'currency',
      'file',
    ]);
  });

  it('wants its days in their order and within a year', () => {
    expect(pathsOf(parse({ from: '31.03.2026', to: '01.03.2026' }))).to.deep.equal(['to']);
    expect(pathsOf(parse({ from: '01.03.2025', to: '02.03.2026' }))).to.deep.equal(['to']);
    expect(pathsOf(parse({ from: '01.03.2025', to: '01.03.2026' }))).to.deep.equal([]);
  });

  it('says at the field why a statement was not kept', () => {
    expect(refusedStatement('empty', t)).to.deep.equal({ path: 'file', message: 'partner_statements:empty' });
    expect(refusedStatement('duplicate', t)).to.deep.equal({
      path: 'documentNumber',
      message: 'partner_statements:number_known',
    });
  });

  it('reads the columns, the status being optional', () => {
    const columns = { headingRow: '1', code: '0', amount: '3' };
    expect(parseColumns(columns, t)).to.deep.equal({ value: { headingRow: 1, code: 0, amount: 3, status: null } });
    expect(parseColumns({ ...columns, status: '4' }, t)).to.deep.equal({
      value: { headingRow: 1, code: 0, amount: 3, status: 4 },
    });
  });

  it('wants a column for the code and another one for the amount', () => {
    expect(pathsOf(parseColumns({ headingRow: '1' }, t))).to.deep.equal(['code', 'amount']);
    expect(pathsOf(parseColumns({ headingRow: '1', code: '2', amount: '2' }, t))).to.deep.equal(['amount']);
  });

  it('says which rows of a file cannot be read, and what else keeps it from being compared', () => {
    const file = { rows: [{ rowNumber: 2, code: 'A', cents: 100 }], problems: [], isTooLong: false };
    expect(problemsOfFile(file, t)).to.deep.equal([]);
    expect(problemsOfFile({ ...file, rows: [] }, t)[0]?.message).to.equal('partner_statements:no_rows');
    expect(problemsOfFile({ ...file, isTooLong: true }, t)[0]?.message).to.equal('partner_statements:too_long');
    expect(problemsOfFile({ ...file, problems: [{ rowNumber: 5, text: 'viel' }] }, t)).to.deep.equal([
      { path: 'amount', message: 'partner_statements:row_unreadable {"row":5,"text":"viel"}' },
    ]);
  });
});

describe('the decision about a row of a partner’s statement', () => {
  const settlement = { kind: 'settlement', line: '7', today: TODAY } as const;
  const sales = { ...settlement, kind: 'sales' } as const;

  it('books a payment on a day until today, and a sale without one', () => {
    expect(parsePaidOn('30.03.2026', 'settlement', TODAY)).to.equal('2026-03-30');
    expect(parsePaidOn('01.04.2026', 'settlement', TODAY)).to.equal(null);
    expect(parsePaidOn('', 'settlement', TODAY)).to.equal(null);
    expect(parsePaidOn('', 'sales', TODAY)).to.equal(TODAY);
  });

  it('accepts with the day of the payment', () => {
    expect(parseDecision({ do: 'accepted', paidOn: '30.03.2026' }, settlement, t)).to.deep.equal({
      value: { kind: 'accepted', paidOn: '2026-03-30' },
    });
    expect(pathsOf(parseDecision({ do: 'accepted' }, settlement, t))).to.deep.equal(['paidOn-7']);
    expect(parseDecision({ do: 'accepted' }, sales, t)).to.deep.equal({ value: { kind: 'accepted', paidOn: TODAY } });
  });

  for (const kind of ['rejected', 'noted'])
    it(`wants a note where a row is ${kind}`, () => {
      expect(parseDecision({ do: kind, note: 'Brief vom 3.' }, settlement, t)).to.deep.equal({
        value: { kind, note: 'Brief vom 3.' },
      });
      expect(pathsOf(parseDecision({ do: kind }, settlement, t))).to.deep.equal(['note-7']);
    });

  it('knows no other decision', () => {
    expect(() => parseDecision({ do: 'agreed', note: 'x', paidOn: '30.03.2026' }, settlement, t)).to.throw();
  });

  it('keeps what was typed about one row at that row', () => {
    expect(typedDecision({ paidOn: '99.', note: 'x' }, '7', '31.03.2026')).to.deep.equal({
      paidOn: '31.03.2026',
      'paidOn-7': '99.',
      'note-7': 'x',
    });
    expect(typedDecision({ paidOn: '99.' }, '', '31.03.2026').paidOn).to.equal('99.');
  });
});
