import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKS, type Check, type Difference } from '../../../../src/core/books/verification.ts';
import {
  differenceAdvice,
  differenceHref,
  differenceText,
} from '../../../../src/features/accounting/proof/difference-view.ts';
import { formatMoney, formatNumber, moneyInput } from '../../../../src/platform/html/format.ts';
import { createI18n, LOCALES, type Locale } from '../../../../src/platform/html/i18n.ts';

const I18N = createI18n({ directory: join(import.meta.dirname, '../../../../locales'), strict: true });

const wordsOf = (locale: Locale) => ({
  t: I18N.translator(locale),
  money: (cents: number, currency: string) => formatMoney(cents, currency, locale),
  amount: (cents: number) => moneyInput(cents, 'EUR', locale),
  count: (count: number) => formatNumber(count, locale),
});

const PLACES: Readonly<Record<string, Difference['place']>> = {
  chain: { kind: 'voucher', id: '7', name: 'G-2026-000007', entry: 3 },
  entry: { kind: 'voucher', id: '7', name: 'G-2026-000007', entry: 3 },
  given: { kind: 'redemption', id: '9', name: 'R-4711', voucher: 'G-2026-000007' },
  sum: { kind: 'redemption', id: '9', name: 'R-4711' },
  line: { kind: 'redemption', id: '9', name: 'R-4711', voucher: 'G-2026-000007' },
  deal_clearing: { kind: 'redemption', id: '9', name: 'R-4711', voucher: 'G-2026-000007' },
  campaign: { kind: 'campaign', id: '4', name: 'Frühling' },
  seal: { kind: 'seal', name: '12' },
  subject: { kind: 'subject', subject: 'order', id: '5', name: 'B-2026-000005' },
  open_item: { kind: 'subject', subject: 'refund', id: '6', name: 'ER-2026-000006' },
  order_money: { kind: 'subject', subject: 'order', id: '5', name: 'B-2026-000005' },
  month: { kind: 'month', name: '2026-06' },
  journal: { kind: 'journal' },
  open_from: { kind: 'journal' },
  file: { kind: 'file', id: '3', name: 'EXTF_Gutscheine_55003_202606_EX-2026-000001.csv' },
  order: { kind: 'order', id: '5', name: 'B-2026-000005' },
  till: { kind: 'till_shift', id: '6', name: 'Kasse 1' },
  record: { kind: 'record', table: 'order_payments', name: '17' },
  record_sum: { kind: 'record', table: 'audit_log', name: '' },
  record_seal_number: { kind: 'seal', name: '12' },
  record_seal_link: { kind: 'seal', name: '12' },
  record_seal_hash: { kind: 'seal', name: '12' },
  circle: { kind: 'circle', circle: 'invoice', year: 2026 },
};

function differenceOf(check: Check): Difference {
  const isHash = CHECKS[check].figures === 'hash';
  return {
    check,
    place: PLACES[check] ?? PLACES[check.split('_')[0] as string] ?? (PLACES['chain'] as Difference['place']),
    expected: isHash ? 'a'.repeat(64) : 1_234_500,
    actual: isHash ? 'b'.repeat(64) : 987_600,
    currency: CHECKS[check].figures === 'money' ? 'EUR' : null,
  };
}

describe('a difference that the check of the books found', () => {
  for (const check of Object.keys(CHECKS) as Check[]) {
    for (const locale of LOCALES) {
      it(`of ${check} is said in ${locale} with its place and its figures as people write them`, () => {
        const difference = differenceOf(check);
        const text = differenceText(difference, wordsOf(locale));
        expect(text)
          .to.match(/^[A-ZÄÖÜ].*[.)]$/)
          .and.not.match(/\{\{|undefined|null/);
        expect(text, 'a checksum says nothing to a reader').not.to.match(/a{8}|b{8}/);
        expect(text, 'no raw cents').not.to.match(/1234500|987600/);
        if (CHECKS[check].figures === 'money') {
          expect(text)
            .to.contain(formatMoney(1_234_500, 'EUR', locale))
            .and.contain(formatMoney(987_600, 'EUR', locale));
        }
        const { place } = difference;
        if ('name' in place && place.kind !== 'month') expect(text).to.contain(place.name);
        expect(differenceAdvice(difference, I18N.translator(locale))).to.match(/^(Bitte|Please) .*\.$/);
      });
    }
  }

  it('leads to the page of what is off', () => {
    expect(differenceHref(differenceOf('balance'))).to.equal('/admin/vouchers/7');
    expect(differenceHref(differenceOf('line_in_ledger'))).to.equal('/admin/redemptions/9');
    expect(differenceHref(differenceOf('campaign_budget'))).to.equal('/admin/campaigns/4');
    expect(differenceHref(differenceOf('month_entries'))).to.equal('/admin/accounting/periods');
    expect(differenceHref(differenceOf('circle_numbers'))).to.equal('/admin/accounting/numbers');
    expect(differenceHref(differenceOf('order_paid'))).to.equal('/admin/orders/5');
    expect(differenceHref(differenceOf('till_cash'))).to.equal('/admin/counter/shifts/6');
    expect(differenceHref(differenceOf('file_bytes'))).to.equal('/admin/accounting/exports/3');
    expect(differenceHref(differenceOf('record_changed'))).to.equal(null);
    expect(differenceHref(differenceOf('seal_root'))).to.equal(null);
  });

  it('names months and number circles in words', () => {
    expect(differenceText(differenceOf('month_entries'), wordsOf('de'))).to.contain('Juni 2026');
    expect(differenceText(differenceOf('circle_numbers'), wordsOf('de'))).to.contain('Rechnung 2026');
    expect(differenceText(differenceOf('circle_numbers'), wordsOf('en'))).to.contain('Invoice 2026');
  });
});
