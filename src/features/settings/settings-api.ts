import Joi from 'joi';
import { DEFAULT_STACKING_POLICY, VOUCHER_TYPES, type StackingPolicy } from '../../core/engine/voucher.ts';
import type { ApiRoute } from '../../platform/http/api/api-route.ts';
import type { Shell } from '../../platform/process/feature.ts';
import {
  changeGeneralSettings,
  GENERAL_FIELDS,
  generalSettings,
  type GeneralSettings,
} from './general-settings-service.ts';
import { settingsBody } from './settings-body.ts';
import { changeStackingPolicy, stackingPolicy } from './stacking/stacking-policy-service.ts';

const perType = Joi.number().integer().min(0).max(10).allow(null);

const policyBody = Joi.object({
  maxVouchers: Joi.number().integer().min(1).max(10),
  maxPerType: Joi.object(Object.fromEntries(VOUCHER_TYPES.map((type) => [type, perType]))),
  forbiddenPairs: Joi.array()
    .items(
      Joi.array()
        .items(Joi.string().valid(...VOUCHER_TYPES))
        .length(2),
    )
    .max(10),
  maxPerCampaign: Joi.number().integer().min(1).max(10),
  strategy: Joi.string().valid('best', 'entered'),
  discountOrder: Joi.string().valid('percent_first', 'amount_first'),
  percentBase: Joi.string().valid('original', 'remaining'),
})
  .min(1)
  .required();

const generalAnswer = settingsBody(GENERAL_FIELDS);
/** Who knows a setting not yet leaves it as it is. */
const generalBody = generalAnswer.fork(['maxAmount', 'fittingNumbersOnly'], (schema) => schema.optional());

const TAG = 'Settings';

export function settingsRoutes({ database, clock }: Shell): ApiRoute[] {
  return [
    {
      method: 'get',
      effect: 'reads',
      path: '/settings/stacking',
      operationId: 'readStackingPolicy',
      summary: 'Which codes may stand together.',
      tag: TAG,
      access: 'stacking.see',
      responses: { 200: { description: 'The policy', schema: policyBody } },
      handle: async () => ({ status: 200, body: await stackingPolicy(database.knex) }),
    },
    {
      method: 'put',
      effect: 'writes',
      path: '/settings/stacking',
      operationId: 'changeStackingPolicy',
      summary: 'Replaces the policy; what is left out takes its default.',
      tag: TAG,
      access: 'settings.change',
      body: policyBody,
      responses: { 200: { description: 'The stored policy', schema: policyBody } },
      async handle({ body, caller }) {
        const given = body as Partial<StackingPolicy>;
        const maxPerType = { ...DEFAULT_STACKING_POLICY.maxPerType, ...given.maxPerType };
        const policy = { ...DEFAULT_STACKING_POLICY, ...given, maxPerType };
        return { status: 200, body: await changeStackingPolicy(database, policy, caller.actor, clock.now()) };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/settings/general',
      operationId: 'readGeneralSettings',
      summary: 'Currency, how long a hold lasts, and the highest single amount.',
      tag: TAG,
      access: 'settings.see',
      responses: { 200: { description: 'The settings', schema: generalAnswer } },
      handle: async () => ({ status: 200, body: await generalSettings(database.knex) }),
    },
    {
      method: 'put',
      effect: 'writes',
      path: '/settings/general',
      operationId: 'changeGeneralSettings',
      summary: 'Replaces currency, how long a hold lasts, and the highest single amount.',
      tag: TAG,
      access: 'settings.change',
      body: generalBody,
      responses: { 200: { description: 'The stored settings', schema: generalAnswer } },
      async handle({ body, caller }) {
        const after = { ...(await generalSettings(database.knex)), ...(body as Partial<GeneralSettings>) };
        return { status: 200, body: await changeGeneralSettings(database, after, caller.actor, clock.now()) };
      },
    },
  ];
}
