import { expect } from 'chai';
import { firmName } from '../../../../src/features/accounting/ledger/firm-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import {
  changeDocumentSettings,
  documentSettings,
} from '../../../../src/features/settings/document-settings-service.ts';
import { changeShopSettings, shopSettings } from '../../../../src/features/settings/shop-settings-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('whose books they are', (database) => {
  it('is the name nearest to the books that somebody has given', async () => {
    const { knex } = database();
    expect(await firmName(knex)).to.equal('');
    await changeShopSettings(database(), { ...(await shopSettings(knex)), companyName: 'Laden GmbH' }, 'test', 1);
    expect(await firmName(knex)).to.equal('Laden GmbH');
    await changeDocumentSettings(
      database(),
      { ...(await documentSettings(knex)), companyName: 'Reisen GmbH' },
      'test',
      2,
    );
    expect(await firmName(knex)).to.equal('Reisen GmbH');
    const { id, setup } = await currentSetup(knex);
    const named = { ...setup, company: { ...setup.company, name: 'Bücher GmbH' } };
    await saveSetup(database(), named, id, null, 'test', 3);
    expect(await firmName(knex)).to.equal('Bücher GmbH');
  });
});
