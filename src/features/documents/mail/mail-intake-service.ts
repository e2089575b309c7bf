import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { findMailRequests, type MailRequest } from './mail-intake-store.ts';
import { takeFromOutbox } from '../../../platform/data/outbox.ts';
import type { MailRoom } from './mail-service.ts';
import { isMailEvent, MAIL_EVENTS, type MailEvent } from '../../../core/sale/placeholders.ts';

const REQUESTS_PER_STEP = 50;
/** A mail for a certain day is there in the morning. */
const MORNING_MS = 8 * 60 * 60 * 1000;
const SECRET_VALUES = ['codes', 'code', 'pin'];

/** Makes mails of what other features asked for, each once; how many there were. */
export async function takeMailRequests(database: Database, mails: MailRoom, clock: Clock): Promise<number> {
  const requests = await findMailRequests(database.knex, Object.keys(MAIL_EVENTS), REQUESTS_PER_STEP);
  for (const request of requests) {
    await inTransaction(database, async (trx) => {
      if (!isMailEvent(request.event) || !(await takeFromOutbox(trx, request.id, clock.now()))) return;
      await mails.queue(trx, orderOf(request, request.event, clock), clock.now());
    });
  }
  return requests.length;
}

function orderOf(request: MailRequest, event: MailEvent, clock: Clock): Parameters<MailRoom['queue']>[1] {
  const { values, voucherIds, deliverOn } = request;
  return {
    event,
    dedupeKey: `outbox:${request.id}`,
    locale: request.locale,
    brand: request.brand ?? null,
    to: { email: request.to, name: request.toName ?? null },
    values,
    secrets: SECRET_VALUES.flatMap((name) => (values[name] ?? '').split('\n')).filter((secret) => secret !== ''),
    attachments: voucherIds.length === 0 ? [] : [{ kind: 'vouchers', ids: voucherIds }],
    sendAfter: deliverOn === null ? clock.now() : Math.max(clock.now(), clock.startOfDay(deliverOn) + MORNING_MS),
    about: request.orderId === undefined ? null : { entity: 'order', id: request.orderId },
  };
}
