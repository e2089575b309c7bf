import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FILTER_NAMES,
  namedRuleFilters,
  voucherFilter,
} from '../../../../src/features/vouchers/list/voucher-filter-fields.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const german = (file: string): Record<string, Record<string, unknown>> =>
  JSON.parse(readFileSync(join(ROOT, 'locales', 'de', file), 'utf8')) as Record<string, Record<string, unknown>>;
const list = readFileSync(join(ROOT, 'views', 'vouchers', 'list', 'list.hbs'), 'utf8');

describe('the filters of the list of vouchers', () => {
  for (const name of FILTER_NAMES) {
    it(`have a field, a name in files, and a word for each value: ${name}`, () => {
      expect(list).to.match(name === 'campaign' ? /\{\{> campaign-filter / : new RegExp(`name="${name}"`));
      expect(german('exchange.json')['filter']?.[name]).to.be.a('string');
      for (const value of voucherFilter(name).values ?? [])
        expect(german('vouchers.json')[name]?.[value], value).to.be.a('string');
    });
  }

  it('know which of them ask for a column of the rules', () => {
    expect(namedRuleFilters({ motif: '1', brand: 'B' })).to.deep.equal(['brand', 'motif']);
    expect(namedRuleFilters({})).to.deep.equal([]);
  });
});
