import { expect } from 'chai';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { listVouchers, type ListQuery } from '../../../../src/features/vouchers/list/voucher-list-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the list of vouchers', (database) => {
  const moment = fixedClock('2026-06-10T10:00:00Z').moment();
  const titles = async (query: ListQuery): Promise<string[]> =>
    (await listVouchers(database(), { ...query, limit: 10 }, moment)).items.map(({ title }) => title);

  before(async () => {
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal', parent: null }, 'test', moment.now);
    await saveEntry(database(), 'brand', { id: 'alpin', name: 'Alpin', parent: null }, 'test', moment.now);
    for (const [title, restrictions] of [
      ['for nobody', {}],
      ['for the partner', { partner: 'citydeal' }],
      ['for the brand', { brand: 'alpin' }],
      ['for both', { partner: 'citydeal', brand: 'alpin' }],
    ] as const)
      await createVoucher(
        database(),
        { actor: 'test', moment },
        {
          type: 'discount',
          title,
          paidAt: '2026-06-01',
          value: { tiers: [{ percent: 10, minTripPrice: 0 }] },
          restrictions,
        },
      );
  });

  it('is narrowed by each column of the rules, alone and together, in every order', async () => {
    for (const sort of ['-createdAt', 'title', 'bookUntil']) {
      expect(await titles({ partner: 'citydeal', sort }), sort).to.have.members(['for the partner', 'for both']);
      expect(await titles({ brand: 'alpin', sort }), sort).to.have.members(['for the brand', 'for both']);
      expect(await titles({ partner: 'citydeal', brand: 'alpin', sort }), sort).to.deep.equal(['for both']);
      expect(await titles({ partner: 'alpin', sort }), sort).to.deep.equal([]);
      expect(await titles({ motif: '999', sort }), sort).to.deep.equal([]);
    }
    expect(await titles({ sort: 'title' })).to.deep.equal([
      'for both',
      'for nobody',
      'for the brand',
      'for the partner',
    ]);
  });
});
