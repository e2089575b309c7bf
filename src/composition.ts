import type { Express, Router } from 'express';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/env.ts';
import { API_PATH, createApp } from './app.ts';
import { apiRoutes } from './api-routes.ts';
import { accountingPages } from './features/accounting/accounting-pages.ts';
import { accountingWorkbookJob } from './features/accounting/workbook-job.ts';
import { auditDataJob } from './features/accounting/audit-data-job.ts';
import { closeJob, proofJob } from './features/accounting/close-job.ts';
import { exportJob } from './features/accounting/export-job.ts';
import { createSealer } from './features/accounting/seal-job.ts';
import { catalogueImportJob } from './features/catalogue/catalogue-import-job.ts';
import { catalogueImportPages } from './features/catalogue/catalogue-import-pages.ts';
import { cataloguePages } from './features/catalogue/catalogue-pages.ts';
import { regionPages } from './features/catalogue/region-pages.ts';
import { codeRunJob } from './features/campaigns/code-run-job.ts';
import { approvalPages } from './features/vouchers/approval-pages.ts';
import { voucherCorrectionPages } from './features/vouchers/voucher-correction-pages.ts';
import { derecognitionJob } from './features/vouchers/derecognition-job.ts';
import { createNightlyExpiryRefunds, expiryRefundJob } from './features/vouchers/expiry-refund-job.ts';
import { derecognitionPages } from './features/vouchers/derecognition-pages.ts';
import { campaignCodePages } from './features/vouchers/campaign-code-pages.ts';
import { campaignEditPages } from './features/vouchers/campaign-edit-pages.ts';
import { campaignListPages } from './features/vouchers/campaign-list-pages.ts';
import { campaignMemberPages } from './features/vouchers/campaign-member-pages.ts';
import { campaignReportPages } from './features/vouchers/campaign-report-pages.ts';
import { campaignCodesJob } from './features/campaigns/code-job.ts';
import { BROWSER_PATHS } from './features/booking/hold-api.ts';
import { dashboardPages } from './features/dashboard/dashboard-pages.ts';
import { findHoldByToken } from './features/booking/hold-service.ts';
import { demoFlowPages } from './features/booking/demo-flow-pages.ts';
import { bookingTestPages } from './features/booking/booking-test-pages.ts';
import { holdPages } from './features/booking/hold-pages.ts';
import { releaseHoldsJob } from './features/booking/hold-release-job.ts';
import { replayJob } from './features/booking/replay-job.ts';
import { replayPages } from './features/booking/replay-pages.ts';
import { redemptionPages } from './features/booking/redemption-pages.ts';
import { reversalPages } from './features/booking/reversal-pages.ts';
import { apiKeyPages } from './features/staff/api-key-pages.ts';
import { createAccountService } from './features/staff/account-service.ts';
import { passwordPages } from './features/staff/password-pages.ts';
import { profilePages } from './features/staff/profile-pages.ts';
import { userPages } from './features/staff/user-pages.ts';
import { createApiKeyService } from './features/staff/api-key-service.ts';
import { auditPages } from './features/staff/audit-pages.ts';
import { connectMailServer } from './features/documents/delivery-mail.ts';
import { createMailDelivery } from './features/documents/mail-delivery-service.ts';
import { createMailRoom } from './features/documents/mail-service.ts';
import { mailTextPages } from './features/documents/mail-text-pages.ts';
import { motifPages } from './features/documents/motif-pages.ts';
import { bouncePages } from './features/documents/bounce-pages.ts';
import { outboxPages } from './features/documents/outbox-pages.ts';
import { createVoucherPrints, embeddedFonts } from './features/documents/print-service.ts';
import { documentSettingsPages } from './features/settings/document-settings-pages.ts';
import { voucherDocumentPages } from './features/vouchers/voucher-document-pages.ts';
import { createMorningReminders, remindersJob } from './features/vouchers/voucher-reminder-job.ts';
import { voucherDraftPages } from './features/vouchers/voucher-draft-pages.ts';
import { pdfName, voucherPdf } from './features/vouchers/voucher-document-service.ts';
import { createPrinter } from './platform/chromium.ts';
import { jobPages } from './features/staff/job-pages.ts';
import { loadUser, loginPages } from './features/staff/login-pages.ts';
import { sealPlainFactors } from './features/staff/factor-service.ts';
import { createLoginService } from './features/staff/login-service.ts';
import { fourEyesSettingsPages } from './features/settings/four-eyes-settings-pages.ts';
import { reversalSettingsPages } from './features/settings/reversal-settings-pages.ts';
import { settingsPages } from './features/settings/settings-pages.ts';
import { shopSettingsPages } from './features/settings/shop-settings-pages.ts';
import { stackingPages } from './features/settings/stacking-pages.ts';
import { bootstrapAdmin, namesOfActors } from './features/staff/user-service.ts';
import { voucherLedgerPages } from './features/vouchers/voucher-history-pages.ts';
import { voucherFamilyPages } from './features/vouchers/voucher-family-pages.ts';
import { voucherRefundPages } from './features/vouchers/voucher-refund-pages.ts';
import { counterPages } from './features/counter/counter-pages.ts';
import { counterSalePages } from './features/counter/counter-sale-pages.ts';
import { shiftPages } from './features/counter/shift-pages.ts';
import { chargebackPages } from './features/orders/chargeback-pages.ts';
import { holderPages } from './features/orders/holder-pages.ts';
import { orderDetailPages } from './features/orders/order-detail-pages.ts';
import { orderListPages } from './features/orders/order-list-pages.ts';
import { createPaymentCodePictures } from './features/orders/order-payment-code-service.ts';
import { settleOrdersJob } from './features/orders/order-settle-job.ts';
import { statementPages } from './features/orders/statement-pages.ts';
import { orderStatusPages } from './features/orders/order-status-pages.ts';
import { createInvoicePrints } from './features/orders/partner-invoice-document-service.ts';
import { restMailJob } from './features/orders/rest-mail-job.ts';
import { partnerInvoicesJob } from './features/orders/partner-invoice-job.ts';
import { partnerInvoicePages } from './features/orders/partner-invoice-pages.ts';
import { partnerRunJob } from './features/orders/partner-run-job.ts';
import { partnerSettlementPages } from './features/orders/partner-settlement-pages.ts';
import { partnerSalesJob } from './features/orders/partner-sales-job.ts';
import { partnerStatementJob } from './features/orders/partner-statement-job.ts';
import { partnerStatementPages } from './features/orders/partner-statement-pages.ts';
import { settlementWorkbookJob } from './features/orders/partner-workbook-job.ts';
import { shopPages } from './features/orders/shop-pages.ts';
import { voucherPrintJob } from './features/vouchers/voucher-print-job.ts';
import { voucherBulkJob } from './features/vouchers/voucher-bulk-job.ts';
import { voucherPages } from './features/vouchers/voucher-pages.ts';
import { voucherExportJob } from './features/transfer/voucher-export-job.ts';
import { voucherExportPages } from './features/transfer/voucher-export-pages.ts';
import { sheetApplyJob } from './features/transfer/sheet-apply-job.ts';
import { sheetCheckJob } from './features/transfer/sheet-check-job.ts';
import { voucherSheetJob } from './features/transfer/sheet-job.ts';
import { sheetPages } from './features/transfer/sheet-pages.ts';
import { voucherImportJob } from './features/transfer/import-job.ts';
import { importPages } from './features/transfer/import-pages.ts';
import { createNightlyTidying, tidyingJob } from './features/tidying/tidying-job.ts';
import { archivePages } from './features/tidying/archive-pages.ts';
import { personDataPages } from './features/tidying/person-data-pages.ts';
import { tidyingPages } from './features/tidying/tidying-pages.ts';
import { MENU, withoutDemo } from './menu.ts';
import { createApiGate } from './platform/api-gate.ts';
import { apiRouter } from './platform/api-route.ts';
import { createAssets } from './platform/assets.ts';
import type { Clock } from './platform/clock.ts';
import { browserAccess } from './platform/cors.ts';
import type { Database } from './platform/db.ts';
import { createFileStore } from './platform/files.ts';
import { createHealth, type Health } from './platform/health.ts';
import { htmlShell } from './platform/html-shell.ts';
import { createI18n, toLocale } from './platform/i18n.ts';
import { createJobFileExpiry } from './platform/job-file-expiry.ts';
import { createWorker } from './platform/job-queue.ts';
import type { Log } from './platform/log.ts';
import { createWrongCodeLimiter } from './platform/rate-limit.ts';
import { sessionMiddleware } from './platform/session.ts';
import { createVault } from './platform/vault.ts';
import { createViews } from './platform/views.ts';

export interface Outside {
  readonly config: Config;
  readonly sessionSecret: string;
  /** Encrypts the secrets of second factors. */
  readonly factorKey: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** What works in the background of a process between start and stop. */
export interface Background {
  start(): void;
  /** Ends when what runs has come to a place where it can stop. */
  stop(): Promise<void>;
}

export interface Composition {
  readonly app: Express;
  readonly health: Health;
  readonly background: readonly Background[];
  /** Makes what the environment names and the database lacks. */
  bootstrap(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..');
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };

/** Every service once, put together: the same for the product and for its tests. */
export function compose({ config, sessionSecret, factorKey, database, clock, log }: Outside): Composition {
  const isDevelopment = config.environment === 'development';
  const strict = config.environment !== 'production';
  const secure = config.isSecure;

  const apiKeys = createApiKeyService(database, clock);
  const vault = createVault(factorKey);
  const logins = createLoginService(database, clock, vault);

  const files = createFileStore(join(config.dataDir, 'files'));
  const health = createHealth(database);
  const assets = createAssets({ root: ROOT, cache: !isDevelopment });
  const i18n = createI18n({ directory: join(ROOT, 'locales'), strict });
  const views = createViews({ directory: join(ROOT, 'views'), assets, timeZone: config.businessTimezone, strict, cache: !isDevelopment });

  const wrongCodes = createWrongCodeLimiter(database, clock);
  const gate = createApiGate({
    authenticateKey: (token) => apiKeys.authenticate(token),
    findHoldByToken: (token) => findHoldByToken(database, token),
    originsOf: async (actor) => (await apiKeys.browserOrigins()).get(actor) ?? [],
    rateHeaders: (caller, client, address) => wrongCodes.headers({ caller, client, address }),
  });
  const renderView = (view: string, data: object): string => views.render(view, data).toString();
  const printer = createPrinter({ executable: config.chromiumPath });
  const prints = createVoucherPrints({ printer, root: ROOT, renderView });
  const invoicePrints = createInvoicePrints({ printer, fonts: embeddedFonts(ROOT), renderView, i18n });
  const mails = createMailRoom(i18n);
  const people = { database, clock, mails, vault, baseUrl: config.baseUrl };
  const accounts = createAccountService(people);
  const documents = { database, prints, mails, i18n, baseUrl: config.baseUrl };
  const invoicing = { database, mails, timeZone: config.businessTimezone };
  const pictureOf = createPaymentCodePictures(database, i18n);
  const delivery = createMailDelivery({
    database,
    clock,
    server: config.smtpUrl === null ? null : connectMailServer(config.smtpUrl),
    mails,
    host: new URL(config.baseUrl).hostname,
    renderView,
    filesFor: (attachment, locale) =>
      Promise.all(
        attachment.ids.map(async (id) => {
          if (attachment.kind === 'partner_invoices') return invoicePrints.file(database.knex, id);
          if (attachment.kind === 'partner_run_parts') return invoicePrints.runFile(database.knex, id);
          const language = toLocale(locale) ?? config.defaultLocale;
          const content = await voucherPdf(documents, id, 'a4', language, { now: clock.now(), today: clock.today() });
          return { filename: pdfName({ id }, language), content, contentType: 'application/pdf' };
        }),
      ),
    pictureOf,
    reportFailure: (error) => {
      log.error({ err: error }, 'mail');
    },
  });
  const links = { baseUrl: config.baseUrl };
  const isKnownOrigin = async (origin: string): Promise<boolean> => [...(await apiKeys.browserOrigins()).values()].some((origins) => origins.includes(origin));
  const api = [browserAccess(BROWSER_PATHS, isKnownOrigin), apiRouter(apiRoutes({ database, clock, i18n, wrongCodes, documents, links, webhookSecret: config.paymentWebhookSecret, mailWebhookSecret: config.mailWebhookSecret }, API_PATH), gate)];
  const worker = createWorker({
    database,
    handlers: [
      campaignCodesJob(database, clock),
      codeRunJob(database, files, clock),
      derecognitionJob(database, clock),
      expiryRefundJob(database, clock),
      catalogueImportJob(database, files, clock),
      voucherBulkJob({ database, files, clock, i18n, documents }),
      voucherPrintJob({ database, files, clock, i18n, documents }),
      releaseHoldsJob(database, clock),
      replayJob({ database, files, i18n }),
      settleOrdersJob(database, clock, links),
      tidyingJob({ database, clock, links }),
      voucherImportJob({ database, files, clock, i18n }),
      voucherExportJob({ database, files, clock, i18n, timeZone: config.businessTimezone, version: VERSION }),
      voucherSheetJob({ database, files, clock, i18n, timeZone: config.businessTimezone, version: VERSION }),
      sheetCheckJob({ database, files, clock, i18n }),
      sheetApplyJob({ database, files, clock }),
      exportJob(database, clock, config.businessTimezone),
      accountingWorkbookJob({ database, files, clock, i18n, timeZone: config.businessTimezone, version: VERSION, namesOfActors: (actors) => namesOfActors(database, actors) }),
      closeJob(database, clock),
      proofJob(database, clock),
      auditDataJob(database, files, config.auditDtdPath),
      partnerInvoicesJob(invoicing, clock),
      restMailJob(documents, clock),
      partnerRunJob(invoicing, clock),
      partnerSalesJob(database, clock),
      remindersJob(documents, clock),
      partnerStatementJob(invoicing, clock),
      settlementWorkbookJob({ database, files, clock, i18n, timeZone: config.businessTimezone, version: VERSION }),
    ],
    clock,
    reportFailure: (error) => {
      log.error({ err: error }, 'job');
    },
  });
  const sealer = createSealer({
    database,
    clock,
    timeZone: config.businessTimezone,
    reportFailure: (error) => {
      log.error({ err: error }, 'seal');
    },
  });
  const fileExpiry = createJobFileExpiry({
    database,
    files,
    clock,
    reportFailure: (error) => {
      log.error({ err: error }, 'job files');
    },
  });
  const nightlyExpiryRefunds = createNightlyExpiryRefunds({ database, clock }, config.businessTimezone, (error) => {
    log.error({ err: error }, 'expiry refunds');
  });
  const morningReminders = createMorningReminders(documents, clock, config.businessTimezone, (error) => {
    log.error({ err: error }, 'reminders');
  });
  const nightlyTidying = createNightlyTidying({ database, clock, links }, config.businessTimezone, (error) => {
    log.error({ err: error }, 'tidying');
  });
  const catalogue = { database, clock, files };
  const settings = { database, clock, namesOfActors: (actors: readonly string[]) => namesOfActors(database, actors) };
  const booking = { ...settings, timeZone: config.businessTimezone };
  const pages: Router[] = [
    loginPages(logins, { secure, clock }),
    passwordPages(accounts),
    profilePages(accounts, clock),
    userPages({ people, accounts, hasServer: config.smtpUrl !== null }),
    dashboardPages({ database, clock }),
    apiKeyPages(apiKeys),
    auditPages({ database, clock, timeZone: config.businessTimezone, hasText: (key) => i18n.has(key) }),
    archivePages({ database, clock }),
    tidyingPages({ database, clock, links }),
    personDataPages({ database, clock, timeZone: config.businessTimezone }),
    jobPages({ database, clock, files, hasText: (key) => i18n.has(key) }),
    catalogueImportPages(catalogue),
    regionPages(catalogue),
    cataloguePages(catalogue),
    accountingPages({ ...settings, timeZone: config.businessTimezone, hasText: (key) => i18n.has(key) }),
    settingsPages(settings),
    shopSettingsPages(settings),
    reversalSettingsPages(settings),
    fourEyesSettingsPages(settings),
    stackingPages(settings),
    documentSettingsPages(settings),
    bouncePages({ database, clock }),
    outboxPages({ database, clock, renderView, pictureOf, hasServer: config.smtpUrl !== null }),
    mailTextPages({ database, clock, mails }),
    motifPages({ database, clock }),
    voucherDocumentPages(documents, clock),
    voucherDraftPages(documents, clock),
    voucherFamilyPages({ database, clock }),
    voucherLedgerPages({ database, clock }),
    voucherRefundPages({ database, clock }),
    derecognitionPages({ database, clock }),
    approvalPages({ database, clock }),
    voucherCorrectionPages({ database, clock }),
    replayPages({ ...booking, files }),
    bookingTestPages({ ...booking, hasDemo: config.environment !== 'production' }),
    holdPages(booking),
    reversalPages(booking),
    redemptionPages(booking),
    campaignListPages({ database, clock, timeZone: config.businessTimezone }),
    campaignMemberPages({ database, clock }),
    campaignCodePages({ database, clock, files }),
    campaignReportPages({ database, clock, timeZone: config.businessTimezone }),
    campaignEditPages({ database, clock }),
    importPages({ database, clock, files }),
    voucherExportPages({ database, clock }),
    sheetPages({ database, clock, files }),
    orderListPages({ database, clock, links }),
    voucherPages({ database, clock }),
    shopPages({ database, clock, links }),
    orderStatusPages({ database, clock }),
    counterSalePages({ database, clock, links, documents, wrongCodes }),
    shiftPages({ database, clock }),
    counterPages({ database, clock, links, documents, wrongCodes }),
    holderPages({ database, clock, documents, wrongCodes }),
    statementPages({ database, clock, links }),
    orderDetailPages({ database, clock, links }),
    chargebackPages({ database, clock, links }),
    partnerInvoicePages({ ...invoicing, clock, prints: invoicePrints }),
    partnerSettlementPages({ ...invoicing, clock, prints: invoicePrints }),
    partnerStatementPages({ ...invoicing, clock, prints: invoicePrints, files }),
  ];
  // It books without a login, which is right for invented vouchers only.
  if (config.environment !== 'production') pages.push(demoFlowPages({ database, clock, wrongCodes }));
  const app = createApp({
    log,
    health,
    trustProxy: config.trustProxy,
    secure,
    assets,
    api,
    htmlShell: htmlShell({
      views,
      i18n,
      menu: config.environment === 'production' ? withoutDemo(MENU) : MENU,
      defaultLocale: config.defaultLocale,
      publicUrl: config.publicUrl,
      session: sessionMiddleware({
        knex: database.knex,
        secret: sessionSecret,
        secure,
        reportFailure: (error) => {
          log.error({ err: error }, 'sessions');
        },
      }),
      loadUser: loadUser(logins),
      uploadDirectory: join(config.dataDir, 'uploads'),
    }),
    pages,
  });

  const printing = {
    start: () => undefined,
    // A document that a job or a mail is waiting for is printed first: a browser closed under it would be opened anew.
    stop: async () => {
      await Promise.all([worker.stop(), delivery.stop()]);
      await printer.close();
    },
  };

  return {
    app,
    health,
    background: [worker, fileExpiry, sealer, nightlyTidying, nightlyExpiryRefunds, morningReminders, delivery, printing],
    bootstrap: async () => {
      const closed = await sealPlainFactors(database, vault);
      if (closed > 0) log.warn({ people: closed }, 'the key of the second factors does not fit: these people sign in with a recovery code and set up their factor anew');
      const { bootstrapAdmin: admin, bootstrapApiKey } = config;
      if (admin !== null) await bootstrapAdmin(database, clock, admin.email, admin.password);
      if (bootstrapApiKey !== null) await apiKeys.bootstrap(bootstrapApiKey);
    },
  };
}
