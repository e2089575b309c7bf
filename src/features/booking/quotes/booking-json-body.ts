import Joi from 'joi';
import { VOUCHER_TYPES, type Evaluation } from '../../../core/engine/voucher.ts';
import { REJECTION_REASONS } from '../../../core/engine/rejection.ts';
import { dayField } from '../../../platform/http/fields.ts';
import type { HoldWithEvaluation } from '../holds/hold-service.ts';
import { neutralRejection, type ShownRejection } from './rejection-service.ts';

/** A sentence for a rejected code in the reader's language. */
export type RejectionSentence = (rejected: ShownRejection) => string;

export function evaluationJson(
  evaluation: Evaluation,
  sentence: RejectionSentence,
  view: 'exact' | 'neutral' = 'exact',
): object {
  return {
    currency: evaluation.currency,
    tripPrice: evaluation.tripPrice,
    discount: evaluation.discount,
    payment: evaluation.payment,
    payable: evaluation.payable,
    storedValueUsed: evaluation.storedValueUsed,
    paymentRequired: evaluation.paymentRequired,
    accepted: evaluation.accepted.map(({ bookUntil: _until, bonus: _bonus, explanation, ...accepted }) => ({
      ...accepted,
      explanation: explanation.map(explanationJson),
    })),
    rejected: evaluation.rejected.map((rejected) => {
      const shown = view === 'neutral' ? neutralRejection(rejected) : rejected;
      return {
        code: shown.code,
        reason: shown.reason,
        message: sentence(shown),
        params: shown.params,
        conflictsWith: shown.conflictsWith,
      };
    }),
    alternatives: evaluation.alternatives,
    ...(evaluation.trace === undefined || view === 'neutral' ? {} : { trace: evaluation.trace }),
  };
}

export interface HoldJson {
  readonly id: string;
  readonly reference: string;
  readonly expiresAt: string;
  readonly evaluation: object;
}

export function holdJson(
  { hold, evaluation }: HoldWithEvaluation,
  sentence: RejectionSentence,
  view: 'exact' | 'neutral' = 'exact',
): HoldJson {
  return {
    id: hold.id,
    reference: hold.reference,
    expiresAt: new Date(hold.expiresAt).toISOString(),
    evaluation: evaluationJson(evaluation, sentence, view),
  };
}

/** Outside, a percentage is a number with up to two decimals; inside it is basis points. */
function explanationJson({ basisPoints, ...step }: Evaluation['accepted'][number]['explanation'][number]): object {
  return typeof basisPoints === 'number' ? { ...step, percent: basisPoints / 100 } : step;
}

const amount = Joi.number().integer().required();
const figure = Joi.alternatives().try(Joi.string(), Joi.number(), Joi.valid(null), Joi.array().items(Joi.string()));
const instantText = Joi.string().required().meta({ format: 'date-time' });

export const evaluationAnswer = Joi.object({
  currency: Joi.string().required(),
  tripPrice: amount,
  discount: amount,
  payment: amount,
  payable: amount,
  storedValueUsed: amount,
  paymentRequired: Joi.boolean().required(),
  accepted: Joi.array()
    .items(
      Joi.object({
        code: Joi.string().required(),
        voucherId: Joi.string().required(),
        type: Joi.string()
          .valid(...VOUCHER_TYPES)
          .required(),
        title: Joi.string().required(),
        kind: Joi.string().valid('discount', 'payment').required(),
        applied: amount,
        availableBefore: Joi.number().integer(),
        availableAfter: Joi.number().integer(),
        allocation: Joi.array()
          .items(Joi.object({ traveller: Joi.number().integer().required().allow(null), amount }))
          .required(),
        explanation: Joi.array()
          .items(Joi.object({ key: Joi.string().required() }).unknown(true))
          .required(),
      }),
    )
    .required(),
  rejected: Joi.array()
    .items(
      Joi.object({
        code: Joi.string().required().allow(''),
        reason: Joi.string()
          .valid(...REJECTION_REASONS, 'not_redeemable')
          .required(),
        message: Joi.string().required(),
        params: Joi.object().unknown(true).required(),
        conflictsWith: Joi.array().items(Joi.string()).required(),
      }),
    )
    .required(),
  alternatives: Joi.array()
    .items(Joi.object({ codes: Joi.array().items(Joi.string()).required(), payable: amount, storedValueUsed: amount }))
    .required(),
  trace: Joi.array().items(
    Joi.object({
      code: Joi.string().required().allow(''),
      checks: Joi.array()
        .items(
          Joi.object({
            check: Joi.string().required(),
            passed: Joi.boolean().required(),
            required: figure,
            actual: figure,
          }),
        )
        .required(),
    }),
  ),
});

export const holdAnswer = Joi.object({
  id: Joi.string().required(),
  clientToken: Joi.string(),
  reference: Joi.string().required(),
  expiresAt: instantText,
  evaluation: evaluationAnswer.required(),
});

export const balanceAnswer = Joi.object({
  code: Joi.string().required(),
  available: amount,
  currency: Joi.string().required(),
  bookUntil: dayField.required().allow(null),
  status: Joi.string().required(),
});
