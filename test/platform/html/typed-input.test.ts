import { expect } from 'chai';
import fc from 'fast-check';
import { formatMoney, moneyInput } from '../../../src/platform/html/format.ts';
import {
  parseAmount,
  parseCount,
  parseDay,
  parseMoney,
  parsePastDay,
  parsePercent,
} from '../../../src/platform/html/typed-input.ts';

describe('typed input', () => {
  const amounts: [string, number][] = [
    ['1.234,50', 123450],
    ['1,234.50', 123450],
    ["1'234.50", 123450],
    ['1 234,50', 123450],
    ['1234,5', 123450],
    ['1.234', 123400],
    ['1.50', 150],
    ['85', 8500],
    ['85,00 €', 8500],
    ['€ 85.00', 8500],
    ['EUR 85', 8500],
    ['-5', -500],
    [' 0,01 ', 1],
    ['1.000.000,00', 100000000],
  ];
  for (const [text, cents] of amounts) {
    it(`reads the amount "${text}" as ${cents} cents`, () => {
      expect(parseMoney(text)).to.deep.equal({ ok: true, value: cents });
    });
  }

  for (const text of ['', 'abc', '1,234,5', '12.34.56', '1.2345', '1,', ',5', '1e3', '1.234,567', '0x10', '--1']) {
    it(`refuses the amount "${text}"`, () => {
      expect(parseMoney(text)).to.deep.equal({ ok: false, error: 'input.money' });
    });
  }

  it('refuses decimals where the currency has none, and amounts beyond safe integers', () => {
    expect(parseMoney('12,5', 0)).to.deep.equal({ ok: false, error: 'input.money' });
    expect(parseMoney('1.234', 0)).to.deep.equal({ ok: true, value: 1234 });
    expect(parseAmount('99999999999999999')).to.deep.equal({ ok: false, error: 'input.too_large' });
  });

  it('refuses an amount above the highest there is, which only sums are read beyond', () => {
    for (const text of ['1.000.000,01', '-1.000.000,01', '1234567', '99999999999999999'])
      expect(parseMoney(text)).to.deep.equal({ ok: false, error: 'input.too_large' });
    expect(parseAmount('1.234.567,89')).to.deep.equal({ ok: true, value: 123456789 });
  });

  it('reads back every amount it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom('de' as const, 'en' as const),
        (cents, locale) => {
          expect(parseAmount(moneyInput(cents, 'EUR', locale))).to.deep.equal({ ok: true, value: cents });
          if (cents >= 0)
            expect(parseAmount(formatMoney(cents, 'EUR', locale))).to.deep.equal({ ok: true, value: cents });
        },
      ),
    );
  });

  it('reads percentages into basis points, with at most two decimals', () => {
    expect(parsePercent('12,5')).to.deep.equal({ ok: true, value: 1250 });
    expect(parsePercent('12.25 %')).to.deep.equal({ ok: true, value: 1225 });
    expect(parsePercent('100')).to.deep.equal({ ok: true, value: 10000 });
    for (const text of ['12,345', '', '-5', '1.234,5', 'zehn'])
      expect(parsePercent(text)).to.deep.equal({ ok: false, error: 'input.percent' });
  });

  it('reads days in the German way and in ISO, and only days that exist', () => {
    expect(parseDay('31.12.2026')).to.deep.equal({ ok: true, value: '2026-12-31' });
    expect(parseDay('1.6.26')).to.deep.equal({ ok: true, value: '2026-06-01' });
    expect(parseDay('29. 2. 2028')).to.deep.equal({ ok: true, value: '2028-02-29' });
    expect(parseDay('2026-12-31')).to.deep.equal({ ok: true, value: '2026-12-31' });
    for (const text of ['31/12/2026', 'morgen', '', '1.6'])
      expect(parseDay(text)).to.deep.equal({ ok: false, error: 'input.day' });
    for (const text of ['29.02.2027', '31.04.2026', '31.02.2026', '2026-13-01', '0.0.2026'])
      expect(parseDay(text)).to.deep.equal({ ok: false, error: 'input.no_such_day' });
  });

  it('reads a day of payment up to today, and not of long ago', () => {
    const today = '2026-07-03';
    expect(parsePastDay('3.7.2026', today)).to.deep.equal({ ok: true, value: today });
    expect(parsePastDay('4.7.2026', today)).to.deep.equal({ ok: false, error: 'input.day_to_come' });
    expect(parsePastDay('31.12.2015', today)).to.deep.equal({ ok: false, error: 'input.day_too_old' });
    expect(parsePastDay('31.02.2026', today)).to.deep.equal({ ok: false, error: 'input.no_such_day' });
  });

  it('reads whole numbers with or without groups', () => {
    expect(parseCount('1.000')).to.deep.equal({ ok: true, value: 1000 });
    expect(parseCount('5')).to.deep.equal({ ok: true, value: 5 });
    expect(parseCount('99999999999999999')).to.deep.equal({ ok: false, error: 'input.count_too_large' });
    for (const text of ['', '1,5', '-1', '1.0'])
      expect(parseCount(text)).to.deep.equal({ ok: false, error: 'input.count' });
  });
});
