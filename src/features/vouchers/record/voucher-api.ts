import Joi from 'joi';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import {
  type ApiRequest,
  type ApiResponse,
  type ApiRoute,
  pathId,
  versionOf,
} from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { answerOnce } from '../../../platform/http/api/idempotent-api.ts';
import {
  codeParams,
  cancelBody,
  entriesAnswer,
  entryJson,
  historyAnswer,
  listQuery,
  lockBody,
  newVoucherBody,
  payBody,
  reissueBody,
  savedVoucherAnswer,
  topUpBody,
  voucherAnswer,
  voucherChangeBody,
  voucherPageAnswer,
} from './voucher-body.ts';
import { cancelVoucher, payVoucher, setDeactivated, topUpVoucher } from '../life/voucher-lifecycle-service.ts';
import { reissueVoucher } from '../succession/voucher-reissue-service.ts';
import { entriesOf, historyOf } from './voucher-history-service.ts';
import { listVouchers, type ListFilter } from '../list/voucher-list-service.ts';
import { findVoucher, findVoucherByCode, type VoucherBody } from './voucher-service.ts';
import { makeVoucher } from '../life/voucher-create-service.ts';
import { changeVoucherIn } from '../life/voucher-change-service.ts';
import type { VoucherView } from './voucher-view-service.ts';
import { savedVoucher } from './voucher-warning-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const TAG = 'Vouchers';
const params = Joi.object({ id: Joi.string().max(64).required() });

export function voucherRoutes(api: Shell): ApiRoute[] {
  const { database } = api;
  const moment = (): Moment => api.clock.moment();
  const voucherResponse = { description: 'The voucher', schema: voucherAnswer() };
  const savedResponse = {
    description: 'The voucher, with warnings of what may not stand',
    schema: savedVoucherAnswer(),
  };
  const read = { method: 'get', effect: 'reads', tag: TAG, access: 'vouchers.see' } as const;

  /** An action that moves value: once for its key, in one transaction. */
  const action = (
    name: string,
    summary: string,
    body: Joi.Schema,
    status: number,
    act: (trx: Transaction, id: string, request: ApiRequest) => Promise<VoucherView>,
  ): ApiRoute => ({
    method: 'post',
    path: `/vouchers/{id}/${name}`,
    operationId: `${name}Voucher`,
    summary,
    tag: TAG,
    access: 'vouchers.change',
    effect: 'moves_value',
    params,
    body,
    responses: { [status]: voucherResponse },
    handle: (request) =>
      answerOnce(api, request, `${name}Voucher`, async (trx) => ({
        status,
        body: await act(trx, pathId(request), request),
      })),
  });

  const saved = async (trx: Transaction, status: number, voucher: VoucherView): Promise<ApiResponse> => ({
    ...withVersion(status, voucher),
    body: await savedVoucher(trx, voucher, moment().today),
  });

  const lock = (name: 'deactivate' | 'activate', summary: string): ApiRoute => ({
    method: 'post',
    effect: 'writes',
    path: `/vouchers/{id}/${name}`,
    operationId: `${name}Voucher`,
    summary,
    tag: TAG,
    access: 'vouchers.change',
    params,
    body: lockBody,
    responses: { 200: voucherResponse },
    async handle(request) {
      const { reason = null } = (request.body ?? {}) as { readonly reason?: string | null };
      return {
        status: 200,
        body: await setDeactivated(
          database,
          { actor: request.caller.actor, moment: moment() },
          pathId(request),
          name === 'deactivate',
          reason,
        ),
      };
    },
  });

  return [
    {
      method: 'post',
      effect: 'moves_value_when_paid',
      path: '/vouchers',
      operationId: 'createVoucher',
      summary: 'Creates a voucher; without a code of its own it gets a random one.',
      tag: TAG,
      access: 'vouchers.change',
      body: newVoucherBody(),
      responses: { 201: savedResponse },
      handle: (request) =>
        answerOnce(api, request, 'createVoucher', async (trx) => {
          const act = { trx, actor: request.caller.actor, moment: moment() };
          return saved(trx, 201, await makeVoucher(act, request.body as VoucherBody));
        }),
    },
    {
      ...read,
      path: '/vouchers',
      operationId: 'listVouchers',
      summary: 'Vouchers by filter, newest first.',
      query: listQuery,
      responses: { 200: { description: 'A page of vouchers', schema: voucherPageAnswer() } },
      async handle({ query }) {
        const { items, nextCursor } = await listVouchers(database, query as unknown as ListFilter, moment());
        return { status: 200, body: { items, nextCursor } };
      },
    },
    {
      ...read,
      path: '/vouchers/by-code/{code}',
      operationId: 'readVoucherByCode',
      summary: 'The voucher of a code, in any spelling.',
      params: codeParams,
      responses: { 200: voucherResponse },
      async handle(request) {
        const voucher = await findVoucherByCode(database, request.params.code ?? '', moment());
        if (voucher === null) throw appError('not_found');
        return withVersion(200, voucher);
      },
    },
    {
      ...read,
      path: '/vouchers/{id}',
      operationId: 'readVoucher',
      summary: 'One voucher.',
      params,
      responses: { 200: voucherResponse },
      handle: async (request) => withVersion(200, await findVoucher(database, pathId(request), moment())),
    },
    {
      method: 'patch',
      effect: 'moves_value_when_paid',
      path: '/vouchers/{id}',
      operationId: 'changeVoucher',
      summary: 'Changes what is given; groups are merged member by member, lists are replaced whole.',
      tag: TAG,
      access: 'vouchers.change',
      params,
      body: voucherChangeBody(),
      responses: { 200: savedResponse },
      handle: (request) =>
        answerOnce(api, request, 'changeVoucher', async (trx) => {
          const act = { trx, actor: request.caller.actor, moment: moment() };
          const [change, ifMatch] = [request.body as Partial<VoucherBody>, versionOf(request)];
          return saved(trx, 200, await changeVoucherIn(act, pathId(request), change, ifMatch));
        }),
    },
    action('pay', 'Sets the day of payment and books the value.', payBody, 200, (trx, id, { body, caller }) => {
      const { reference = null, ...payment } = body as {
        paidAt: string;
        method: PaymentMethod;
        reference?: string | null;
      };
      return payVoucher({ trx, actor: caller.actor, moment: moment() }, id, { ...payment, reference });
    }),
    lock('deactivate', 'Locks the voucher.'),
    lock('activate', 'Unlocks the voucher.'),
    action(
      'cancel',
      'Cancels the voucher, with or without paying out its balance; with `refund`, also pays out what came back after its end.',
      cancelBody,
      200,
      (trx, id, { body, caller }) =>
        cancelVoucher({ trx, actor: caller.actor, moment: moment() }, id, body as { refund: boolean; reason: string }),
    ),
    action(
      'reissue',
      'Gives a new code; balance and uses move to it. Answers the new voucher.',
      reissueBody,
      201,
      (trx, id, { body, caller }) =>
        reissueVoucher({ trx, actor: caller.actor, moment: moment() }, id, (body as { reason: string }).reason),
    ),
    action('topups', 'Adds money to the balance.', topUpBody, 201, (trx, id, { body, caller }) =>
      topUpVoucher(
        { trx, actor: caller.actor, moment: moment() },
        id,
        body as { amount: number; method: PaymentMethod },
      ),
    ),
    {
      ...read,
      path: '/vouchers/{id}/history',
      operationId: 'readVoucherHistory',
      summary: 'Who changed what, newest first.',
      params,
      responses: { 200: { description: 'The history', schema: historyAnswer } },
      handle: async (request) => ({
        status: 200,
        body: { items: await historyOf(database, pathId(request), moment()), nextCursor: null },
      }),
    },
    {
      ...read,
      path: '/vouchers/{id}/entries',
      operationId: 'readVoucherEntries',
      summary: 'The ledger entries, oldest first.',
      params,
      responses: { 200: { description: 'The entries', schema: entriesAnswer } },
      async handle(request) {
        const rows = await entriesOf(database, pathId(request), moment());
        return { status: 200, body: { items: rows.map(entryJson), nextCursor: null } };
      },
    },
  ];
}

function withVersion(status: number, voucher: VoucherView): ApiResponse & { readonly body: VoucherView } {
  return { status, headers: { ETag: `"${voucher.version}"` }, body: voucher };
}
