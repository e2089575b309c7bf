import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { sendParts } from '../../../platform/http/send-parts.ts';
import { actorOf, cursorOf, fieldOf, idOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import type { ExportProblem } from '../../../core/books/datev-booking.ts';
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
  type ExportMonths,
  type ExportRun,
  type ExportJobResult,
} from './export-run-service.ts';
import type { RunSummary } from './export-write-service.ts';
import { DATEV_EXPORT_JOB, queueLedgerJob } from '../ledger/ledger-job-service.ts';
import { answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { isMonth, monthOf } from '../../../core/month.ts';
import { monthText } from '../ledger/month-view.ts';
import { ACCOUNTING_PATH, act, urlWith, wordText } from '../ledger/ledger-request-form.ts';
import { currentSetup, vatWarnings } from '../ledger/setup-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/exports`;
const RUNS = 25;
const MONTHS_OFFERED = 24;

/** Runs for DATEV: looked at before, made, told in a protocol, fetched again, taken back. */
export function exportPages(pages: Shell): Router {
  const { database, clock, namesOfActors } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
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
      first: beforeId === null ? '' : PATH,
      next: nextCursor === null ? '' : urlWith(PATH, { cursor: nextCursor }),
    });
  });

  router.get(`${PATH}/preview`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const { months, errors, typed } = readMonths(req.query, t);
    if (months === null) {
      res.status(422);
      return renderPage(res, 'accounting/datev/export-preview', { ...previewFrame(t, typed, errors), preview: null });
    }
    const open = await countOpen(database.knex, months);
    const { setup } = await currentSetup(database.knex);
    const isLarge = open > MAX_CHECKED_IN_PREVIEW;
    const check = isLarge ? null : await previewRun(database.knex, months);
    renderPage(res, 'accounting/datev/export-preview', {
      ...previewFrame(t, typed, []),
      preview: {
        open,
        isLarge,
        check:
          check === null
            ? null
            : {
                ...check,
                skipped: [...check.skipped].map(([reason, ids]) => ({
                  text: t(`accounting:exports.skip.${reason}`),
                  entries: ids.length,
                })),
              },
        problems: (check?.problems ?? []).map((problem) => problemRow(problem, t)),
        more: Math.max(0, (check?.problemCount ?? 0) - (check?.problems.length ?? 0)),
        warnings: vatWarnings(setup).map(({ account }) => t('accounting:setup.vat_warning', { account })),
        mayRun: may(res.locals.user, 'books.change') && open > 0 && (check?.problemCount ?? 0) === 0,
      },
    });
  });

  router.post(PATH, requires('books.change'), async (req, res) => {
    const { t } = res.locals;
    const { months, errors, typed } = readMonths(req.body as Record<string, unknown>, t);
    if (months === null) {
      res.status(422);
      return renderPage(res, 'accounting/datev/export-preview', { ...previewFrame(t, typed, errors), preview: null });
    }
    const id = await queueLedgerJob(database, DATEV_EXPORT_JOB, months, actorOf(res), clock.now());
    await answerWithJob({ req, res }, database, id, {
      refusedAt: urlWith(`${PATH}/preview`, { fromMonth: months.fromMonth, toMonth: months.toMonth }),
      done(result) {
        const { runId, number, rows, skipped } = result as ExportJobResult;
        const text = t('accounting:exports.done', { number, count: rows - skipped });
        return { href: `${PATH}/${runId}`, flashes: [{ kind: 'success', text }] };
      },
    });
  });

  router.get(`${PATH}/:id`, requires('books.see'), async (req, res) => {
    const { t } = res.locals;
    const run = await readRun(database.knex, idOf(req));
    const names = await namesOfActors([run.createdBy, ...(run.undoneBy === null ? [] : [run.undoneBy])]);
    const summary = run.summary as RunSummary;
    const files = await filesOfRun(database.knex, run.id);
    renderPage(res, 'accounting/datev/export', {
      title: t('accounting:exports.run_title', { number: run.number }),
      breadcrumbs: [{ href: PATH, text: t('accounting:exports.title') }],
      run: {
        ...runRow(run, t),
        by: names.get(run.createdBy) ?? run.createdBy,
        undone: run.undoneBy === null ? '' : (names.get(run.undoneBy) ?? run.undoneBy),
        undoneAt: run.undoneAt,
        undoReason: run.undoReason ?? '',
      },
      summary: {
        ...summary,
        opening: summary.opening.map((row) => ({
          ...row,
          name: wordText(pages, t, 'role', row.role),
          accountText: row.account ?? row.role,
        })),
        closing: summary.closing.map((row) => ({
          ...row,
          name: wordText(pages, t, 'role', row.role),
          accountText: row.account ?? row.role,
        })),
        skipped: summary.skipped.map(({ reason, entries }) => ({
          text: t(`accounting:exports.skip.${reason}`),
          entries,
        })),
      },
      files: files.map((file) => ({
        ...file,
        kindText: t(`accounting:exports.kind.${file.kind}`),
        monthText: file.kind === 'protocol' ? '' : monthText(file.month, t),
        href: `${PATH}/${run.id}/files/${file.name}`,
      })),
      journalHref: urlWith(`${ACCOUNTING_PATH}/journal`, { run: run.id }),
      undoHref: `${PATH}/${run.id}/undo`,
      mayUndo: may(res.locals.user, 'books.change') && run.state === 'written',
    });
  });

  router.get(`${PATH}/:id/files/:name`, requires('books.see'), async (req, res) => {
    const { file, content } = await readRunFile(database.knex, idOf(req), String(req.params['name']));
    res.set({
      'Content-Type': file.kind === 'datev' ? 'text/csv; charset=windows-1252' : 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${file.name}"`,
      'Content-Length': String(file.bytes),
    });
    await sendParts(res, content);
  });

  router.get(`${PATH}/:id/undo`, requires('books.change'), async (req, res) => {
    await showUndo(res, await readRun(database.knex, idOf(req)), []);
  });

  router.post(`${PATH}/:id/undo`, requires('books.change'), async (req, res) => {
    const { t } = res.locals;
    const run = await readRun(database.knex, idOf(req));
    const reason = fieldOf(req, 'reason', 500);
    if (reason === '')
      return showUndo(res, run, [{ path: 'reason', message: t('accounting:exports.reason_required') }]);
    await act(req, res, `${PATH}/${run.id}`, async () => {
      await undoRun(database, run.id, reason, actorOf(res), clock.now());
      return t('accounting:exports.undone', { number: run.number, count: run.entries });
    });
  });

  return router;
}

function showUndo(res: Response, run: ExportRun, errors: readonly FormError[]): Promise<void> {
  const { t } = res.locals;
  if (run.state !== 'written') throw appError('conflict');
  markInvalid(res, errors);
  renderPage(res, 'accounting/datev/export-undo', {
    title: t('accounting:exports.undo_title', { number: run.number }),
    breadcrumbs: [
      { href: PATH, text: t('accounting:exports.title') },
      { href: `${PATH}/${run.id}`, text: run.number },
    ],
    run: runRow(run, t),
    form: formView({}, errors),
    action: `${PATH}/${run.id}/undo`,
    back: `${PATH}/${run.id}`,
  });
  return Promise.resolve();
}

function previewFrame(t: Translate, typed: ExportMonths, errors: readonly FormError[]) {
  return {
    title: t('accounting:exports.preview_title', {
      from: monthText(typed.fromMonth, t),
      to: monthText(typed.toMonth, t),
    }),
    breadcrumbs: [{ href: PATH, text: t('accounting:exports.title') }],
    form: formView({ ...typed }, errors),
    typed,
    accountsHref: `${ACCOUNTING_PATH}/accounts`,
  };
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

function runRow(run: ExportRun, t: Translate) {
  const tones = { sealed: 'warn', written: 'ok', undone: 'quiet' } as const;
  return {
    id: run.id,
    number: run.number,
    label: run.number,
    href: `${PATH}/${run.id}`,
    span:
      run.fromMonth === run.toMonth
        ? monthText(run.fromMonth, t)
        : `${monthText(run.fromMonth, t)} – ${monthText(run.toMonth, t)}`,
    stateText: t(`accounting:exports.state.${run.state}`),
    tone: tones[run.state],
    entries: run.entries,
    skippedCount: run.skipped,
    bookings: run.entries - run.skipped,
    createdAt: run.createdAt,
    isUndone: run.state === 'undone',
    setupText: run.setupId ?? '–',
  };
}

function problemRow(problem: ExportProblem, t: Translate) {
  const isDigits = problem.code === 'account_missing';
  return {
    text: t(`accounting:problem.${problem.code}`, {
      value: isDigits ? `${t(`accounting:role.${problem.value}`)} (${problem.value})` : problem.value,
    }),
    voucher: problem.voucher ?? '',
    href: problem.entryId === null ? '' : `${ACCOUNTING_PATH}/journal/${problem.entryId}`,
  };
}

function monthOptions(current: string, t: Translate): { value: string; label: string }[] {
  const months: { value: string; label: string }[] = [];
  for (let month = current; months.length < MONTHS_OFFERED; month = monthBefore(month))
    months.push({ value: month, label: monthText(month, t) });
  return months;
}

function monthBefore(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return number === 1
    ? `${String(year - 1).padStart(4, '0')}-12`
    : `${month.slice(0, 5)}${String(number - 1).padStart(2, '0')}`;
}
