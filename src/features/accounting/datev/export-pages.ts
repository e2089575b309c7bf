import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { profileOf } from '../../../core/books/export/export-profiles.ts';
import { may } from '../../../core/access.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { sendParts } from '../../../platform/http/send-parts.ts';
import { actorOf, cursorOf, fieldOf, idOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import {
  areMonthsSound,
  countOpen,
  MAX_CHECKED_IN_PREVIEW,
  filesOfRun,
  runPage,
  previewRun,
  readRun,
  readRunFile,
  undoRun,
  type ExportFile,
  type ExportMonths,
  type ExportRun,
  type ExportJobResult,
} from './export-run-service.ts';
import type { RunSummary } from './export-protocol-service.ts';
import { importMark, markImported } from '../closing/export-mark-service.ts';
import { DATEV_EXPORT_JOB, queueLedgerJob } from '../ledger/ledger-job-service.ts';
import { answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { isMonth, monthBefore, monthOf } from '../../../core/month.ts';
import { ACCOUNTING_PATH, act, urlWith } from '../ledger/ledger-request-form.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import {
  EXPORTS_PATH,
  fileRow,
  foreignWarnings,
  monthOptions,
  previewFrame,
  previewView,
  runRow,
  summaryView,
} from './export-view.ts';
import { currentSetup, setupVersion, vatWarnings } from '../ledger/setup-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const RUNS = 25;

/** Runs for DATEV: looked at before, made, told in a protocol, fetched again, taken back. */
export function exportPages(pages: Shell): Router {
  const { database, clock, namesOfActors } = pages;
  const router = pageRouter();

  router.get(EXPORTS_PATH, requires('books.see'), showRuns);

  router.get(`${EXPORTS_PATH}/preview`, requires('books.see'), showPreview);

  router.post(EXPORTS_PATH, requires('books.change'), startRun);

  router.get(`${EXPORTS_PATH}/:id`, requires('books.see'), showRun);

  router.get(`${EXPORTS_PATH}/:id/files/:name`, requires('books.see'), async (req, res) => {
    const { file, content } = await readRunFile(database.knex, idOf(req), String(req.params['name']));
    res.set({
      'Content-Type': `text/csv; charset=${await charsetOf(file.kind, idOf(req))}`,
      'Content-Disposition': `attachment; filename="${file.name}"`,
      'Content-Length': String(file.bytes),
    });
    await sendParts(res, content);
  });

  router.get(`${EXPORTS_PATH}/:id/undo`, requires('books.change'), async (req, res) => {
    await showUndo(res, await readRun(database.knex, idOf(req)), []);
  });

  router.post(`${EXPORTS_PATH}/:id/undo`, requires('books.change'), async (req, res) => {
    const { t } = res.locals;
    const run = await readRun(database.knex, idOf(req));
    const reason = fieldOf(req, 'reason', 500);
    if (reason === '')
      return showUndo(res, run, [{ path: 'reason', message: t('accounting:exports.reason_required') }]);
    await act(req, res, `${EXPORTS_PATH}/${run.id}`, async () => {
      await undoRun(database, run.id, reason, actorOf(res), clock.now());
      return t('accounting:exports.undone', { number: run.number, count: run.entries });
    });
  });

  router.post(`${EXPORTS_PATH}/:id/imported`, requires('books.change'), async (req, res) => {
    const { t } = res.locals;
    const run = await readRun(database.knex, idOf(req));
    const isImported = fieldOf(req, 'isImported', 1) === '1';
    await act(req, res, `${EXPORTS_PATH}/${run.id}`, async () => {
      await markImported(database, { actor: actorOf(res), moment: clock.moment() }, run, isImported);
      return t(`accounting:exports.${isImported ? 'marked' : 'unmarked'}`, { number: run.number });
    });
  });

  return router;

  /** A profile says how its file is written. */
  async function charsetOf(kind: ExportFile['kind'], runId: string): Promise<string> {
    if (kind === 'datev') return 'windows-1252';
    if (kind !== 'profile') return 'utf-8';
    const { setupId } = await readRun(database.knex, runId);
    const profile = profileOf((await setupVersion(database.knex, setupId)).export);
    return profile?.encoding === 'cp1252' ? 'windows-1252' : 'utf-8';
  }

  async function showRuns(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const beforeId = cursorOf(req);
    const { items: shown, nextCursor } = await runPage(database.knex, beforeId, RUNS);
    const names = await namesOfActors(shown.map(({ createdBy }) => createdBy));
    const last = monthBefore(monthOf(clock.today()));
    renderPage(res, 'accounting/datev/exports', {
      title: t('accounting:exports.title'),
      form: formView({ fromMonth: last, toMonth: last }),
      months: monthOptions(monthOf(clock.today()), t),
      mayChange: may(res.locals.user, 'books.change'),
      runs: shown.map((run) => ({ ...runRow(run, t), by: names.get(run.createdBy) ?? run.createdBy })),
      first: beforeId === null ? '' : EXPORTS_PATH,
      next: nextCursor === null ? '' : urlWith(EXPORTS_PATH, { cursor: nextCursor }),
    });
  }

  async function showPreview(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { months, errors, typed } = readMonths(req.query, t);
    if (months === null) {
      res.status(422);
      return renderPage(res, 'accounting/datev/export-preview', { ...previewFrame(t, typed, errors), preview: null });
    }
    const open = await countOpen(database.knex, months);
    const { setup } = await currentSetup(database.knex);
    const { currency } = await generalSettings(database.knex);
    const check = open > MAX_CHECKED_IN_PREVIEW ? null : await previewRun(database.knex, months);
    renderPage(res, 'accounting/datev/export-preview', {
      ...previewFrame(t, typed, []),
      preview: {
        ...previewView(open, check, t),
        warnings: [
          ...vatWarnings(setup).map(({ account }) => t('accounting:setup.vat_warning', { account })),
          ...foreignWarnings(check?.currencies ?? [], currency, t),
        ],
        mayRun: may(res.locals.user, 'books.change') && open > 0 && (check?.problemCount ?? 0) === 0,
      },
    });
  }

  async function startRun(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { months, errors, typed } = readMonths(req.body as Record<string, unknown>, t);
    if (months === null) {
      res.status(422);
      return renderPage(res, 'accounting/datev/export-preview', { ...previewFrame(t, typed, errors), preview: null });
    }
    const id = await queueLedgerJob(database, DATEV_EXPORT_JOB, months, actorOf(res), clock.now());
    await answerWithJob({ req, res }, database, id, {
      refusedAt: urlWith(`${EXPORTS_PATH}/preview`, { fromMonth: months.fromMonth, toMonth: months.toMonth }),
      done(result) {
        const { runId, number, rows, skipped } = result as ExportJobResult;
        const text = t('accounting:exports.done', { number, count: rows - skipped });
        return { href: `${EXPORTS_PATH}/${runId}`, flashes: [{ kind: 'success', text }] };
      },
    });
  }

  async function showRun(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const run = await readRun(database.knex, idOf(req));
    const names = await namesOfActors([run.createdBy, run.undoneBy ?? '']);
    const files = await filesOfRun(database.knex, run.id);
    const mark = await importMark(database.knex, run.id);
    renderPage(res, 'accounting/datev/export', {
      title: t('accounting:exports.run_title', { number: run.number }),
      breadcrumbs: [{ href: EXPORTS_PATH, text: t('accounting:exports.title') }],
      run: {
        ...runRow(run, t),
        by: names.get(run.createdBy) ?? run.createdBy,
        undone: run.undoneBy === null ? '' : (names.get(run.undoneBy) ?? run.undoneBy),
        undoneAt: run.undoneAt,
        undoReason: run.undoReason ?? '',
      },
      summary: summaryView(pages, run.summary as RunSummary, t),
      files: files.map((file) => ({ ...fileRow(file, t), href: `${EXPORTS_PATH}/${run.id}/files/${file.name}` })),
      journalHref: urlWith(`${ACCOUNTING_PATH}/journal`, { run: run.id }),
      undoHref: `${EXPORTS_PATH}/${run.id}/undo`,
      mark: mark === null ? null : { at: mark.at, by: (await namesOfActors([mark.by])).get(mark.by) ?? mark.by },
      mayMark: may(res.locals.user, 'books.change') && run.state === 'written',
      markHref: `${EXPORTS_PATH}/${run.id}/imported`,
      mayUndo: may(res.locals.user, 'books.change') && run.state === 'written',
    });
  }
}

function showUndo(res: Response, run: ExportRun, errors: readonly FormError[]): Promise<void> {
  const { t } = res.locals;
  if (run.state !== 'written') throw appError('conflict');
  markInvalid(res, errors);
  renderPage(res, 'accounting/datev/export-undo', {
    title: t('accounting:exports.undo_title', { number: run.number }),
    breadcrumbs: [
      { href: EXPORTS_PATH, text: t('accounting:exports.title') },
      { href: `${EXPORTS_PATH}/${run.id}`, text: run.number },
    ],
    run: runRow(run, t),
    form: formView({}, errors),
    action: `${EXPORTS_PATH}/${run.id}/undo`,
    back: `${EXPORTS_PATH}/${run.id}`,
  });
  return Promise.resolve();
}

function readMonths(
  sent: Readonly<Record<string, unknown>>,
  t: Translate,
): { months: ExportMonths | null; errors: FormError[]; typed: ExportMonths } {
  const typed = { fromMonth: textOf(sent['fromMonth']), toMonth: textOf(sent['toMonth']) };
  const isSound = isMonth(typed.fromMonth) && isMonth(typed.toMonth) && areMonthsSound(typed);
  return {
    months: isSound ? typed : null,
    errors: isSound ? [] : [{ path: 'toMonth', message: t('accounting:exports.months_wrong') }],
    typed,
  };
}
