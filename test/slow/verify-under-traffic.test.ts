import { expect } from 'chai';
import { expectSoundUnderTraffic } from '../concurrency/verify-under-traffic.ts';
import { describeOn } from '../support/databases.ts';

describeOn('MariaDB', '200 checks of the books beside redemptions without a pause', (database) => {
  it('find nothing, and a month is closed', async () => {
    const { redeemed } = await expectSoundUnderTraffic(database(), {
      vouchers: 350,
      checks: 200,
      redeemers: 8,
      pauseMs: 100,
    });
    expect(redeemed).to.be.greaterThan(200);
  }).timeout(1_800_000);
});
