import Joi from 'joi';
import { LINK_KINDS, familyOf, MAX_MERGED, MAX_PARTS, mergeVouchers, splitVoucher } from './voucher-family-service.ts';
import { extendVoucher } from '../life/voucher-extension-service.ts';
import { numericId, pathId, type ApiRoute } from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { dayField, positiveCentsField } from '../../../platform/http/fields.ts';
import { answerOnce } from '../../../platform/http/api/idempotent-api.ts';
import { savedVoucherAnswer, voucherAnswer } from '../record/voucher-body.ts';
import { savedVoucher } from '../record/voucher-warning-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const TAG = 'Vouchers';
const params = Joi.object({ id: Joi.string().max(64).required() });
const reason = Joi.string().trim().min(1).max(500).required();
const splitBody = Joi.object({
  parts: Joi.array().items(positiveCentsField).min(2).max(MAX_PARTS).required(),
  reason,
}).required();
const mergeBody = Joi.object({
  vouchers: Joi.array().items(Joi.string().max(64)).min(2).max(MAX_MERGED).required(),
  reason,
}).required();
const extendBody = Joi.object({ bookUntil: dayField.required(), reason }).required();
const voucherList = (): Joi.ObjectSchema => Joi.object({ items: Joi.array().items(voucherAnswer()).required() });
const link = Joi.object({
  from: Joi.string().required(),
  to: Joi.string().required(),
  kind: Joi.string()
    .valid(...LINK_KINDS)
    .required(),
  amount: Joi.number().integer().required(),
  at: Joi.string().required(),
});

/** Splitting, merging, extending, and where a voucher came from. */
export function voucherFamilyRoutes(api: Shell): ApiRoute[] {
  const moment = (): Moment => api.clock.moment();
  const common = { method: 'post', tag: TAG, access: 'vouchers.change', effect: 'moves_value' } as const;
  return [
    {
      ...common,
      path: '/vouchers/{id}/splits',
      operationId: 'splitVoucher',
      summary: 'Divides the balance over new codes; the old code is replaced. Answers the new vouchers.',
      params,
      body: splitBody,
      responses: { 201: { description: 'The new vouchers', schema: voucherList() } },
      handle: (request) =>
        answerOnce(api, request, 'splitVoucher', async (trx) => {
          const { parts, reason: why } = request.body as { parts: number[]; reason: string };
          return {
            status: 201,
            body: {
              items: await splitVoucher(
                { trx, actor: request.caller.actor, moment: moment() },
                pathId(request),
                parts,
                why,
              ),
            },
          };
        }),
    },
    {
      ...common,
      path: '/vouchers/merges',
      operationId: 'mergeVouchers',
      summary: 'Puts the balances of vouchers that are alike under one new code, by the rules of the first.',
      body: mergeBody,
      responses: { 201: { description: 'The new voucher', schema: voucherAnswer() } },
      handle: (request) =>
        answerOnce(api, request, 'mergeVouchers', async (trx) => {
          const { vouchers, reason: why } = request.body as { vouchers: string[]; reason: string };
          return {
            status: 201,
            body: await mergeVouchers(
              { trx, actor: request.caller.actor, moment: moment() },
              vouchers.map(numericId),
              why,
            ),
          };
        }),
    },
    {
      ...common,
      path: '/vouchers/{id}/extend',
      operationId: 'extendVoucher',
      summary: 'Sets a later end, also after the present one has passed.',
      params,
      body: extendBody,
      responses: {
        200: { description: 'The voucher, with warnings of what may not stand', schema: savedVoucherAnswer() },
      },
      handle: (request) =>
        answerOnce(api, request, 'extendVoucher', async (trx) => {
          const { bookUntil, reason: why } = request.body as { bookUntil: string; reason: string };
          return {
            status: 200,
            body: await savedVoucher(
              trx,
              await extendVoucher({ trx, actor: request.caller.actor, moment: moment() }, pathId(request), {
                bookUntil,
                reason: why,
              }),
              moment().today,
            ),
          };
        }),
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/vouchers/{id}/family',
      operationId: 'readVoucherFamily',
      summary: 'The vouchers it came from and became.',
      tag: TAG,
      access: 'vouchers.see',
      params,
      responses: {
        200: {
          description: 'Its family',
          schema: Joi.object({
            members: Joi.array().items(voucherAnswer()).required(),
            links: Joi.array().items(link).required(),
          }),
        },
      },
      async handle(request) {
        const { members, links } = await familyOf(api.database, pathId(request), moment());
        const shown = links.map(({ fromId, toId, kind, cents, at }) => ({
          from: fromId,
          to: toId,
          kind,
          amount: cents,
          at: new Date(at).toISOString(),
        }));
        return { status: 200, body: { members, links: shown } };
      },
    },
  ];
}
