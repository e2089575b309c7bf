import type { Request, Response, Router } from 'express';
import { CHOOSABLE_FUNDINGS, VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, parameterOf, idOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Upload } from '../../../platform/files/uploads.ts';
import { takeTable } from './table-upload-form.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { jobFor } from '../../staff/jobs/job-service.ts';
import { checkView } from './import-check-view.ts';
import { importColumns, importWords } from './import-columns-service.ts';
import {
  awaitCheck,
  checkOf,
  importHead,
  IMPORT_POLICIES,
  keepImportFile,
  startImport,
  type ImportHead,
} from './import-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/imports';
/** Where codes join a campaign, it says what they are worth. */
const NEEDED = ['code', 'value'] as const;

/** Codes of another system: upload, say what the columns are, look at what would happen, take over. */
export function importPages({ database, clock, files }: Shell): Router {
  const router = pageRouter();
  router.use(PATH, requires('vouchers.import'));

  router.get(PATH, (_req, res) => {
    showUpload(res, null);
  });

  router.post(PATH, async (req, res) => {
    const keep = async ({ path, name }: Upload): Promise<string | null> => {
      const token = await keepImportFile(files, path);
      return token === null ? null : `${PATH}/${token}?name=${encodeURIComponent(name)}`;
    };
    await takeTable(req, res, keep, (sentence) => {
      showUpload(res, sentence);
    });
  });

  router.get(`${PATH}/checks/:id`, async (req, res) => {
    const { t, user } = res.locals;
    const id = idOf(req);
    if (user === null) throw appError('forbidden');
    await jobFor(database, id, user);
    const found = await awaitCheck(database, id);
    if (found === null) throw appError('not_found');
    if (found.state !== 'done') {
      renderPage(res, 'exchange/import/import-wait', {
        title: t('exchange:import.check_title'),
        breadcrumbs: [{ href: PATH, text: t('exchange:import.title') }],
        isFailed: found.state === 'failed',
        path: PATH,
        here: `${PATH}/checks/${id}`,
        jobHref: `/admin/jobs/${id}`,
      });
      return;
    }
    const { currency } = await generalSettings(database.knex);
    renderPage(res, 'exchange/import/import-check', {
      title: t('exchange:import.check_title'),
      breadcrumbs: [{ href: PATH, text: t('exchange:import.title') }],
      ...checkView(found, currency, res.locals),
      here: `${PATH}/checks/${id}`,
      columnsHref: `${PATH}/${found.payload.token}?name=${encodeURIComponent(found.payload.fileName)}`,
      path: PATH,
    });
  });

  router.post(`${PATH}/checks/:id/funding`, async (req, res) => {
    const { user } = res.locals;
    if (user === null) throw appError('forbidden');
    await jobFor(database, idOf(req), user);
    const found = await checkOf(database, idOf(req));
    const funding = fundingOf(req);
    if (found?.state !== 'done' || funding === null) {
      res.redirect(303, `${PATH}/checks/${idOf(req)}`);
      return;
    }
    const payload = { ...found.payload, funding, actor: actorOf(res) };
    res.redirect(303, `${PATH}/checks/${await startImport(database, payload, null, clock.now())}`);
  });

  router.post(`${PATH}/checks/:id`, async (req, res) => {
    const { t, user } = res.locals;
    if (user === null) throw appError('forbidden');
    await jobFor(database, idOf(req), user);
    const found = await checkOf(database, idOf(req));
    if (found?.state !== 'done') throw appError('not_found');
    const { check, payload } = found;
    if (check.good === 0 || (payload.policy === 'stop' && check.bad + check.skipped > 0)) {
      res.redirect(303, `${PATH}/checks/${idOf(req)}`);
      return;
    }
    const job = await startImport(database, { ...payload, isCheck: false, actor: actorOf(res) }, null, clock.now());
    addFlash(req, { kind: 'success', text: t('exchange:import.started') });
    res.redirect(303, `/admin/jobs/${job}`);
  });

  router.get(`${PATH}/:token`, async (req, res) => {
    const head = await headOf(req);
    const typed = {
      ...Object.fromEntries(importColumns().map(({ name: field }) => [field, String(head.mapping[field] ?? '')])),
      title: '',
      fallbackTitle: '',
      fallbackType: 'purchase',
      fallbackFunding: '',
      policy: 'skip',
    };
    showColumns(req, res, head, { ...typed, title: String(head.mapping['title'] ?? '') }, parameterOf(req, 'name'), []);
  });

  router.post(`${PATH}/:token`, async (req, res) => {
    const { t, locale, user } = res.locals;
    if (user === null) throw appError('forbidden');
    const head = await headOf(req);
    const body = (req.body ?? {}) as Record<string, unknown>;
    const typed = Object.fromEntries(
      [...importColumns().map(({ name }) => name), 'fallbackTitle', 'fallbackType', 'fallbackFunding', 'policy'].map(
        (name) => [name, textOf(body[name])],
      ),
    );
    const mapping = Object.fromEntries(
      importColumns().map(({ name: field }) => [field, columnOf(typed[field] ?? '', head.headings.length)]),
    );
    const errors: FormError[] = (mapping['campaign'] === null ? NEEDED : NEEDED.slice(0, 1))
      .filter((field) => (mapping[field] ?? null) === null)
      .map((path) => ({ path, message: t('exchange:import.column_needed') }));
    const title = (typed['fallbackTitle'] ?? '').slice(0, 200);
    if (mapping['title'] === null && mapping['campaign'] === null && title === '')
      errors.push({ path: 'fallbackTitle', message: t('exchange:import.title_needed') });
    if (errors.length > 0) {
      showColumns(req, res, head, typed, textOf(body['name']), errors);
      return;
    }
    const type = VOUCHER_TYPES.find((one) => one === typed['fallbackType']) ?? 'purchase';
    const policy = IMPORT_POLICIES.find((one) => one === typed['policy']) ?? 'skip';
    const payload = {
      token: tokenOf(req),
      fileName: textOf(body['name']),
      mapping,
      title,
      type,
      funding: CHOOSABLE_FUNDINGS.find((one) => one === typed['fallbackFunding']) ?? null,
      policy,
      isCheck: true,
      actor: actorOf(res),
      locale,
    };
    const job = await startImport(database, payload, head.headings, clock.now());
    res.redirect(303, `${PATH}/checks/${job}`);
  });

  return router;

  async function headOf(req: Request): Promise<ImportHead> {
    const head = await importHead(database, files, tokenOf(req));
    if (head === null) throw appError('not_found');
    return head;
  }
}

function showUpload(res: Response, error: string | null): void {
  if (error !== null) res.status(422);
  renderPage(res, 'exchange/import/import', {
    title: res.locals.t('exchange:import.title'),
    path: PATH,
    form: formView({}, error === null ? [] : [{ path: 'file', message: error }]),
  });
}

function showColumns(
  req: Request,
  res: Response,
  head: ImportHead,
  typed: Readonly<Record<string, string>>,
  name: string,
  errors: readonly FormError[],
): void {
  const { t } = res.locals;
  markInvalid(res, errors);
  renderPage(res, 'exchange/import/import-columns', {
    title: t('exchange:import.columns_title'),
    breadcrumbs: [{ href: PATH, text: t('exchange:import.title') }],
    path: `${PATH}/${tokenOf(req)}`,
    fileName: name,
    form: formView(typed, errors),
    fields: importColumns().map(({ name: field }) => ({
      name: field,
      label: t(importWords(field).label),
      hint: t(importWords(field).hint),
      isRequired: NEEDED.some((one) => one === field),
    })),
    columns: head.headings.map((heading, index) => ({
      value: String(index),
      label: heading === '' ? t('exchange:import.column', { number: index + 1 }) : heading,
    })),
    headings: head.headings,
    samples: head.samples,
    fundings: CHOOSABLE_FUNDINGS.map((value) => ({ value, label: t(`vouchers:funding.${value}`) })),
    types: VOUCHER_TYPES.map((value) => ({ value, label: t(`vouchers:type.${value}`) })),
    policies: IMPORT_POLICIES.map((value) => ({
      value,
      label: t(`exchange:import.policy.${value}`),
      hint: t(`exchange:import.policy_hint.${value}`),
    })),
    back: PATH,
  });
}

function fundingOf(req: Request): (typeof CHOOSABLE_FUNDINGS)[number] | null {
  const chosen = fieldOf(req, 'funding');
  return CHOOSABLE_FUNDINGS.find((one) => one === chosen) ?? null;
}

function tokenOf(req: Request): string {
  return textOf(req.params['token']);
}

function columnOf(text: string, count: number): number | null {
  return /^\d{1,3}$/.test(text) && Number(text) < count ? Number(text) : null;
}
