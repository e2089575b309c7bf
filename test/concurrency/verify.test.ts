import { expect } from 'chai';
import { describeOnBothDatabases } from '../support/databases.ts';
import { expectSoundUnderTraffic } from './verify-under-traffic.ts';

describeOnBothDatabases('the check of the books', (database) => {
  it('never alarms while vouchers are redeemed and given back, and a month is closed meanwhile', async () => {
    const { redeemed } = await expectSoundUnderTraffic(database(), { vouchers: 20, checks: 5, redeemers: 4 });
    expect(redeemed).to.be.greaterThan(10);
  }).timeout(120_000);
});
