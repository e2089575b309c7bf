import Joi from 'joi';
import { balanceRoutes } from './features/booking/balance-api.ts';
import type { BookingApi } from './features/booking/booking-request-api.ts';
import { holdRoutes } from './features/booking/hold-api.ts';
import { quoteRoutes } from './features/booking/quote-api.ts';
import { redemptionRoutes } from './features/booking/redemption-api.ts';
import { bounceRoutes, type BounceApi } from './features/documents/bounce-api.ts';
import { campaignRoutes } from './features/campaigns/campaign-api.ts';
import { catalogueRoutes } from './features/catalogue/catalogue-api.ts';
import { orderRoutes, type OrderApi } from './features/orders/order-api.ts';
import { settingsRoutes } from './features/settings/settings-api.ts';
import { voucherRoutes } from './features/vouchers/voucher-api.ts';
import { voucherDocumentRoutes } from './features/vouchers/voucher-document-api.ts';
import type { VoucherDocuments } from './features/vouchers/voucher-document-service.ts';
import { voucherFamilyRoutes } from './features/vouchers/voucher-family-api.ts';
import type { ApiRoute } from './platform/api-route.ts';
import { jobRoutes } from './platform/job-api.ts';
import { openApiDocument } from './platform/openapi.ts';

/** Every operation of the API, and the document of them all. */
export function apiRoutes(parts: BookingApi & OrderApi & BounceApi & { readonly documents: VoucherDocuments }, basePath: string): ApiRoute[] {
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
