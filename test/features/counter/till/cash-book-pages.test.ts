import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the page of the cash book', (database) => {
  let till: TillPages;
  const PATH = '/admin/counter/cash-book';

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('takes a month or a day, in the forms people type them in', async () => {
    await till.agent.get(PATH);
    for (const period of ['2026-06', '06.2026', '6/2026', '15.06.2026', '2026-06-15'])
      expect((await till.agent.post(PATH, { till: 'Kasse 1', period })).location, period).to.match(
        /^\/admin\/jobs\/\d+$/,
      );
  });

  it('says what a period is, and keeps what was typed', async () => {
    for (const period of ['', '13.2026', 'neulich']) {
      const refused = await till.agent.post(PATH, { till: 'Kasse 1', period });
      expect([refused.status, refused.html.includes('einen Tag oder einen Monat')], period).to.deep.equal([422, true]);
    }
  });
});
