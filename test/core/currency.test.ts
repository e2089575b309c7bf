import { expect } from 'chai';
import { currencyDigits, isCurrency, keepsValue } from '../../src/core/currency.ts';

describe('a currency', () => {
  const CASES: readonly (readonly [code: string, isListed: boolean, digits: number, keeps: boolean])[] = [
    ['EUR', true, 2, true],
    ['CHF', true, 2, true],
    ['HUF', true, 2, true],
    ['JPY', true, 0, false],
    ['KWD', true, 3, false],
    ['QQQ', false, 2, false],
    ['XXX', false, 2, false],
    ['XTS', false, 2, false],
    ['XAU', false, 2, false],
    ['DEM', false, 2, false],
    ['eur', false, 2, false],
    ['EURO', false, 2, false],
    ['', false, 2, false],
    ['__proto__', false, 2, false],
  ];

  for (const [code, isListed, digits, keeps] of CASES)
    it(`“${code}” is ${isListed ? '' : 'not '}on the list, with ${digits} digits, and value is ${keeps ? '' : 'not '}kept in it`, () => {
      expect([isCurrency(code), currencyDigits(code), keepsValue(code)]).to.deep.equal([isListed, digits, keeps]);
    });

  it('is never another one’s by a slip of the list', () => {
    // Three capitals, each once: what the list is for.
    const listed = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((a) =>
      [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((b) =>
        [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((c) => a + b + c).filter(isCurrency),
      ),
    );
    expect(listed).to.have.length(154).and.include.members(['EUR', 'CHF', 'USD', 'GBP', 'JPY', 'TND', 'XCG', 'ZWG']);
  });
});
