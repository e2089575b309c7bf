import Joi from 'joi';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { evaluationAnswer, evaluationJson, type RejectionSentence } from '../quotes/booking-json-body.ts';
import type { Reversal } from '../reversals/reversal-service.ts';
import type { StandingRedemption } from './redemption-list-service.ts';
import { paymentsOf, type BookingStanding, type Redemption } from './redemption-service.ts';

/** As it was made: nothing is given back yet. */
export function newRedemptionJson(
  redemption: Redemption,
  standing: BookingStanding | undefined,
  sentence: RejectionSentence,
): object {
  const lines = redemption.evaluation.accepted.map(({ voucherId, kind, applied, bonus = 0 }) => ({
    voucherId,
    kind,
    applied,
    reversed: 0,
    bonus,
  }));
  const alone = {
    price: redemption.evaluation.tripPrice,
    redeemed: lines.reduce((sum, { applied }) => sum + applied, 0),
  };
  return redemptionJson(redemption, { lines, reversals: [], standing: standing ?? alone }, sentence);
}

/** As it stands now. */
export function standingRedemptionJson(redemption: StandingRedemption, sentence: RejectionSentence): object {
  return {
    ...redemptionJson(redemption, redemption, sentence),
    updatedAt: new Date(redemption.updatedAt).toISOString(),
  };
}

interface Standings {
  readonly lines: readonly {
    readonly voucherId: string;
    readonly kind: 'discount' | 'payment';
    readonly applied: number;
    readonly reversed: number;
    readonly bonus: number;
  }[];
  readonly reversals: StandingRedemption['reversals'];
  readonly standing: Pick<BookingStanding, 'price' | 'redeemed'>;
}

function redemptionJson(
  redemption: Redemption,
  { lines, reversals, standing }: Standings,
  sentence: RejectionSentence,
): object {
  const codes = new Map(redemption.evaluation.accepted.map(({ voucherId, code }) => [voucherId, code]));
  return {
    id: redemption.id,
    bookingNumber: redemption.bookingNumber,
    evaluation: evaluationJson(redemption.evaluation, sentence),
    payments: paymentsOf(redemption.evaluation, new Map(lines.map(({ voucherId, bonus }) => [voucherId, bonus]))),
    lines: lines.map(({ voucherId, kind, applied, reversed }) => ({
      code: codes.get(voucherId) ?? '',
      voucherId,
      kind,
      applied,
      reversed,
      remaining: applied - reversed,
    })),
    reversals: reversals.map((reversal) => reversalJson(reversal)),
    remaining: lines.reduce((sum, { applied, reversed }) => sum + applied - reversed, 0),
    booking: {
      price: standing.price,
      redeemed: standing.redeemed,
      left: Math.max(0, standing.price - standing.redeemed),
    },
    redeemedAt: new Date(redemption.redeemedAt).toISOString(),
    updatedAt: new Date(redemption.redeemedAt).toISOString(),
  };
}

export function reversalJson(reversal: Reversal): object {
  return {
    id: reversal.id,
    redemptionId: reversal.redemptionId,
    amount: reversal.amount,
    lines: reversal.lines.map(({ code, amount }) => ({ code, amount })),
    reason: reversal.reason,
    reversedAt: new Date(reversal.reversedAt).toISOString(),
  };
}

const amount = Joi.number().integer().required();
const instantText = Joi.string().required().meta({ format: 'date-time' });

export const reversalAnswer = Joi.object({
  id: Joi.string().required(),
  redemptionId: Joi.string().required(),
  amount,
  lines: Joi.array()
    .items(Joi.object({ code: Joi.string().required(), amount }))
    .required(),
  reason: Joi.string().required(),
  reversedAt: instantText,
});

export const redemptionAnswer = Joi.object({
  id: Joi.string().required(),
  bookingNumber: Joi.string().required(),
  evaluation: evaluationAnswer.required(),
  payments: Joi.array()
    .items(
      Joi.object({
        voucherId: Joi.string().required(),
        code: Joi.string().required(),
        type: Joi.string()
          .valid(...VOUCHER_TYPES)
          .required(),
        amount,
        paid: amount,
        bonus: amount,
        currency: Joi.string().required(),
      }),
    )
    .required(),
  lines: Joi.array()
    .items(
      Joi.object({
        code: Joi.string().required(),
        voucherId: Joi.string().required(),
        kind: Joi.string().valid('discount', 'payment').required(),
        applied: amount,
        reversed: amount,
        remaining: amount,
      }),
    )
    .required(),
  reversals: Joi.array().items(reversalAnswer).required(),
  remaining: amount,
  booking: Joi.object({ price: amount, redeemed: amount, left: amount }).required(),
  redeemedAt: instantText,
  updatedAt: instantText,
});
