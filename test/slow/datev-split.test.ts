import { expectSplit } from '../features/accounting/datev/split-month.ts';
import { describeOn } from '../support/databases.ts';

describeOn('SQLite', 'a month of more bookings than DATEV takes in one file', (database) => {
  it('is split after 99,999 rows, and nothing is lost or doubled', async () => {
    await expectSplit(database(), { bookings: 100_001, sizes: [99_999, 2] });
  }).timeout(600_000);
});
