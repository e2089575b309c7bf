import { expect } from 'chai';
import { rulesFromBody, type RulesBody } from '../../../../src/features/vouchers/rules/rules-service.ts';
import { nightCounter, QUIET_NIGHT } from '../../../../src/features/exchange/import/import-night-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the first night of vouchers that are taken over', (database) => {
  const taken = (paidOn: string | null, rest: number | null, more: Partial<RulesBody> = {}) => ({
    code: 'ALT-1',
    rules: rulesFromBody(
      { type: 'settlement', title: 'Alt', funding: 'transfer', value: { originalValue: 10_000 }, ...more },
      'EUR',
    ),
    paidOn,
    rest,
    recipient: null,
    note: null,
    campaign: null,
  });

  it('counts what is past its end, what would be paid out and what is over, and nothing else', async () => {
    const count = await nightCounter(database().knex, '2026-11-30');
    const ended = { validity: { bookUntil: '2026-11-30' } };
    const found = [
      taken('2026-02-01', 1000, ended),
      taken('2026-02-01', 2000, { ...ended, refundOnExpiry: true }),
      taken('2021-02-01', 4000, { validity: { bookUntil: '2022-12-31' } }),
      taken('2021-02-01', 8000, { validity: { bookUntil: '2022-12-31' }, refundOnExpiry: true }),
      taken('2021-02-01', 16_000, { validity: { bookUntil: '2032-12-31' } }),
      taken('2021-02-01', 32_000, { validity: { bookUntil: '2022-12-31' }, funding: 'goodwill' }),
      taken('2026-02-01', 0, ended),
      taken(null, null, ended),
    ].reduce(count, QUIET_NIGHT);
    expect(found).to.deep.equal({
      expired: { vouchers: 4, rest: 15_000 },
      paidOut: { vouchers: 1, rest: 2000 },
      over: { vouchers: 1, rest: 4000 },
    });
  });
});
