import { expect } from 'chai';
import {
  changeGeneralSettings,
  followEntryRules,
  generalSettings,
} from '../../../src/features/settings/general-settings-service.ts';
import { amountLimit, setAmountLimit, USUAL_AMOUNT_LIMIT } from '../../../src/platform/process/amount-limit.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('the general settings', (database) => {
  afterEach(() => {
    setAmountLimit(USUAL_AMOUNT_LIMIT);
  });

  it('set the highest amount at once here, and in another process when it looks', async () => {
    const before = await generalSettings(database().knex);
    await changeGeneralSettings(database(), { ...before, maxAmount: 7_000 }, 'user:1', 1);
    expect(amountLimit()).to.equal(7_000);
    setAmountLimit(USUAL_AMOUNT_LIMIT);
    await followEntryRules(database().knex);
    expect(amountLimit()).to.equal(7_000);
  });
});
