import Joi from 'joi';
import type { ApiRoute } from '../../../platform/http/api/api-route.ts';
import { AS_TYPED } from '../../../platform/http/incoming-text.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { isSignedBy } from '../../../platform/http/api/signed-request.ts';
import { NOTICE_KINDS, recordNotice, recordReport, type NoticeKind } from './bounce-service.ts';

interface EventBody {
  readonly id?: string;
  readonly type?: NoticeKind;
  readonly messageId?: string;
  readonly recipient?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly happenedAt?: string;
  readonly message?: string;
}

const eventBody = Joi.object({
  id: Joi.string()
    .min(1)
    .max(140)
    .pattern(/^[\x21-\x7e]+$/),
  type: Joi.string().valid(...NOTICE_KINDS),
  messageId: Joi.string().min(3).max(400),
  recipient: Joi.string().max(254),
  status: Joi.string().pattern(/^[245]\.\d{1,3}\.\d{1,3}$/),
  reason: Joi.string().max(2000).meta(AS_TYPED),
  happenedAt: Joi.string().isoDate().max(40),
  // The source of a mail, which any program wrote.
  message: Joi.string().min(1).max(1_000_000).meta(AS_TYPED),
})
  .xor('message', 'messageId')
  .with('messageId', ['id', 'type'])
  .without('message', ['type', 'recipient', 'status', 'reason', 'happenedAt'])
  .required();
const eventAnswer = Joi.object({
  known: Joi.boolean().required(),
  repeated: Joi.boolean().required(),
  marked: Joi.boolean().required(),
});
const MAX_DETAIL = 500;

/** What mail providers tell of mails after they have gone out. */
export function bounceRoutes({ database, clock, config: { mailWebhookSecret } }: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      effect: 'writes',
      path: '/mail-events',
      operationId: 'tellMail',
      summary:
        'A mail provider tells that a mail came back (bounce), is late (delay) or that its reader complained (complaint): signed by the header Reisebon-Signature (t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex), at most five minutes old, kept once per type and id. Either the fields with the Message-ID of the mail, or in `message` the source of a report by RFC 3464 or RFC 5965.',
      tag: 'Mails',
      access: 'public',
      signedBy: 'Reisebon-Signature',
      body: eventBody,
      responses: {
        200: {
          description:
            'known: it is a mail of ours; repeated: it was told before; marked: the mail counts as come back now',
          schema: eventAnswer,
        },
      },
      async handle({ body, rawBody, signature }) {
        if (mailWebhookSecret === null) throw appError('not_found');
        if (!isSignedBy(mailWebhookSecret, signature, rawBody, clock.now())) throw appError('unauthenticated');
        const outcome = await outcomeOf(body as EventBody);
        return {
          status: 200,
          body: { known: outcome.mailId !== null, repeated: outcome.isRepeated, marked: outcome.isMarked },
        };
      },
    },
  ];

  async function outcomeOf({
    id = '',
    type = 'bounce',
    messageId = '',
    recipient,
    status,
    reason,
    happenedAt,
    message,
  }: EventBody) {
    if (message !== undefined) {
      const outcome = await recordReport(database, Buffer.from(message, 'utf8'), 'webhook', clock.now());
      if (outcome === null)
        throw appError('rule_broken', {
          fields: [{ path: 'message', code: 'no_report', text: 'documents:refusal.no_report' }],
        });
      return outcome;
    }
    const notice = {
      sourceKey: `${type}:${id}`,
      kind: type,
      messageId,
      recipient: recipient ?? null,
      status: status ?? null,
      detail: reason?.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_DETAIL) ?? null,
      happenedAt: happenedAt === undefined ? null : Date.parse(happenedAt),
    };
    return recordNotice(database, notice, 'webhook', clock.now());
  }
}
