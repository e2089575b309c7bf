import type { Connection } from '../../../platform/data/db.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { currentSetup } from './setup-service.ts';

/** Whose books and files they are: as named beside the accounts, else as on vouchers, else as in the shop; empty: nowhere named. */
export async function firmName(connection: Connection): Promise<string> {
  const { setup } = await currentSetup(connection);
  if (setup.company.name !== '') return setup.company.name;
  const { companyName } = await documentSettings(connection);
  return companyName === '' ? (await shopSettings(connection)).companyName : companyName;
}
