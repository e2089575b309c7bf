import { expect } from 'chai';
import {
  postingsOfDerecognition,
  postingsOfForfeit,
  postingsOfForfeitReversal,
  postingsOfLapsedDerecognition,
  postingsOfReactivation,
} from '../../../../src/core/books/ending/ending-postings.ts';
import type { Posting } from '../../../../src/core/books/postings.ts';

const told = (postings: readonly Posting[]): string[] =>
  postings.map(({ event, debitRole, creditRole, cents }) => `${event}: ${debitRole} an ${creditRole} ${cents}`);
const purchase = { type: 'purchase', funding: null } as const;
const settlement = (funding: string) => ({ type: 'settlement', funding }) as const;

describe('the postings of what ends', () => {
  const table: readonly [string, Posting[], string[]][] = [
    [
      'a rest that lapses, and comes back',
      [...postingsOfForfeit(purchase, 15), ...postingsOfForfeitReversal(purchase, 15)],
      ['forfeit: V_KAUF an V_FORFEIT 15', 'forfeit_reversal: V_FORFEIT an V_KAUF 15'],
    ],
    [
      'derecognising what is time-barred',
      postingsOfDerecognition(purchase, 40),
      ['derecognition: V_KAUF an BREAKAGE 40'],
    ],
    [
      'derecognising a rest that lapsed',
      postingsOfLapsedDerecognition(15),
      ['derecognition: V_FORFEIT an BREAKAGE 15'],
    ],
    ['derecognising no rest', postingsOfLapsedDerecognition(0), []],
    [
      'honouring it after all, in the same year and later',
      [...postingsOfReactivation(purchase, 40, true), ...postingsOfReactivation(settlement('transfer'), 40, false)],
      ['reactivation: BREAKAGE an V_KAUF 40', 'reactivation: BREAKAGE_REVERSAL an V_VERR 40'],
    ],
    [
      'a rest of goodwill that lapses: nothing waits',
      postingsOfForfeit(settlement('goodwill'), 15),
      ['forfeit: MEMO_GOODWILL an MEMO_GOODWILL_CONTRA 15'],
    ],
  ];
  for (const [name, postings, expected] of table) {
    it(`${name}: ${expected.join(', ') || 'none'}`, () => {
      expect(told(postings)).to.deep.equal(expected);
    });
  }
});
