import { expect } from 'chai';
import {
  countOf,
  dayOfCell,
  entryOf,
  flagOf,
  moneyOf,
  paidDay,
  WrongRow,
} from '../../../../src/features/exchange/import/import-cell-service.ts';
import type { Cell } from '../../../../src/platform/files/table-file.ts';

const TODAY = '2026-06-15';

function typed(text: string): Cell {
  return { text, number: null, day: null };
}

function counted(number: number): Cell {
  return { text: String(number), number, day: null };
}

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof WrongRow) return error.problem.code;
    throw error;
  }
  return 'none';
}

describe('a cell of an import', () => {
  it('says yes or no, no where it is empty, and is told where it says neither', () => {
    expect(['ja', 'X', '1', 'nein', '-', ''].map((text) => flagOf(typed(text)))).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(problemOf(() => flagOf(typed('vielleicht')))).to.equal('flag_wrong');
  });

  it('says an amount as it is typed or as a workbook counts, to the cent', () => {
    expect(moneyOf(typed('1.234,50'), 'value')).to.equal(123_450);
    expect(moneyOf(counted(19.99), 'value')).to.equal(1999);
    expect(moneyOf(typed(''), 'value')).to.equal(null);
  });

  it('refuses an amount with a part of a cent, and one that is none', () => {
    expect(problemOf(() => moneyOf(counted(19.995), 'rest'))).to.equal('rest_wrong');
    expect(problemOf(() => moneyOf(typed('plenty'), 'value'))).to.equal('value_wrong');
  });

  it('reads a day as people write it', () => {
    expect(dayOfCell(typed('24.12.2026'))).to.equal('2026-12-24');
    expect(dayOfCell({ text: '24.12.2026', number: null, day: '2026-12-24' })).to.equal('2026-12-24');
    expect(problemOf(() => dayOfCell(typed('31.02.2026')))).to.equal('no_such_day');
    expect(problemOf(() => dayOfCell(typed('morgen')))).to.equal('day_wrong');
  });

  it('takes a bare yes for a payment of today, and a no for none', () => {
    expect(paidDay(typed('Ja'), TODAY)).to.equal(TODAY);
    expect(paidDay(typed('nein'), TODAY)).to.equal(null);
    expect(paidDay(typed('01.06.2026'), TODAY)).to.equal('2026-06-01');
  });

  it('counts whole things from one up to the most there may be', () => {
    expect(countOf(counted(3), 9)).to.equal(3);
    for (const wrong of [0, 2.5, 10]) expect(problemOf(() => countOf(counted(wrong), 9))).to.equal('count_wrong');
  });

  it('finds an entry of the catalogue in capitals too', () => {
    const known = new Map([['sunshine', 'b1']]);
    expect(entryOf('SUNSHINE', known, 'brand_unknown')).to.equal('b1');
    expect(problemOf(() => entryOf('Rain', known, 'brand_unknown'))).to.equal('brand_unknown');
  });
});
