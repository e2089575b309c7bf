import { expect } from 'chai';
import { paymentRecords } from '../../../../src/features/accounting/reports/payment-sheet-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('payment records of a sheet', (database) => {
  it('are none where nothing was paid', async () => {
    for await (const records of paymentRecords(database().knex, { booking: null, from: null, to: null }))
      expect(records).to.deep.equal([]);
  });
});
