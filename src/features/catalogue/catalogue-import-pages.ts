import type { Request, Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { actorOf, fieldOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView } from '../../platform/html/form-view.ts';
import { TableError } from '../../platform/files/table-file.ts';
import { uploadOf } from '../../platform/files/uploads.ts';
import { renderPage } from '../../platform/html/views.ts';
import { keepImport, planImport, startImport, type ImportPlan } from './catalogue-import-service.ts';
import { CATALOGUE_PATH, frame, kindOf, listPath } from './catalogue-request-form.ts';
import type { CatalogueKind } from './catalogue-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const MAX_SHOWN = 50;

/** Taking over a list: upload, look at what would happen, then all of it or nothing. */
export function catalogueImportPages({ database, clock, files }: Shell): Router {
  const router = pageRouter();
  const path = `${CATALOGUE_PATH}/:plural/import`;
  router.use(path, requires('catalogue.change'));

  router.get(path, (req, res) => {
    showUpload(res, kindOf(req), null);
  });

  router.post(path, async (req, res) => {
    const kind = kindOf(req);
    const file = uploadOf(req, 'file');
    if (file === null) return showUpload(res, kind, res.locals.t('catalogue:import.no_file'));
    try {
      const token = await keepImport(files, file.path);
      const plan = await planImport(database, files, kind, token);
      if (plan !== null) showPlan(res, kind, plan, token, file.name);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      showUpload(res, kind, res.locals.t(`common:${error.problem}`));
    }
  });

  router.post(`${path}/start`, async (req: Request, res: Response) => {
    const kind = kindOf(req);
    const token = fieldOf(req, 'token');
    const plan = await planImport(database, files, kind, token);
    if (plan === null) {
      addFlash(req, { kind: 'warning', text: res.locals.t('catalogue:import.gone') });
      res.redirect(303, `${listPath(kind)}/import`);
      return;
    }
    if (plan.problemCount > 0) return showPlan(res, kind, plan, token, '');
    const total = plan.created.length + plan.changed.length + plan.unchanged;
    const job = await startImport(database, kind, token, total, actorOf(res), clock.now());
    res.redirect(303, `/admin/jobs/${job}`);
  });

  return router;
}

function showUpload(res: Response, kind: CatalogueKind, error: string | null): void {
  if (error !== null) res.status(422);
  const { t } = res.locals;
  renderPage(res, 'catalogue/import', {
    ...frame(res, kind),
    title: t('catalogue:import.title', { what: t(`catalogue:${kind}.plural`) }),
    breadcrumbs: [{ href: listPath(kind), text: t(`catalogue:${kind}.plural`) }],
    form: formView({}, error === null ? [] : [{ path: 'file', message: error }]),
    isRegion: kind === 'region',
  });
}

function showPlan(res: Response, kind: CatalogueKind, plan: ImportPlan, token: string, fileName: string): void {
  const { t } = res.locals;
  if (plan.problemCount > 0) res.status(422);
  renderPage(res, 'catalogue/import-plan', {
    ...frame(res, kind),
    title: t('catalogue:import.plan_title'),
    breadcrumbs: [
      { href: listPath(kind), text: t(`catalogue:${kind}.plural`) },
      { href: `${listPath(kind)}/import`, text: t('catalogue:import.short') },
    ],
    fileName,
    token,
    created: plan.created.slice(0, MAX_SHOWN),
    createdCount: plan.created.length,
    changed: plan.changed.slice(0, MAX_SHOWN),
    changedCount: plan.changed.length,
    unchanged: plan.unchanged,
    isRegion: kind === 'region',
    hasProblems: plan.problemCount > 0,
    problems: plan.problems.map(({ row, code, value }) => ({
      row,
      text: t(`catalogue:import.problem.${code}`, { value }),
    })),
    moreProblems: plan.problemCount - plan.problems.length,
    isNothing: plan.created.length + plan.changed.length === 0,
  });
}
