import { join } from 'node:path';
import { expect } from 'chai';
import { keepProcedure, readProcedure } from '../../../../src/features/accounting/proof/procedure-service.ts';
import { changeShopSettings } from '../../../../src/features/settings/shop-settings-service.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import type { Shell } from '../../../../src/platform/process/feature.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { SHOP } from '../../../support/shop.ts';

describeOnBothDatabases('a version of the description of procedures', (database) => {
  const i18n = createI18n({ directory: join(import.meta.dirname, '../../../../locales'), strict: false });
  const shell = () =>
    ({
      database: database(),
      i18n,
      clock: fixedClock('2026-07-05T10:00:00Z'),
      timeZone: 'Europe/Berlin',
      version: '0.3.0',
    }) as unknown as Shell;

  it('is made only where something it names has changed', async () => {
    const first = await keepProcedure(shell(), 'user:1');
    expect(await keepProcedure(shell(), 'user:2')).to.deep.equal(first);
    await changeShopSettings(database(), SHOP, 'test', 1);
    expect(await keepProcedure(shell(), 'user:2')).to.deep.equal(first);
    const later = { ...shell(), version: '0.4.0' };
    expect((await keepProcedure(later, 'user:2')).id).to.equal('2');
    const { said } = await readProcedure(database().knex, first.id);
    expect(said).to.include({ program: '0.3.0', currency: 'EUR', timeZone: 'Europe/Berlin' });
    expect(said.accounts).to.deep.include({ role: 'V_KAUF', label: 'Ausgegebene Kaufgutscheine', account: '1796' });
  });
});
