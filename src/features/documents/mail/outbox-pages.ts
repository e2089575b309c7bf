import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { textOrNull, idOrNull, fieldsOf, idOf, actorOf, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { mailHtml, type PictureOf } from './mail-delivery-service.ts';
import { MAIL_EVENTS } from '../../../core/sale/placeholders.ts';
import { heldMails } from './mail-hold-service.ts';
import { noticeRow } from '../bounces/bounce-pages.ts';
import { noticePage, settleBounce } from '../bounces/bounce-service.ts';
import {
  ACCESS_MAILS,
  MAIL_FILTERS,
  mailPage,
  maskedText,
  readMail,
  sendAgain,
  withdrawMail,
  type Mail,
  type MailAttachment,
} from './mail-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/outbox';
const PAGE = 50;
const MAX_NOTICES = 20;
const WITHDRAWN: readonly string[] = ['refunded', 'disputed'];
const TONES = {
  queued: 'info',
  sending: 'info',
  sent: 'ok',
  kept: 'quiet',
  failed: 'bad',
  uncertain: 'warn',
  cancelled: 'quiet',
  held: 'warn',
  bounce: 'bad',
  complaint: 'bad',
} as const;
/** Good enough to find a slip; whether it exists the mail server says. */
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]{2,}$/;
const MAIL_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups";

/** Every mail there is: what was sent, what waits, what failed, and sending it again. */
export function outboxPages({
  database,
  clock,
  config,
  renderView,
  pictureOf,
}: Shell & { readonly pictureOf: PictureOf }): Router {
  const hasServer = config.smtpUrl !== null;
  const router = pageRouter();

  router.get(PATH, requires('mails.see'), showOutbox);

  router.get(`${PATH}/:id`, requires('mails.see'), async (req, res) => {
    await show(req, res, null);
  });

  async function show(req: Request, res: Response, typed: string | null): Promise<void> {
    const mail = await readMail(database, idOf(req));
    const { t } = res.locals;
    const isHeld = (await heldMails(database.knex, [mail.id])).has(mail.id);
    if (typed !== null) res.status(422);
    renderPage(res, 'documents/mail/mail', {
      ...rowOf(mail, isHeld, res),
      isHeld,
      isBounced: mail.bounced?.isSeen === false,
      form: formView(
        { recipient: typed ?? mail.recipient },
        typed === null ? [] : [{ path: 'recipient', message: t('documents:outbox.address_wrong') }],
      ),
      mayMove: may(res.locals.user, 'mails.change') && mail.state !== 'queued' && mayMove(mail, res),
      maySettle: may(res.locals.user, 'mails.change') && mail.bounced?.isSeen === false,
      notices: (await noticePage(database, { mailId: mail.id, beforeId: null, limit: MAX_NOTICES })).items.map((one) =>
        noticeRow(one, res),
      ),
      title: shownText(mail.subject, mail, res),
      breadcrumbs: [{ href: PATH, text: t('documents:outbox.title') }],
      path: `${PATH}/${mail.id}`,
      error:
        mail.error === null
          ? null
          : WITHDRAWN.includes(mail.error)
            ? t(`documents:outbox.withdrawn.${mail.error}`)
            : t('documents:outbox.error', { error: mail.error }),
      attempts: mail.attempts,
      attached: mail.attachments.flatMap(({ kind, ids }) => ids.map((id) => attachedFile(kind, id, res))),
      mayWithdraw: may(res.locals.user, 'mails.change') && mail.state === 'queued',
      mayResend:
        may(res.locals.user, 'mails.change') &&
        ['failed', 'uncertain', 'kept', 'cancelled', 'sent'].includes(mail.state),
      isSecret: mail.secrets.length > 0 && (!may(res.locals.user, 'codes.see') || ACCESS_MAILS.includes(mail.event)),
    });
  }

  router.get(`${PATH}/:id/content`, requires('mails.see'), async (req, res) => {
    const mail = await readMail(database, idOf(req));
    const picture = await pictureOf(mail);
    const shown =
      picture === null ? null : { ...picture, src: `data:image/png;base64,${picture.png.toString('base64')}` };
    const html = await mailHtml(
      database,
      renderView,
      { ...mail, subject: shownText(mail.subject, mail, res), body: shownText(mail.body, mail, res) },
      shown,
    );
    res.set('Content-Security-Policy', MAIL_POLICY).set('X-Frame-Options', 'SAMEORIGIN').type('html').send(html);
  });

  router.post(`${PATH}/:id/:action`, requires('mails.change'), act);

  return router;

  async function showOutbox(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const text = (name: string): string | null => textOrNull(req.query[name], LENGTHS.email);
    const typed = {
      state: text('state'),
      event: text('event'),
      recipient: text('recipient'),
      entity: text('entity'),
      id: text('id'),
    };
    const cursor = text('cursor');
    const state = MAIL_FILTERS.find((one) => one === typed.state) ?? null;
    const { items: rows, nextCursor } = await mailPage(database, {
      ...typed,
      state,
      entityId: typed.id,
      beforeId: idOrNull(cursor),
      limit: PAGE,
    });
    const held = await heldMails(
      database.knex,
      rows.map(({ id }) => id),
    );
    const query = new URLSearchParams(
      Object.entries(typed).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    renderPage(res, 'documents/mail/outbox', {
      title: t('documents:outbox.title'),
      hasServer,
      form: formView(typed),
      states: MAIL_FILTERS.map((value) => ({ value, label: t(`documents:state.${value}`) })),
      events: Object.keys(MAIL_EVENTS).map((value) => ({ value, label: t(`documents:event.${value}`) })),
      rows: rows.map((mail) => ({ ...rowOf(mail, held.has(mail.id), res), href: `${PATH}/${mail.id}` })),
      isFiltered: query.size > 0,
      next: nextCursor === null ? null : `${PATH}?${query.toString()}&cursor=${nextCursor}`,
      first: cursor === null ? null : `${PATH}?${query.toString()}`,
    });
  }

  async function act(req: Request, res: Response): Promise<void> {
    const action = req.params['action'];
    if (action !== 'resend' && action !== 'withdraw' && action !== 'settle') throw appError('not_found');
    const { t } = res.locals;
    const actor = actorOf(res);
    const sent = fieldsOf(req)['recipient'];
    const recipient = typeof sent === 'string' ? textOf(sent, LENGTHS.email) : null;
    if (action === 'resend' && recipient !== null) {
      const mail = await readMail(database, idOf(req));
      if (recipient !== mail.recipient && !mayMove(mail, res)) throw appError('forbidden');
      if (!ADDRESS.test(recipient)) return show(req, res, recipient);
    }
    try {
      if (action === 'resend') await sendAgain(database, idOf(req), recipient, actor, clock.now());
      else await (action === 'settle' ? settleBounce : withdrawMail)(database, idOf(req), actor, clock.now());
      addFlash(req, { kind: 'success', text: t(`documents:outbox.done_${action}`) });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      addFlash(req, { kind: 'warning', text: t('documents:outbox.too_late') });
    }
    res.redirect(303, `${PATH}/${idOf(req)}`);
  }
}

function rowOf(mail: Mail, isHeld: boolean, res: Response) {
  const { t } = res.locals;
  const { id, state, recipient, createdAt, sentAt, sendAfter } = mail;
  return {
    id,
    recipient,
    createdAt,
    sentAt,
    state,
    waitsUntil: state === 'queued' && !isHeld ? sendAfter : null,
    subject: shownText(mail.subject, mail, res),
    eventText: t(`documents:event.${mail.event}`),
    ...mailBadge(mail, isHeld, res),
  };
}

/** How it stands with a mail: as the queue knows it, held back, or come back after all. */
export function mailBadge(
  { state, bounced }: Pick<Mail, 'state' | 'bounced'>,
  isHeld: boolean,
  res: Response,
): { readonly stateText: string; readonly tone: string } {
  const shown = isHeld ? 'held' : bounced === null ? state : bounced.kind;
  return {
    stateText: res.locals.t(`documents:state.${shown}`),
    tone: bounced?.isSeen === true ? 'quiet' : TONES[shown],
  };
}

function attachedFile(kind: MailAttachment['kind'], id: string, res: Response) {
  const { t } = res.locals;
  if (kind === 'partner_invoices')
    return { href: `/admin/partner-invoices/${id}/pdf`, text: t('documents:outbox.invoice_pdf', { id }) };
  if (kind === 'partner_run_parts')
    return { href: `/admin/partner-invoices/runs/${id}/pdf`, text: t('documents:outbox.run_pdf', { id }) };
  return {
    href: may(res.locals.user, 'vouchers.document') ? `/admin/vouchers/${id}/document` : '',
    text: t('documents:outbox.voucher_pdf', { id }),
  };
}

function shownText(text: string, mail: Mail, res: Response): string {
  return may(res.locals.user, 'codes.see') && !ACCESS_MAILS.includes(mail.event)
    ? text
    : maskedText(text, mail.secrets);
}

/** Whoever may not see codes sends no mail with one to an address of their own choice. */
function mayMove(mail: Mail, res: Response): boolean {
  return !ACCESS_MAILS.includes(mail.event) && (mail.secrets.length === 0 || may(res.locals.user, 'codes.see'));
}
