import { expect } from 'chai';
import { formatNumber, reportCircles, yearOf } from '../../src/features/accounting/ledger/number-service.ts';
import { dayOf } from '../../src/platform/process/clock.ts';
import { apiClient } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startServerProcess } from '../support/server-process.ts';

const VOUCHERS = 200;
const KILLED_AFTER = 40;

describeOnBothDatabases('a process killed amid numbers', (database) => {
  it('leaves no gap in the circle, and no voucher without a number', async function () {
    this.timeout(120_000);
    const server = await startServerProcess({ DATABASE_URL: database().url });
    const api = apiClient(server.url);
    let created = 0;
    const work = Array.from({ length: VOUCHERS }, async (_unused, index) => {
      const answer = await api
        .post('/vouchers', {
          type: 'purchase',
          title: `Nummer ${index}`,
          paidAt: '2026-01-02',
          value: { originalValue: 100 },
        })
        .catch(() => null);
      if (answer?.status === 201 && ++created === KILLED_AFTER) void server.kill('SIGKILL');
      return answer;
    });
    const answers = await Promise.all(work);
    await server.kill('SIGKILL');
    expect(
      answers.filter((answer) => answer === null),
      'requests that the kill left without an answer',
    ).not.to.have.lengthOf(0);
    const year = yearOf(dayOf(Date.now(), 'Europe/Berlin'));
    const rows = await database().knex('vouchers').orderBy('id').select<{ number: string | null }[]>('number');
    const numbers = rows.map(({ number }) => number).sort();
    expect(numbers.length).to.be.at.least(KILLED_AFTER);
    expect(numbers).to.deep.equal(numbers.map((_number, index) => formatNumber('voucher', year, index + 1)));
    const [circle] = (await reportCircles(database().knex)).filter((one) => one.circle === 'voucher');
    expect(circle).to.include({ last: numbers.length, issued: numbers.length }).and.to.have.property('gaps').that.is
      .empty;
  });
});
