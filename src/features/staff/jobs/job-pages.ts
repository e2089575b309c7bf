import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { cursorOf, userOf, idOf } from '../../../platform/http/request.ts';
import { readPage } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatNumber } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { JOB_STATES, type Job } from '../../../platform/jobs/job-store.ts';
import { renderFragment, renderPage } from '../../../platform/html/views.ts';
import { cancelJob, fileOf, goneFileOf, jobFor, jobsOf, paceOf } from './job-service.ts';
import { namesOfActors } from '../people/user-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/jobs';
const PAGE = 50;
const TONES = { queued: 'quiet', running: 'info', done: 'ok', failed: 'bad', cancelled: 'quiet' } as const;

/** What works in the background: how far it is, what came of it, and how to stop it. */
export function jobPages({ database, clock, files, i18n }: Shell): Router {
  const router = pageRouter();
  router.use(PATH, requires('jobs.see'));

  router.get(PATH, showJobs);

  router.get(`${PATH}/:id`, async (req, res) => {
    const job = await jobFor(database, idOf(req), userOf(res));
    renderPage(res, 'staff/jobs/job', {
      title: kindText(job, res.locals.t),
      breadcrumbs: [{ href: PATH, text: res.locals.t('jobs:title') }],
      ...(await detail(job, res)),
    });
  });

  router.get(`${PATH}/:id/progress`, async (req, res) => {
    renderFragment(res, 'staff/jobs/job-progress', await detail(await jobFor(database, idOf(req), userOf(res)), res));
  });

  router.post(`${PATH}/:id/cancellation`, requires('jobs.stop'), async (req, res) => {
    await cancelJob(database, idOf(req), userOf(res), clock.now());
    addFlash(req, { kind: 'info', text: res.locals.t('jobs:cancel_done') });
    res.redirect(303, `${PATH}/${idOf(req)}`);
  });

  router.get(`${PATH}/:id/file`, async (req, res) => {
    const file = fileOf(await jobFor(database, idOf(req), userOf(res)), userOf(res));
    if (file === null || !(await files.exists(file.key))) throw appError('not_found');
    res.type(file.mediaType);
    // The data directory may lie in a folder whose name begins with a dot.
    res.download(await files.path(file.key), file.name, { dotfiles: 'allow' });
  });

  return router;

  async function detail(job: Job, res: Response): Promise<Record<string, unknown>> {
    const { t, locale } = res.locals;
    const names = await namesOfActors(database, [job.createdBy]);
    const { percent: percentDone, perSecond, secondsLeft } = paceOf(job, clock.now());
    const file = fileOf(job, userOf(res));
    const isEnded = ['done', 'failed', 'cancelled'].includes(job.state);
    return {
      ...rowOf(job, t, locale),
      by: names.get(job.createdBy) ?? t('jobs:system'),
      isEnded,
      isRunning: job.state === 'running',
      mayCancel: !isEnded && !job.isCancelRequested,
      isCancelling: !isEnded && job.isCancelRequested,
      percentDone,
      pace: perSecond === null ? '' : t('jobs:pace', { rate: formatNumber(perSecond, locale) }),
      left: secondsLeft === null ? '' : durationText(secondsLeft, t),
      figures: figuresOf(job, t, locale),
      fileName: file?.name ?? null,
      goneFile: goneFileOf(job),
      resultHref: resultPageOf(job),
      error: errorText(job, t),
    };
  }

  /** The numbers of the result that have a name. */
  function figuresOf({ result }: Job, t: Translate, locale: Locale): { label: string; value: string }[] {
    if (typeof result !== 'object' || result === null) return [];
    return Object.entries(result).flatMap(([key, value]) =>
      typeof value === 'number' && i18n.has(`jobs:result.${key}`)
        ? [{ label: t(`jobs:result.${key}`), value: formatNumber(value, locale) }]
        : [],
    );
  }

  function errorText({ state, error }: Job, t: Translate): string | null {
    if (state !== 'failed') return null;
    const { code = 'internal', ...params } = (error ?? {}) as { readonly code?: string };
    return t(i18n.has(`jobs:error.${code}`) ? `jobs:error.${code}` : 'jobs:error.other', params);
  }

  function kindText({ kind }: Job, t: Translate): string {
    return i18n.has(`jobs:kind.${kind}`) ? t(`jobs:kind.${kind}`) : kind;
  }

  function rowOf(job: Job, t: Translate, locale: Locale) {
    const { id, state, done, total, createdAt, endedAt } = job;
    const progress =
      total === null
        ? formatNumber(done, locale)
        : t('jobs:progress', { done: formatNumber(done, locale), total: formatNumber(total, locale) });
    return {
      id,
      href: `${PATH}/${id}`,
      kindText: kindText(job, t),
      stateText: t(`jobs:state.${state}`),
      tone: TONES[state],
      done,
      total,
      progress,
      createdAt,
      endedAt,
    };
  }

  async function showJobs(req: Request, res: Response): Promise<void> {
    const state = JOB_STATES.find((one) => one === req.query['state']) ?? null;
    const beforeId = cursorOf(req);
    const { items: jobs, nextCursor } = await readPage(PAGE, (limit) =>
      jobsOf(database, userOf(res), { state, beforeId, limit }),
    );
    const names = await namesOfActors(
      database,
      jobs.map(({ createdBy }) => createdBy),
    );
    const { t, locale } = res.locals;
    const query = state === null ? '' : `state=${state}`;
    renderPage(res, 'staff/jobs/jobs', {
      title: t('jobs:title'),
      states: [
        { href: PATH, label: t('jobs:all'), current: state === null },
        ...JOB_STATES.map((one) => ({
          href: `${PATH}?state=${one}`,
          label: t(`jobs:state.${one}`),
          current: one === state,
        })),
      ],
      rows: jobs.map((job) => ({ ...rowOf(job, t, locale), by: names.get(job.createdBy) ?? t('jobs:system') })),
      isFiltered: state !== null,
      next: nextCursor === null ? null : `${PATH}?cursor=${nextCursor}${query === '' ? '' : `&${query}`}`,
      first: beforeId === null ? null : `${PATH}?${query}`,
    });
  }
}

/** A result may have a page of its own. */
function resultPageOf({ result }: Job): string | null {
  const page = typeof result === 'object' && result !== null && 'page' in result ? result.page : null;
  return typeof page === 'string' && page.startsWith('/admin/') ? page : null;
}

function durationText(seconds: number, t: Translate): string {
  if (seconds < 60) return t('jobs:left_seconds', { seconds });
  return t('jobs:left_minutes', { minutes: Math.ceil(seconds / 60) });
}
