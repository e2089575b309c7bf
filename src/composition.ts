import type { Express, Router } from 'express';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/env.ts';
import { API_PATH, createApp } from './app.ts';
import { apiRoutes } from './api-routes.ts';
import { accountingPages } from './features/accounting/accounting-pages.ts';
import { accountingWorkbookJob } from './features/accounting/reports/workbook-job.ts';
import { auditDataJob } from './features/accounting/proof/audit-data-job.ts';
import { closeJob, proofJob } from './features/accounting/closing/close-job.ts';
import { exportJob } from './features/accounting/datev/export-job.ts';
import { createSealer } from './features/accounting/proof/seal-job.ts';
import { catalogueImportJob } from './features/catalogue/catalogue-import-job.ts';
import { catalogueImportPages } from './features/catalogue/catalogue-import-pages.ts';
import { cataloguePages } from './features/catalogue/catalogue-pages.ts';
import { regionPages } from './features/catalogue/region-pages.ts';
import { codeRunJob } from './features/campaigns/codes/code-run-job.ts';
import { approvalPages } from './features/vouchers/approvals/approval-pages.ts';
import { voucherCorrectionPages } from './features/vouchers/form/voucher-correction-pages.ts';
import { derecognitionJob } from './features/vouchers/ending/derecognition-job.ts';
import { createNightlyExpiryRefunds, expiryRefundJob } from './features/vouchers/ending/expiry-refund-job.ts';
import { derecognitionPages } from './features/vouchers/ending/derecognition-pages.ts';
import { campaignCodePages } from './features/campaigns/pages/campaign-code-pages.ts';
import { campaignEditPages } from './features/campaigns/pages/campaign-edit-pages.ts';
import { campaignListPages } from './features/campaigns/pages/campaign-list-pages.ts';
import { campaignMemberPages } from './features/campaigns/pages/campaign-member-pages.ts';
import { campaignReportPages } from './features/campaigns/pages/campaign-report-pages.ts';
import { campaignCodesJob } from './features/campaigns/codes/code-job.ts';
import { BROWSER_PATHS } from './features/booking/holds/hold-api.ts';
import { dashboardPages } from './features/dashboard/dashboard-pages.ts';
import { findHoldByToken } from './features/booking/holds/hold-service.ts';
import { demoBookings } from './features/demo/trips/demo-trip-service.ts';
import { demoFlowPages } from './features/demo/trips/demo-flow-pages.ts';
import { bookingTestPages } from './features/booking/trials/booking-test-pages.ts';
import { holdPages } from './features/booking/holds/hold-pages.ts';
import { releaseHoldsJob } from './features/booking/holds/hold-release-job.ts';
import { replayJob } from './features/booking/trials/replay-job.ts';
import { replayPages } from './features/booking/trials/replay-pages.ts';
import { redemptionPages } from './features/booking/redemptions/redemption-pages.ts';
import { reversalPages } from './features/booking/reversals/reversal-pages.ts';
import { apiKeyPages } from './features/staff/api-keys/api-key-pages.ts';
import { createAccountService } from './features/staff/people/account-service.ts';
import { passwordPages } from './features/staff/people/password-pages.ts';
import { profilePages } from './features/staff/people/profile-pages.ts';
import { userPages } from './features/staff/people/user-pages.ts';
import { createApiKeyService } from './features/staff/api-keys/api-key-service.ts';
import { auditPages } from './features/staff/audit/audit-pages.ts';
import { connectMailServer } from './features/documents/mail/delivery-mail.ts';
import { createMailDelivery } from './features/documents/mail/mail-delivery-service.ts';
import { createMailRoom } from './features/documents/mail/mail-service.ts';
import { mailTextPages } from './features/documents/mail/mail-text-pages.ts';
import { motifPages } from './features/documents/motifs/motif-pages.ts';
import { bouncePages } from './features/documents/bounces/bounce-pages.ts';
import { outboxPages } from './features/documents/mail/outbox-pages.ts';
import { createVoucherPrints, embeddedFonts } from './features/documents/printing/print-service.ts';
import { documentSettingsPages } from './features/settings/document-settings-pages.ts';
import { voucherDocumentPages } from './features/vouchers/printing/voucher-document-pages.ts';
import { createMorningReminders, remindersJob } from './features/vouchers/ending/voucher-reminder-job.ts';
import { voucherDraftPages } from './features/vouchers/form/voucher-draft-pages.ts';
import { pdfName, voucherPdf } from './features/vouchers/printing/voucher-document-service.ts';
import { createPrinter } from './platform/files/chromium.ts';
import { jobPages } from './features/staff/jobs/job-pages.ts';
import { loadUser, loginPages } from './features/staff/login/login-pages.ts';
import { sealPlainFactors } from './features/staff/login/factor-service.ts';
import { createLoginService } from './features/staff/login/login-service.ts';
import { fourEyesSettingsPages } from './features/settings/four-eyes-settings-pages.ts';
import { reversalSettingsPages } from './features/settings/reversal-settings-pages.ts';
import { settingsPages } from './features/settings/settings-pages.ts';
import { shopSettingsPages } from './features/settings/shop-settings-pages.ts';
import { stackingPages } from './features/settings/stacking/stacking-pages.ts';
import { bootstrapAdmin, namesOfActors } from './features/staff/people/user-service.ts';
import { voucherLedgerPages } from './features/vouchers/form/voucher-history-pages.ts';
import { voucherFamilyPages } from './features/vouchers/form/voucher-family-pages.ts';
import { voucherRefundPages } from './features/vouchers/form/voucher-refund-pages.ts';
import { counterPages } from './features/counter/counter-pages.ts';
import { counterSalePages } from './features/counter/counter-sale-pages.ts';
import { shiftPages } from './features/counter/shift-pages.ts';
import { chargebackPages } from './features/orders/payments/chargeback-pages.ts';
import { holderPages } from './features/orders/holder/holder-pages.ts';
import { orderDetailPages } from './features/orders/record/order-detail-pages.ts';
import { orderListPages } from './features/orders/record/order-list-pages.ts';
import { createPaymentCodePictures } from './features/orders/payments/order-payment-code-service.ts';
import { settleOrdersJob } from './features/orders/payments/order-settle-job.ts';
import { statementPages } from './features/orders/bank-statements/bank-statement-pages.ts';
import { orderStatusPages } from './features/orders/record/order-status-pages.ts';
import { createInvoicePrints } from './features/partners/invoices/partner-invoice-document-service.ts';
import { restMailJob } from './features/orders/holder/rest-mail-job.ts';
import { partnerInvoicesJob } from './features/partners/invoices/partner-invoice-job.ts';
import { partnerInvoicePages } from './features/partners/invoices/partner-invoice-pages.ts';
import { partnerRunJob } from './features/partners/invoices/partner-run-job.ts';
import { partnerSettlementPages } from './features/partners/settlement/partner-settlement-pages.ts';
import { partnerSalesJob } from './features/partners/sales/partner-sales-job.ts';
import { partnerStatementJob } from './features/partners/statements/partner-statement-job.ts';
import { partnerStatementPages } from './features/partners/statements/partner-statement-pages.ts';
import { settlementWorkbookJob } from './features/partners/settlement/partner-workbook-job.ts';
import { shopPages } from './features/orders/shop/shop-pages.ts';
import { voucherPrintJob } from './features/vouchers/printing/voucher-print-job.ts';
import { voucherBulkJob } from './features/vouchers/bulk/voucher-bulk-job.ts';
import { voucherPages } from './features/vouchers/list/voucher-pages.ts';
import { voucherExportJob } from './features/exchange/export/voucher-export-job.ts';
import { voucherExportPages } from './features/exchange/export/voucher-export-pages.ts';
import { sheetApplyJob } from './features/exchange/sheets/sheet-apply-job.ts';
import { sheetCheckJob } from './features/exchange/sheets/sheet-check-job.ts';
import { voucherSheetJob } from './features/exchange/sheets/sheet-job.ts';
import { sheetPages } from './features/exchange/sheets/sheet-pages.ts';
import { voucherImportJob } from './features/exchange/import/import-job.ts';
import { importPages } from './features/exchange/import/import-pages.ts';
import { createNightlyTidying, tidyingJob } from './features/tidying/rules/tidying-job.ts';
import { archivePages } from './features/tidying/archive/archive-pages.ts';
import { personDataPages } from './features/tidying/person-data/person-data-pages.ts';
import { tidyingPages } from './features/tidying/rules/tidying-pages.ts';
import { MENU, withoutDemo } from './menu.ts';
import { createApiGate } from './platform/http/api-gate.ts';
import { apiRouter } from './platform/http/api-route.ts';
import { createAssets } from './platform/html/assets.ts';
import type { Clock } from './platform/process/clock.ts';
import { browserAccess } from './platform/http/cors.ts';
import type { Database } from './platform/data/db.ts';
import { createFileStore } from './platform/files/files.ts';
import { createHealth, type Health } from './platform/http/health.ts';
import { htmlShell } from './platform/html/html-shell.ts';
import { apiLanguage, createI18n, toLocale } from './platform/html/i18n.ts';
import { createJobFileExpiry } from './platform/jobs/job-file-expiry.ts';
import { createWorker } from './platform/jobs/job-queue.ts';
import type { Log } from './platform/process/log.ts';
import { createWrongCodeLimiter } from './platform/http/wrong-code-limit.ts';
import { sessionMiddleware } from './platform/http/session.ts';
import { createVault } from './platform/secrets/vault.ts';
import { createViews } from './platform/html/views.ts';

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
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

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
  const views = createViews({
    directory: join(ROOT, 'views'),
    assets,
    timeZone: config.businessTimezone,
    strict,
    cache: !isDevelopment,
  });

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
          const content = await voucherPdf(documents, id, 'a4', language, clock.moment());
          return { filename: pdfName({ id }, i18n.translator(language)), content, contentType: 'application/pdf' };
        }),
      ),
    pictureOf,
    reportFailure: (error) => {
      log.error({ err: error }, 'mail');
    },
  });
  const links = { baseUrl: config.baseUrl };
  const isKnownOrigin = async (origin: string): Promise<boolean> =>
    [...(await apiKeys.browserOrigins()).values()].some((origins) => origins.includes(origin));
  const api = [
    apiLanguage(i18n, config.defaultLocale),
    browserAccess(BROWSER_PATHS, isKnownOrigin),
    apiRouter(
      apiRoutes(
        {
          database,
          clock,
          wrongCodes,
          documents,
          links,
          webhookSecret: config.paymentWebhookSecret,
          mailWebhookSecret: config.mailWebhookSecret,
        },
        API_PATH,
      ),
      gate,
    ),
  ];
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
      accountingWorkbookJob({
        database,
        files,
        clock,
        i18n,
        timeZone: config.businessTimezone,
        version: VERSION,
        namesOfActors: (actors) => namesOfActors(database, actors),
      }),
      closeJob(database, clock),
      proofJob(database, clock),
      auditDataJob(database, files, clock, config.auditDtdPath),
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
    bookingTestPages({ ...booking, sampleTrips: config.environment === 'production' ? () => [] : demoBookings }),
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
    background: [
      worker,
      fileExpiry,
      sealer,
      nightlyTidying,
      nightlyExpiryRefunds,
      morningReminders,
      delivery,
      printing,
    ],
    bootstrap: async () => {
      const closed = await sealPlainFactors(database, vault);
      if (closed > 0)
        log.warn(
          { people: closed },
          'the key of the second factors does not fit: these people sign in with a recovery code and set up their factor anew',
        );
      const { bootstrapAdmin: admin, bootstrapApiKey } = config;
      if (admin !== null) await bootstrapAdmin(database, clock, admin.email, admin.password);
      if (bootstrapApiKey !== null) await apiKeys.bootstrap(bootstrapApiKey);
    },
  };
}
