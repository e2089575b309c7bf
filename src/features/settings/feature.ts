import type { Feature, Shell } from '../../platform/process/feature.ts';
import { documentSettingsPages } from './document-settings-pages.ts';
import { followEntryRules } from './general-settings-service.ts';
import { fourEyesSettingsPages } from './four-eyes-settings-pages.ts';
import { invoiceSettingsPages } from './invoice-settings-pages.ts';
import { reversalSettingsPages } from './reversal-settings-pages.ts';
import { settingsRoutes } from './settings-api.ts';
import { settingsPages } from './settings-pages.ts';
import { shopSettingsPages } from './shop-settings-pages.ts';
import { stackingPages } from './stacking/stacking-pages.ts';

/** Rules that hold everywhere. */
export function settingsFeature(shell: Shell): Feature {
  return {
    pages: [
      settingsPages(shell),
      shopSettingsPages(shell),
      reversalSettingsPages(shell),
      fourEyesSettingsPages(shell),
      stackingPages(shell),
      documentSettingsPages(shell),
      invoiceSettingsPages(shell),
    ],
    api: settingsRoutes(shell),
    bootstrap: () => followEntryRules(shell.database.knex),
    scheduled: [{ name: 'entry-rules', at: '* * * * *', run: () => followEntryRules(shell.database.knex) }],
  };
}
