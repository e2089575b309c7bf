import type { Express } from 'express';
import { API_PATH, createApp } from './app.ts';
import { accountingFeature } from './features/accounting/feature.ts';
import { BROWSER_PATHS, bookingFeature, findHoldByToken } from './features/booking/feature.ts';
import { campaignsFeature } from './features/campaigns/feature.ts';
import { catalogueFeature } from './features/catalogue/feature.ts';
import { counterFeature } from './features/counter/feature.ts';
import { dashboardFeature } from './features/dashboard/feature.ts';
import { demoBookings, demoFeature } from './features/demo/feature.ts';
import { documentsFeature, documentsOf } from './features/documents/feature.ts';
import { exchangeFeature } from './features/exchange/feature.ts';
import { ordersFeature } from './features/orders/feature.ts';
import { partnersFeature } from './features/partners/feature.ts';
import { settingsFeature } from './features/settings/feature.ts';
import { namesOfActors, staffFeature, type StaffFeature } from './features/staff/feature.ts';
import { tidyingFeature } from './features/tidying/feature.ts';
import { vouchersFeature } from './features/vouchers/feature.ts';
import { MENU, withoutDemo } from './menu.ts';
import { pageShell } from './platform/html/html-shell.ts';
import { apiLanguage } from './platform/html/i18n.ts';
import { createApiGate } from './platform/http/api/api-gate.ts';
import { apiRouter } from './platform/http/api/api-route.ts';
import { browserAccess } from './platform/http/api/cors.ts';
import { createHealth, type Health } from './platform/http/health.ts';
import { withOpenApi } from './platform/http/api/openapi.ts';
import { backgroundOf } from './platform/jobs/background.ts';
import type { Background } from './platform/jobs/schedule.ts';
import { together, type Feature, type Shell } from './platform/process/feature.ts';
import { createShell, type Outside } from './platform/process/shell.ts';

export interface Composition {
  readonly app: Express;
  readonly health: Health;
  readonly background: Background;
  /** Makes what the environment names and the database lacks. */
  bootstrap(): Promise<void>;
}

/** Every feature once, put together: the same for the product and for its tests. */
export function compose(outside: Outside): Composition {
  const shell = createShell(outside, namesOfActors);
  const { staff, features } = featuresOf(shell);
  const { config, database, wrongCodes } = shell;
  const { apiKeys, loadUser } = staff;
  const gate = createApiGate({ apiKeys, wrongCodes, findHoldByToken: (token) => findHoldByToken(database, token) });
  const all = together(features);
  const menu = config.environment === 'production' ? withoutDemo(MENU) : MENU;
  const health = createHealth(database);
  const app = createApp({
    ...shell,
    ...all,
    health,
    api: [
      apiLanguage(shell.i18n, config.defaultLocale),
      browserAccess(BROWSER_PATHS, (origin) => apiKeys.isBrowserOrigin(origin)),
      apiRouter(withOpenApi(all.api, API_PATH), gate),
    ],
    htmlShell: pageShell(shell, { menu, loadUser, sessionSecret: outside.sessionSecret }),
  });
  return { app, health, background: backgroundOf(shell, all), bootstrap: all.bootstrap };
}

/** All features. What one needs of another above it stands here: what mails bring along, and the trips of the demo. */
export function featuresOf(bare: Shell): { readonly staff: StaffFeature; readonly features: readonly Feature[] } {
  const shell = { ...bare, ...documentsOf(bare) };
  const hasDemo = shell.config.environment !== 'production';
  const staff = staffFeature(shell);
  const vouchers = vouchersFeature(shell);
  const orders = ordersFeature(shell);
  const partners = partnersFeature(shell);
  const files = { ...vouchers.attachments, ...partners.attachments };
  const features = [
    bookingFeature(shell, hasDemo ? demoBookings : () => []),
    vouchers,
    orders,
    partners,
    counterFeature(shell),
    documentsFeature(shell, { files, pictureOf: orders.pictureOf }),
    campaignsFeature(shell),
    exchangeFeature(shell),
    staff,
    settingsFeature(shell),
    catalogueFeature(shell),
    accountingFeature(shell),
    tidyingFeature(shell),
    dashboardFeature(shell),
    ...(hasDemo ? [demoFeature(shell)] : []),
  ];
  return { staff, features };
}
