import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { actorOf, idOf, markInvalid, cursorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { fourEyesSettings } from '../../settings/four-eyes-settings-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { APPROVALS_PATH } from './approval-asking-form.ts';
import {
  acceptApproval,
  approvalOf,
  approvalPage,
  hasChanged,
  refuseApproval,
  type Approval,
} from './approval-service.ts';
import { findVoucher, type VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { actorName } from '../form/voucher-aside-view.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PAGE = 50;
const TONES = { open: 'warn', accepted: 'ok', refused: 'bad', withdrawn: 'quiet' } as const;

/** What needs a second person: asked for by one, accepted or refused by another. */
export function approvalPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(APPROVALS_PATH, requires('approvals.see'), async (req, res) => {
    const { t } = res.locals;
    const isOpen = req.query['state'] !== 'decided';
    const cursor = cursorOf(req);
    const { items: rows, nextCursor } = await approvalPage(database.knex, { isOpen, after: cursor, limit: PAGE });
    const names = await namesOfActors(
      database,
      rows.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy ?? '']),
    );
    const state = isOpen ? '' : '&state=decided';
    renderPage(res, 'vouchers/approvals/approvals', {
      title: t('vouchers:approvals.title'),
      path: APPROVALS_PATH,
      isOpen,
      limitText: await limitText(res),
      rows: rows.map((row) => ({
        ...row,
        href: `${APPROVALS_PATH}/${row.id}`,
        kindText: t(`vouchers:approvals.kind.${row.kind}`),
        by: actorName(row.requestedBy, names, t),
        decidedName: names.get(row.decidedBy ?? '') ?? '',
        tone: TONES[row.state],
        stateText: t(`vouchers:approvals.state.${row.state}`),
      })),
      next: nextCursor === null ? null : `${APPROVALS_PATH}?cursor=${nextCursor}${state}`,
      first: cursor === null ? null : `${APPROVALS_PATH}?${state.slice(1)}`,
    });
  });

  router.get(`${APPROVALS_PATH}/:id`, requires('approvals.see'), async (req, res) => {
    await show(res, await approvalOf(database.knex, idOf(req)));
  });

  router.post(`${APPROVALS_PATH}/:id/acceptance`, requires('approvals.decide_refund'), async (req, res) => {
    const approval = await approvalOf(database.knex, idOf(req));
    if (!isDecider(res, approval)) throw appError('forbidden');
    const refusal = await attempt(res, () =>
      acceptApproval(database, { actor: actorOf(res), moment: moment() }, approval.id),
    );
    if (refusal !== null) return show(res, await approvalOf(database.knex, approval.id), '', refusal);
    addFlash(req, { kind: 'success', text: res.locals.t('vouchers:approvals.accepted') });
    res.redirect(303, `${APPROVALS_PATH}/${approval.id}`);
  });

  router.post(`${APPROVALS_PATH}/:id/refusal`, requires('approvals.see'), async (req, res) => {
    const approval = await approvalOf(database.knex, idOf(req));
    const isOwn = approval.requestedBy === actorOf(res);
    if (!isOwn && !isDecider(res, approval)) throw appError('forbidden');
    const note = fieldOf(req, 'note', LENGTHS.reason);
    if (note === '' && !isOwn)
      return show(res, approval, note, [{ path: 'note', message: res.locals.t('vouchers:approvals.note_required') }]);
    let state = '';
    const refusal = await attempt(res, async () => {
      state = await refuseApproval(
        database,
        { actor: actorOf(res), moment: moment() },
        approval.id,
        note === '' ? null : note,
      );
    });
    if (refusal !== null) return show(res, await approvalOf(database.knex, approval.id), note, refusal);
    addFlash(req, { kind: 'success', text: res.locals.t(`vouchers:approvals.told_${state}`) });
    res.redirect(303, `${APPROVALS_PATH}/${approval.id}`);
  });

  return router;

  async function limitText(res: Response): Promise<string> {
    const { isOn, limit } = await fourEyesSettings(database.knex);
    const { t, locale } = res.locals;
    return isOn
      ? t('vouchers:approvals.limit', {
          limit: formatMoney(limit, (await generalSettings(database.knex)).currency, locale),
        })
      : t('vouchers:approvals.limit_off');
  }

  async function show(res: Response, approval: Approval, note = '', errors: readonly FormError[] = []): Promise<void> {
    const { t } = res.locals;
    const voucher = approval.voucherId === null ? null : await findVoucher(database, approval.voucherId, moment());
    const names = await namesOfActors(database, [approval.requestedBy, approval.decidedBy ?? '']);
    const isOpen = approval.state === 'open';
    const isOwn = approval.requestedBy === actorOf(res);
    markInvalid(res, errors);
    renderPage(res, 'vouchers/approvals/approval', {
      title: t('vouchers:approvals.one', { id: approval.id }),
      breadcrumbs: [{ href: APPROVALS_PATH, text: t('vouchers:approvals.title') }],
      path: `${APPROVALS_PATH}/${approval.id}`,
      approval: {
        ...approval,
        kindText: t(`vouchers:approvals.kind.${approval.kind}`),
        tone: TONES[approval.state],
        stateText: t(`vouchers:approvals.state.${approval.state}`),
        by: actorName(approval.requestedBy, names, t),
        decided: approval.decidedBy === null ? '' : (names.get(approval.decidedBy) ?? approval.decidedBy),
      },
      voucher,
      isChanged: isOpen && (await hasChanged(database.knex, approval, moment())),
      lines: isOpen ? consequence(approval, voucher, res) : [],
      mayAccept: isOpen && !isOwn && isDecider(res, approval),
      mayRefuse: isOpen && (isOwn || isDecider(res, approval)),
      isOwn: isOpen && isOwn,
      form: formView({ note }, errors),
    });
  }
}

/** What accepting it means, in figures. */
function consequence(approval: Approval, voucher: VoucherView | null, res: Response): string[] {
  const { t, locale } = res.locals;
  const money = (cents: number): string => formatMoney(cents, approval.currency, locale);
  const balance = voucher?.balance ?? 0;
  const payload = (approval.payload ?? {}) as {
    readonly body?: VoucherBody;
    readonly counter?: string;
    readonly bookUntil?: string;
  };
  switch (approval.kind) {
    case 'goodwill':
      return [
        t('vouchers:approvals.goodwill', { title: payload.body?.title ?? '', value: money(approval.cents) }),
        t('vouchers:approvals.memo'),
      ];
    case 'issue':
      return [t('vouchers:approvals.issue', { value: money(approval.cents) }), t('vouchers:approvals.memo')];
    case 'correction':
      return [
        t('vouchers:approvals.correction', { before: money(balance), after: money(balance + approval.cents) }),
        t(`vouchers:approvals.counter.${payload.counter ?? 'DEBITOR'}`, { value: money(Math.abs(approval.cents)) }),
      ];
    case 'extension':
      return [
        t('vouchers:approvals.extension', {
          before: formatDay(voucher?.validity.bookUntil ?? '', locale),
          after: formatDay(payload.bookUntil ?? '', locale),
          value: money(balance),
        }),
        t('vouchers:approvals.acknowledged'),
      ];
    case 'reactivation':
      return [
        t('vouchers:approvals.reactivation', { value: money(approval.cents) }),
        t('vouchers:approvals.acknowledged'),
      ];
    case 'refund':
      return [t('vouchers:approvals.refund', { value: money(balance) }), t('vouchers:approvals.ends')];
  }
}

/** Money that leaves may also be accepted by those who were given the right to refunds. */
function isDecider(res: Response, { kind }: Approval): boolean {
  const { user } = res.locals;
  return may(user, kind === 'refund' ? 'approvals.decide_refund' : 'approvals.decide');
}

/** Why it could not be done; null: it is done. */
async function attempt(res: Response, work: () => Promise<unknown>): Promise<FormError[] | null> {
  try {
    await work();
    return null;
  } catch (error) {
    rethrowUnexpected(error, 'not_found');
    const { t } = res.locals;
    const [field] = error.details.fields ?? [];
    const message =
      error.code === 'conflict'
        ? t('vouchers:approvals.decided_already')
        : field === undefined
          ? errorSentence(error.code, t)
          : fieldSentence(field, t);
    return [{ path: '', message }];
  }
}
