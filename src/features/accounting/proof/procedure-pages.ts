import type { Response, Router } from 'express';
import { isId } from '../../../platform/data/id.ts';
import { readPage } from '../../../platform/data/page.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, idOf, parameterOf } from '../../../platform/http/request.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { reportCircles } from '../ledger/number-service.ts';
import { openFrom } from '../ledger/posting-day-service.ts';
import { keepProcedure, listProcedures, readProcedure, type ProcedureContent } from './procedure-service.ts';

const PROOF_PATH = `${ACCOUNTING_PATH}/proof`;
const PATH = `${PROOF_PATH}/procedure`;
const VERSIONS = 20;

/** The description of procedures: as it is, and as it was in each version. */
export function procedurePages(shell: Shell): Router {
  const { database, clock, namesOfActors } = shell;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
    const before = parameterOf(req, 'before');
    const { id } = await keepProcedure(shell, actorOf(res));
    await show(res, id, { isPresent: true, before: isId(before) ? before : null });
  });

  router.get(`${PATH}/:id`, requires('books.see'), (req, res) =>
    show(res, idOf(req), { isPresent: false, before: null }),
  );

  router.get(`${PATH}/:id/file`, requires('books.see'), async (req, res) => {
    const { id, content } = await readProcedure(database.knex, idOf(req));
    res.attachment(`verfahrensdokumentation-${id}.json`).type('application/json').send(content);
  });

  return router;

  async function show(
    res: Response,
    id: string,
    { isPresent, before }: { readonly isPresent: boolean; readonly before: string | null },
  ): Promise<void> {
    const { t } = res.locals;
    const { said, createdAt } = await readProcedure(database.knex, id);
    const { items, nextCursor } = await readPage(VERSIONS, (limit) => listProcedures(database.knex, before, limit));
    const names = await namesOfActors(items.map(({ createdBy }) => createdBy));
    renderPage(res, 'accounting/proof/procedure', {
      title: t('accounting:proof.procedure'),
      breadcrumbs: [{ href: PROOF_PATH, text: t('accounting:proof.title') }],
      ...documentOf(said),
      today: clock.today(),
      isPresent,
      createdAt,
      documentVersion: id,
      fileHref: `${PATH}/${id}/file`,
      closedUntil: isPresent ? ((await openFrom(database.knex)) ?? '') : '',
      circles: isPresent ? await circlesOf(res) : [],
      versions: items.map((version) => ({
        ...version,
        href: `${PATH}/${version.id}`,
        fileHref: `${PATH}/${version.id}/file`,
        by:
          names.get(version.createdBy) ??
          (version.createdBy === 'system' ? t('accounting:proof.system') : version.createdBy),
      })),
      next: nextCursor === null ? '' : urlWith(PATH, { before: nextCursor }),
      first: before === null ? '' : PATH,
    });
  }

  async function circlesOf(res: Response) {
    return (await reportCircles(database.knex)).map((circle) => ({
      label: res.locals.t(`accounting:numbers.circle.${circle.circle}`),
      year: circle.year,
      last: circle.lastNumber,
    }));
  }
}

function documentOf({ setup, setupId, fourEyesFrom, currency, ...content }: ProcedureContent) {
  return {
    ...content,
    currency,
    version: setupId ?? '–',
    company: setup.company,
    hasCompany: setup.company.name !== '',
    fourEyes: fourEyesFrom === null ? '' : formatMoney(fourEyesFrom, currency, 'de'),
    isGross: setup.discountMethod === 'gross',
    isCollective: setup.debtors === 'collective',
    isLocked: setup.datev.isLocked,
    isGeneral: setup.datev.reversal === 'general',
    datev: setup.datev,
  };
}
