import { expect } from 'chai';
import { checkView } from '../../../../src/features/exchange/import/import-check-view.ts';
import type { ImportCheck, ImportPayload } from '../../../../src/features/exchange/import/import-service.ts';
import { QUIET_NIGHT } from '../../../../src/features/exchange/import/import-night-service.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';

describe('what a check of an import shows', () => {
  const words = { t: createI18n({ directory: 'locales', strict: true }).translator('de'), locale: 'de' as const };
  const payload: ImportPayload = {
    token: 'v1',
    fileName: 'alt.csv',
    mapping: {},
    title: '',
    type: 'purchase',
    policy: 'skip',
    isCheck: true,
    actor: 'user:1',
    locale: 'de',
  };
  const found: ImportCheck = { good: 2, bad: 1, skipped: 0, value: 5000, rest: 4000, problems: [] };
  const shown = (check: Partial<ImportCheck>, more: Partial<ImportPayload> = {}) =>
    checkView({ state: 'done', check: { ...found, ...check }, payload: { ...payload, ...more } }, 'EUR', words);

  it('is ready to be started where a row is good, and not where one is wrong and all shall wait for it', () => {
    expect(shown({}).mayStart).to.equal(true);
    expect(shown({ good: 0 }).mayStart).to.equal(false);
    expect(shown({}, { policy: 'stop' })).to.include({ isBlocked: true, mayStart: false });
  });

  it('says what the first night would do, and warns of payouts', () => {
    const paidOut = { vouchers: 2, rest: 3000 };
    const view = shown({ night: { ...QUIET_NIGHT, expired: paidOut, paidOut } });
    expect(view.isPaidOut).to.equal(true);
    expect(view.night).to.have.length(4);
    expect(view.night[1]).to.contain('2 Gutscheine würden zur Auszahlung vorgesehen');
    expect(shown({ night: QUIET_NIGHT }).isPaidOut).to.equal(false);
  });

  it('can be read of checks from before the night was told', () => {
    expect(shown({})).to.deep.include({ night: [], isPaidOut: false, withoutFunding: 0, moreProblems: 1 });
  });
});
