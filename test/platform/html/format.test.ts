import { expect } from 'chai';
import {
  currencySymbol,
  dayInput,
  formatDay,
  formatInstant,
  formatMoney,
  formatPercent,
  moneyInput,
  percentInput,
} from '../../../src/platform/html/format.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('format', () => {
  const amounts = [
    { cents: 123450, currency: 'EUR', de: '1.234,50 €', en: '€1,234.50' },
    { cents: 0, currency: 'EUR', de: '0,00 €', en: '€0.00' },
    { cents: -5, currency: 'EUR', de: '-0,05 €', en: '-€0.05' },
    { cents: 1234, currency: 'JPY', de: '1.234 ¥', en: 'JP¥1,234' },
    { cents: Number.MAX_SAFE_INTEGER, currency: 'EUR', de: '90.071.992.547.409,91 €', en: '€90,071,992,547,409.91' },
  ];
  for (const { cents, currency, de, en } of amounts) {
    it(`writes ${cents} minor units of ${currency} as ${de} and ${en}`, () => {
      expect(plain(formatMoney(cents, currency, 'de'))).to.equal(de);
      expect(plain(formatMoney(cents, currency, 'en'))).to.equal(en);
    });
  }

  it('refuses amounts that are not integers', () => {
    expect(() => formatMoney(0.5, 'EUR', 'de')).to.throw('not an integer');
  });

  it('writes amounts and shares for form fields without sign and grouping', () => {
    expect(moneyInput(123450, 'EUR', 'de')).to.equal('1234,50');
    expect(moneyInput(123450, 'EUR', 'en')).to.equal('1234.50');
    expect(percentInput(1250, 'de')).to.equal('12,5');
    expect(percentInput(10000, 'en')).to.equal('100');
  });

  it('writes basis points as a percentage', () => {
    expect(plain(formatPercent(1250, 'de'))).to.equal('12,5 %');
    expect(plain(formatPercent(1005, 'en'))).to.equal('10.05%');
  });

  it('writes days as TT.MM.JJJJ in German and with the month in letters in English', () => {
    expect(formatDay('2026-12-31', 'de')).to.equal('31.12.2026');
    expect(formatDay('2026-12-31', 'en')).to.equal('31 Dec 2026');
    expect(dayInput('2026-12-31', 'en')).to.equal('2026-12-31');
  });

  it('writes instants in the given time zone', () => {
    const newYear = Date.UTC(2026, 11, 31, 23, 30);
    expect(formatInstant(newYear, 'Europe/Berlin', 'de')).to.equal('01.01.2027, 00:30');
    expect(formatInstant(newYear, 'UTC', 'en')).to.equal('31 Dec 2026, 23:30');
  });

  it('knows the symbol of a currency', () => {
    expect(currencySymbol('EUR', 'de')).to.equal('€');
    expect(currencySymbol('CHF', 'de')).to.equal('CHF');
  });
});
