import { describeOn } from '../../../support/databases.ts';
import { expectSplit } from './split-month.ts';

// With what DATEV really takes this is run by "npm run test:slow".
describeOn('SQLite', 'a month of more bookings than one file may have', (database) => {
  it('is split amid the rows that are read at once, and nothing is lost or doubled', async () => {
    await expectSplit(database(), { bookings: 4501, perFile: 2999, sizes: [2999, 1502] });
  });
});

describeOn('SQLite', 'a month of exactly as many bookings as one file may have', (database) => {
  it('stays one file', async () => {
    await expectSplit(database(), { bookings: 2000, perFile: 2000, sizes: [2000] });
  });
});
