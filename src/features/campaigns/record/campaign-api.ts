import Joi from 'joi';
import { LIST_QUERY, type ApiRoute, pathId, queryCursor, versionOf } from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { ID_PATTERN } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';
import { dayField, positiveCentsField } from '../../../platform/http/fields.ts';
import { AS_TYPED } from '../../../platform/http/incoming-text.ts';
import { answerOnce } from '../../../platform/http/api/idempotent-api.ts';
import { jobAnswer, jobJson } from '../../../platform/jobs/job-api.ts';
import {
  changeCampaignIn,
  createCampaignIn,
  listCampaigns,
  readCampaign,
  type CampaignBody,
} from './campaign-service.ts';
import {
  listCodesForProgram,
  MAX_GENERATED_CODES,
  MAX_LISTED_CODES,
  requestCodes,
  type CodesRequest,
} from '../codes/code-service.ts';
import { newRulesFields, rulesAnswerFields, rulesFields } from '../../vouchers/rules/rules-body.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const ownFields = { budget: positiveCentsField.allow(null), active: Joi.boolean(), paidAt: dayField.allow(null) };
const newCampaignBody = (): Joi.ObjectSchema => Joi.object({ ...newRulesFields(), ...ownFields }).required();

const codesBody = Joi.object({
  count: Joi.number().integer().min(1).max(MAX_GENERATED_CODES),
  prefix: Joi.string().max(20).allow(null, ''),
  format: Joi.string().max(60).allow(null),
  codes: Joi.array().items(Joi.string().allow('').max(200).meta(AS_TYPED)).min(1).max(MAX_LISTED_CODES),
})
  .xor('count', 'codes')
  .without('codes', ['prefix', 'format'])
  .required();

const cents = Joi.number().integer();
const campaignAnswer = (): Joi.ObjectSchema =>
  Joi.object({
    id: Joi.string().required(),
    ...rulesAnswerFields(),
    paidAt: Joi.string().required().allow(null),
    active: Joi.boolean().required(),
    budget: cents.required().allow(null),
    budgetUsed: cents.required(),
    codeCount: cents.required(),
    removedCodes: cents.required(),
    archived: Joi.boolean().required(),
    createdAt: Joi.string().required(),
    updatedAt: Joi.string().required(),
    version: cents.required(),
  });
const page = (item: Joi.Schema): Joi.ObjectSchema =>
  Joi.object({ items: Joi.array().items(item).required(), nextCursor: Joi.string().required().allow(null) });
const codeAnswer = Joi.object({
  id: Joi.string().required(),
  code: Joi.string().required(),
  paidAt: Joi.string().required().allow(null),
  deactivated: Joi.boolean().required(),
  balance: cents.required().allow(null),
  uses: cents.required(),
});

const TAG = 'Campaigns';
const params = Joi.object({ id: Joi.string().max(64).required() });
const listQuery = Joi.object({ ...LIST_QUERY, cursor: Joi.string().pattern(ID_PATTERN) });

export function campaignRoutes(api: Shell): ApiRoute[] {
  const { database, clock } = api;
  const moment = (): Moment => clock.moment();
  const campaignResponse = { description: 'The campaign', schema: campaignAnswer() };
  return [
    {
      method: 'post',
      effect: 'moves_value_when_paid',
      path: '/campaigns',
      operationId: 'createCampaign',
      summary: 'Creates a campaign: the same rules once for many codes.',
      tag: TAG,
      access: 'campaigns.change',
      body: newCampaignBody(),
      responses: { 201: campaignResponse },
      handle: (request) =>
        answerOnce(api, request, 'createCampaign', async (trx) => {
          const act = { trx, actor: request.caller.actor, moment: moment() };
          return { status: 201, body: await createCampaignIn(act, request.body as CampaignBody) };
        }),
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/campaigns',
      operationId: 'listCampaigns',
      summary: 'The campaigns, newest first.',
      tag: TAG,
      access: 'campaigns.see',
      query: listQuery,
      responses: { 200: { description: 'A page of campaigns', schema: page(campaignAnswer()) } },
      async handle(request) {
        const limit = Number(request.query.limit);
        const body = await readPage(limit, (most) =>
          listCampaigns(database, { beforeId: queryCursor(request), limit: most }),
        );
        return { status: 200, body };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/campaigns/{id}',
      operationId: 'readCampaign',
      summary: 'One campaign.',
      tag: TAG,
      access: 'campaigns.see',
      params,
      responses: { 200: campaignResponse },
      handle: async (request) => ({ status: 200, body: await readCampaign(database.knex, pathId(request)) }),
    },
    {
      method: 'patch',
      effect: 'moves_value_when_paid',
      path: '/campaigns/{id}',
      operationId: 'changeCampaign',
      summary: 'Changes what is given; all its codes follow at once.',
      tag: TAG,
      access: 'campaigns.change',
      params,
      body: Joi.object({ ...rulesFields(), ...ownFields })
        .min(1)
        .required(),
      responses: { 200: campaignResponse },
      async handle(request) {
        const change = request.body as Partial<CampaignBody>;
        return answerOnce(api, request, 'changeCampaign', async (trx) => {
          const act = { trx, actor: request.caller.actor, moment: moment() };
          return {
            status: 200,
            body: await changeCampaignIn(act, { id: pathId(request), ifMatch: versionOf(request) }, change),
          };
        });
      },
    },
    {
      method: 'post',
      path: '/campaigns/{id}/codes',
      operationId: 'createCampaignCodes',
      summary: 'Makes codes in the background: so many random ones, or a fixed list.',
      tag: TAG,
      access: 'campaigns.change',
      effect: 'moves_value',
      params,
      body: codesBody,
      responses: { 202: { description: 'The job', schema: jobAnswer } },
      handle: (request) =>
        answerOnce(api, request, 'createCampaignCodes', async (trx) => {
          const job = await requestCodes(
            trx,
            pathId(request),
            request.body as CodesRequest,
            request.caller.actor,
            moment(),
          );
          return { status: 202, body: jobJson(job) };
        }),
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/campaigns/{id}/codes',
      operationId: 'listCampaignCodes',
      summary: 'The codes of a campaign, oldest first.',
      tag: TAG,
      access: 'campaigns.see',
      params,
      query: listQuery,
      responses: { 200: { description: 'A page of codes', schema: page(codeAnswer) } },
      async handle(request) {
        const limit = Number(request.query.limit);
        const afterId = queryCursor(request);
        const { items, nextCursor } = await readPage(limit, (most) =>
          listCodesForProgram(database, pathId(request), { afterId, limit: most }, clock.now()),
        );
        const codes = items.map(({ paidOn, isDeactivated, ...row }) => ({
          ...row,
          paidAt: paidOn,
          deactivated: isDeactivated,
        }));
        return { status: 200, body: { items: codes, nextCursor } };
      },
    },
  ];
}
