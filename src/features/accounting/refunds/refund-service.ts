import { compactIban, isIban } from '../../../core/sale/epc-payment.ts';
import { postingsOfRefundPaid, type RefundWay } from '../../../core/sale/refund.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { auditInsert, writeAudit, type AuditEntry } from '../../../platform/data/audit.ts';
import {
  inTransaction,
  type Connection,
  type Database,
  type Transaction,
  type Write,
} from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { requireToldDay } from '../../staff/people/told-day-service.ts';
import { takeNumber, yearOf } from '../ledger/number-service.ts';
import {
  moveSubject,
  newSubject,
  subjectById,
  subjectFor,
  type LedgerSubject,
} from '../ledger/ledger-subject-service.ts';
import { postingDay } from '../ledger/posting-day-service.ts';
import {
  findRefund,
  refundIncrease,
  refundInsert,
  updateRefund,
  type NewRefund,
  type Refund,
  type RefundTarget,
} from './refund-store.ts';

export { REFUND_STATES, type RefundState } from './refund-store.ts';
export type { Refund, RefundTarget };

/** What is decided to be paid back. */
export interface DecidedRefund
  extends
    RefundTarget,
    Pick<NewRefund, 'origin' | 'cents' | 'currency' | 'voucher' | 'order' | 'partnerId' | 'lineId' | 'reason'> {
  readonly brand: string | null;
  /** Where the money stands already; null: an open item of the refund's own, which the caller posts on. */
  readonly openItem: LedgerSubject | null;
}

/** What a refund was decided as: its number is the document of all that is posted for it. */
export interface OpenedRefund {
  readonly number: string;
  readonly openItemId: string;
  /** To be written together with what is posted of it. */
  readonly writes: readonly Write[];
}

/** Makes the task of paying money back. Its number is taken here, so everything else the caller locks comes first. */
export async function decideRefund(act: Act, decided: DecidedRefund): Promise<OpenedRefund> {
  const { trx, moment } = act;
  const { brand, openItem, ...refund } = decided;
  const { number, write } = await takeNumber(trx, 'refund', yearOf(moment.today), {
    now: moment.now,
    subject: 'refund',
  });
  if (refund.origin === 'partner') return openedRefund(act, refund, { number, write, openItemId: null });
  const subject =
    openItem ??
    (await newSubject(trx, { kind: 'refund', name: number, subjectId: number, brand, currency: refund.currency }));
  return openedRefund(act, refund, { number, write, openItemId: subject.id });
}

/** A partner's credit came about by taking an invoice back, in the chain of its deal, so it is no open item of its own. */
function openedRefund(
  act: Act,
  refund: Omit<DecidedRefund, 'brand' | 'openItem'>,
  { number, write, openItemId }: { readonly number: string; readonly write: Write; readonly openItemId: string | null },
): OpenedRefund {
  const { trx, actor, moment } = act;
  const decision = { decidedOn: moment.today, decidedAt: moment.now, decidedBy: actor, openItemId };
  const changes = { cents: refund.cents, way: refund.way, origin: refund.origin };
  return {
    number,
    openItemId: openItemId ?? '',
    writes: [
      write,
      refundInsert(trx, { ...refund, ...decision, number }),
      auditInsert(trx, [refundAudit(act, 'refund.decide', number, changes)]),
    ],
  };
}

/** More of the same decision, such as the next voucher of an order. */
export function increasedRefund(trx: Transaction, refund: OpenedRefund, cents: number): OpenedRefund {
  return { ...refund, writes: [refundIncrease(trx, refund.number, cents)] };
}

/** Who is to be paid and how, as long as nobody has ordered or paid it. */
export async function changeRefund(
  database: Database,
  author: Author,
  id: string,
  target: RefundTarget,
): Promise<Refund> {
  if (target.iban !== '' && !isIban(target.iban))
    throw appError('rule_broken', { fields: [{ path: 'iban', code: 'iban', text: 'refunds:refusal.iban' }] });
  return inTransaction(database, async (trx) => {
    const refund = await lockedRefund(trx, id);
    if (refund.state !== 'open') throw appError('conflict');
    const iban = compactIban(target.iban);
    await updateRefund(trx, id, {
      way: target.way,
      payee: target.payee,
      iban,
      provider_reference: target.providerReference,
    });
    const known = { way: target.way, hasIban: iban !== '' };
    await auditRefund({ trx, ...author }, 'refund.change', refund.number, known);
    return lockedRefund(trx, id);
  });
}

export interface RefundPayment {
  readonly paidOn: string;
  readonly reference: string | null;
}

/** The money has left the house: the books follow, once. Cash is paid at a till alone, which calls this itself. */
export async function payRefund(act: Act, id: string, way: RefundWay, payment: RefundPayment): Promise<Refund> {
  const { trx, actor, moment } = act;
  const refund = await lockedRefund(trx, id);
  if (refund.state !== 'open' && refund.state !== 'ordered') throw appError('conflict');
  if (refund.state === 'ordered' && way !== 'transfer') throw ruleBroken('way', 'in_file');
  await requireToldDay(act, payment.paidOn, 'paidOn');
  if (payment.paidOn < refund.decidedOn) throw ruleBroken('paidOn', 'day_before_decision');
  const { postedOn } = await postingDay(trx, payment.paidOn, moment.today);
  const subject =
    refund.openItemId === null ? await legacySubject(trx, refund) : await subjectById(trx, refund.openItemId);
  const postings = postingsOfRefundPaid(refund.cents, way, refund.origin === 'partner' ? 'DEBITOR_PARTNER' : 'DEBITOR');
  const reason = payment.reference ?? refund.reason;
  const move = { postings, postedOn: payment.paidOn, reason: reason.slice(0, 500), documentNumber: refund.number };
  await moveSubject(act, subject, [move], refund.openItemId === null ? 'no_item' : 'own_item');
  await updateRefund(trx, id, {
    state: 'paid',
    way,
    paid_on: payment.paidOn,
    paid_posted_on: postedOn,
    paid_at: moment.now,
    paid_by: actor,
    payment_reference: payment.reference,
  });
  await auditRefund(act, 'refund.pay', refund.number, { ...payment, way, cents: refund.cents });
  return lockedRefund(trx, id);
}

/** A person has paid it or seen it paid: by transfer or at the provider. Cash leaves by the till alone. */
export async function payRefundByHand(
  database: Database,
  author: Author,
  id: string,
  payment: RefundPayment,
): Promise<Refund> {
  return inTransaction(database, async (trx) => {
    const { way } = await readRefund(trx, id);
    if (way === 'cash') throw ruleBroken('paidOn', 'at_the_till');
    if (way === 'provider' && payment.reference === null) throw ruleBroken('reference', 'reference_missing');
    return payRefund({ trx, ...author }, id, way, payment);
  });
}

/** Not to be paid after all: the money stands where it stood. Only where the decision itself posted nothing. */
export async function withdrawRefundByHand(database: Database, author: Author, id: string): Promise<void> {
  const { actor, moment } = author;
  await inTransaction(database, async (trx) => {
    const refund = await lockedRefund(trx, id);
    if (refund.state !== 'open' || !isWithdrawable(refund)) throw appError('conflict');
    const columns = { withdrawn_on: moment.today, withdrawn_at: moment.now, withdrawn_by: actor };
    await updateRefund(trx, id, { state: 'withdrawn', ...columns });
    await auditRefund({ trx, ...author }, 'refund.withdraw', refund.number, { cents: refund.cents });
  });
}

/** Money of an order or a partner is still theirs without the refund; a voucher that was ended for it is not. */
export function isWithdrawable({ origin }: Pick<Refund, 'origin'>): boolean {
  return origin === 'order_money' || origin === 'partner';
}

/** What is missing to pay it, in the order in which people ask for it. */
export function missingOf(refund: Pick<Refund, 'way' | 'payee' | 'iban' | 'providerReference'>): RefundGap[] {
  return [
    ...(refund.payee === '' ? (['payee'] as const) : []),
    ...(refund.way === 'transfer' && refund.iban === '' ? (['iban'] as const) : []),
    ...(refund.way === 'provider' && refund.providerReference === '' ? (['provider_reference'] as const) : []),
  ];
}

export type RefundGap = 'payee' | 'iban' | 'provider_reference';

export async function readRefund(connection: Connection, id: string): Promise<Refund> {
  const refund = await findRefund(connection, id);
  if (refund === null) throw appError('not_found');
  return refund;
}

/** A partner's credit is set off against an invoice of theirs instead of being paid. */
export async function setOffRefund(act: Act, id: string, invoiceNumber: string): Promise<Refund> {
  const refund = await lockedRefund(act.trx, id);
  if (refund.state !== 'open' || refund.origin !== 'partner') throw appError('conflict');
  await updateRefund(act.trx, id, { state: 'set_off', set_off_on: act.moment.today, set_off_number: invoiceNumber });
  await auditRefund(act, 'refund.set_off', refund.number, { cents: refund.cents, invoice: invoiceNumber });
  return refund;
}

export async function auditRefund(act: Act, action: string, number: string, changes: object): Promise<void> {
  await writeAudit(act.trx, [refundAudit(act, action, number, changes)]);
}

function refundAudit({ actor, moment }: Act, action: string, number: string, changes: object): AuditEntry {
  return { recordedAt: moment.now, actor, action, entity: 'refund', entityId: number, changes };
}

async function lockedRefund(trx: Transaction, id: string): Promise<Refund> {
  const refund = await findRefund(trx, id, 'locked');
  if (refund === null) throw appError('not_found');
  return refund;
}

/** A refund that has no open item has a chain all the same: of its partner, or its own where it is from before there were any. */
function legacySubject(trx: Transaction, { number, currency, partnerId }: Refund): Promise<LedgerSubject> {
  if (partnerId !== null) {
    const name = `${partnerId} ${currency}`.slice(0, 64);
    return subjectFor(trx, { kind: 'partner', name, subjectId: partnerId, brand: null, currency });
  }
  return subjectFor(trx, { kind: 'refund', name: number, subjectId: number, brand: null, currency });
}

function ruleBroken(path: string, code: string): Error {
  return appError('rule_broken', { fields: [{ path, code, text: `refunds:refusal.${code}` }] });
}
