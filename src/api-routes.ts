import Joi from 'joi';
import { balanceRoutes } from './features/booking/quotes/balance-api.ts';
import type { BookingApi } from './features/booking/quotes/booking-request-body.ts';
import { holdRoutes } from './features/booking/holds/hold-api.ts';
import { quoteRoutes } from './features/booking/quotes/quote-api.ts';
import { redemptionRoutes } from './features/booking/redemptions/redemption-api.ts';
import { bounceRoutes, type BounceApi } from './features/documents/bounces/bounce-api.ts';
import { campaignRoutes } from './features/campaigns/record/campaign-api.ts';
import { catalogueRoutes } from './features/catalogue/catalogue-api.ts';
import { orderRoutes, type OrderApi } from './features/orders/record/order-api.ts';
import { settingsRoutes } from './features/settings/settings-api.ts';
import { voucherRoutes } from './features/vouchers/record/voucher-api.ts';
import { voucherDocumentRoutes } from './features/vouchers/printing/voucher-document-api.ts';
import type { VoucherDocuments } from './features/vouchers/printing/voucher-document-service.ts';
import { voucherFamilyRoutes } from './features/vouchers/life/voucher-family-api.ts';
import type { ApiRoute } from './platform/http/api-route.ts';
import { jobRoutes } from './platform/jobs/job-api.ts';
import { openApiDocument } from './platform/http/openapi.ts';

/** Every operation of the API, and the document of them all. */
export function apiRoutes(
  parts: BookingApi & OrderApi & BounceApi & { readonly documents: VoucherDocuments },
  basePath: string,
): ApiRoute[] {
  const { database, clock } = parts;
  const routes = [
    ...quoteRoutes(parts),
    ...holdRoutes(parts),
    ...redemptionRoutes(parts),
    ...balanceRoutes(parts),
    ...voucherRoutes(parts),
    ...voucherFamilyRoutes(parts),
    ...voucherDocumentRoutes(parts.documents, clock),
    ...orderRoutes(parts),
    ...bounceRoutes(parts),
    ...campaignRoutes(parts),
    ...jobRoutes(database, clock),
    ...settingsRoutes(database, clock),
    ...catalogueRoutes(database, clock),
  ];
  const document = openApiDocument(routes, basePath);
  const self: ApiRoute = {
    method: 'get',
    path: '/openapi.json',
    operationId: 'readOpenApi',
    summary: 'This document.',
    tag: 'Documentation',
    access: 'public',
    responses: { 200: { description: 'OpenAPI 3.1', schema: Joi.object().unknown(true) } },
    handle: async () => ({ status: 200, body: document }),
  };
  return [...routes, self];
}
