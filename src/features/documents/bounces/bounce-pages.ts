import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { cursorOf, actorOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { uploadOf, uploadBytes } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { recordReport, type ListedNotice, noticePage } from './bounce-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const OUTBOX = '/admin/outbox';
const PATH = `${OUTBOX}/notices`;
const PAGE = 50;
const MAX_REPORT_BYTES = 10 * 1024 * 1024;
const TONES = { bounce: 'bad', complaint: 'bad', delay: 'quiet' } as const;

/** Mails that came back: what was told of them, and reading a report that came as a mail. */
export function bouncePages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('mails.see'), async (req, res) => {
    const cursor = cursorOf(req);
    await show(res, cursor, null);
  });

  router.post(PATH, requires('mails.change'), async (req, res) => {
    const { t } = res.locals;
    const file = uploadOf(req, 'file');
    if (file === null) return show(res, null, t('documents:notices.no_file'));
    if (file.bytes > MAX_REPORT_BYTES) return show(res, null, t('documents:notices.too_large'));
    const outcome = await recordReport(database, await uploadBytes(file), actorOf(res), clock.now());
    if (outcome === null) return show(res, null, t('documents:notices.no_report', { name: file.name }));
    if (outcome.mailId === null) return show(res, null, t('documents:notices.unknown', { name: file.name }));
    const text = outcome.isRepeated ? 'repeated' : outcome.isMarked ? 'marked' : 'kept';
    addFlash(req, { kind: outcome.isMarked ? 'success' : 'info', text: t(`documents:notices.${text}`) });
    res.redirect(303, `${OUTBOX}/${outcome.mailId}`);
  });

  return router;

  async function show(res: Response, beforeId: string | null, error: string | null): Promise<void> {
    const { t, user } = res.locals;
    const { items: rows, nextCursor } = await noticePage(database, { mailId: null, beforeId, limit: PAGE });
    if (error !== null) res.status(422);
    renderPage(res, 'documents/bounces/notices', {
      title: t('documents:notices.title'),
      breadcrumbs: [{ href: OUTBOX, text: t('documents:outbox.title') }],
      form: formView({}, error === null ? [] : [{ path: 'file', message: error }]),
      mayRead: may(user, 'mails.change'),
      rows: rows.map((one) => ({
        ...noticeRow(one, res),
        href: `${OUTBOX}/${one.mailId}`,
        subject: t('documents:notices.mail', { id: one.mailId }),
      })),
      next: nextCursor === null ? null : `${PATH}?cursor=${nextCursor}`,
      first: beforeId === null ? null : PATH,
    });
  }
}

export function noticeRow(one: ListedNotice, res: Response) {
  const { recordedAt, recipient, status, detail, kind } = one;
  return {
    recordedAt,
    recipient,
    status,
    detail,
    kindText: res.locals.t(`documents:notices.kind.${kind}`),
    tone: TONES[kind],
  };
}
