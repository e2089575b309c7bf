import Joi from 'joi';
import { type ApiRoute, pathId } from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { PRINT_FORMATS, type PrintFormat } from '../../documents/printing/print-service.ts';
import { mailVoucher, pdfName, voucherPdf, type VoucherDocuments } from './voucher-document-service.ts';
import { prepareFirstPin } from '../record/voucher-pin-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const TAG = 'Vouchers';
const params = Joi.object({ id: Joi.string().max(64).required() });

/** A voucher on paper and in the mail. */
export function voucherDocumentRoutes(shell: Shell & VoucherDocuments): ApiRoute[] {
  const { database, clock } = shell;
  const moment = (): Moment => clock.moment();
  return [
    {
      method: 'get',
      effect: 'reads',
      path: '/vouchers/{id}/pdf',
      operationId: 'printVoucher',
      summary: 'The voucher as a PDF with its code, for print or as a gift card.',
      tag: TAG,
      access: 'vouchers.print',
      params,
      query: Joi.object({
        format: Joi.string()
          .valid(...PRINT_FORMATS)
          .default('a4'),
      }),
      responses: { 200: { description: 'The PDF', contentType: 'application/pdf', isFile: true } },
      async handle(request) {
        const content = await voucherPdf(
          shell,
          pathId(request),
          request.query.format as PrintFormat,
          request.locale,
          moment(),
        );
        const headers = {
          'Content-Disposition': `inline; filename="${pdfName({ id: pathId(request) }, request.t)}"`,
        };
        return { status: 200, headers, file: { content, mediaType: 'application/pdf' } };
      },
    },
    {
      method: 'post',
      effect: 'writes',
      path: '/vouchers/{id}/mail',
      operationId: 'mailVoucher',
      summary: 'Sends the voucher with its PDF to its recipient, or to the address given.',
      tag: TAG,
      access: 'vouchers.send',
      params,
      body: Joi.object({ to: Joi.string().email({ tlds: false }).max(254) }),
      responses: { 202: { description: 'Queued', schema: Joi.object({ to: Joi.string().required() }) } },
      async handle(request) {
        const { to = null } = (request.body ?? {}) as { readonly to?: string };
        const wish = {
          to,
          locale: request.locale,
          attempt: `api:${request.requestId}`,
          firstPin: await prepareFirstPin(database.knex, pathId(request)),
        };
        const address = await inTransaction(database, (trx) =>
          mailVoucher(shell, trx, pathId(request), wish, request.caller.actor, moment()),
        );
        return { status: 202, body: { to: address } };
      },
    },
  ];
}
