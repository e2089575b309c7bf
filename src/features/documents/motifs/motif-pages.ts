import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { actorOf, fieldOf, idOf, markInvalid } from '../../../platform/http/request.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { ImageError, MAX_IMAGE_BYTES } from '../../../platform/files/images.ts';
import { uploadOf } from '../../../platform/files/uploads.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { listByName } from '../../catalogue/catalogue-service.ts';
import {
  archivedMotifs,
  archiveMotif,
  changeMotif,
  createMotif,
  motifAddress,
  motifImage,
  offeredMotifs,
  PANEL_POSITIONS,
  readMotif,
  removeMotif,
  type MotifDesign,
} from './motif-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/motifs';
const MAX_NAME = 200;
const MAX_BRANDS = 200;
const ONE_YEAR = 'public, max-age=31536000, immutable';
const NEW = { name: '', brand: '', position: 'left', textColor: '#13202c', panelColor: '#ffffff' };

/** The pictures vouchers are printed and sold with. */
export function motifPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get('/media/motifs/:id/:file', async (req, res) => {
    const [, size, hash] = /^(image|thumbnail)-([0-9a-f]{16})\.jpg$/.exec(req.params.file) ?? [];
    const motif = size === undefined ? null : await readMotif(database.knex, req.params.id);
    if (motif === null || !motif.imageHash.startsWith(hash ?? ' ')) throw appError('not_found');
    res
      .set('Cache-Control', ONE_YEAR)
      .type('image/jpeg')
      .send(await motifImage(database.knex, motif.id, size === 'image' ? 'image' : 'thumbnail'));
  });

  router.get(PATH, requires('motifs.see'), async (req, res) => {
    const { t } = res.locals;
    const archived = req.query['archived'] === 'true';
    const motifs = await (archived ? archivedMotifs(database.knex) : offeredMotifs(database.knex));
    renderPage(res, 'documents/motifs/motifs', {
      title: t('documents:motif.plural'),
      archived,
      mayChange: may(res.locals.user, 'motifs.change'),
      motifs: motifs.map((motif) => ({
        ...motif,
        href: `${PATH}/${motif.id}`,
        picture: motifAddress(motif, 'thumbnail'),
      })),
    });
  });

  router.get(`${PATH}/new`, requires('motifs.change'), async (_req, res) => {
    await show(res, null, NEW);
  });

  router.post(PATH, requires('motifs.change'), async (req, res) => {
    await save(req, res, null);
  });

  router.get(`${PATH}/:id`, requires('motifs.see'), async (req, res) => {
    const motif = await readMotif(database.knex, idOf(req));
    await show(res, motif.id, { ...motif, brand: motif.brand ?? '' });
  });

  router.post(`${PATH}/:id`, requires('motifs.change'), async (req, res) => {
    await save(req, res, idOf(req));
  });

  router.post(`${PATH}/:id/archive`, requires('motifs.change'), async (req, res) => {
    const isArchived = (req.body as Record<string, unknown>)['archived'] === 'true';
    await archiveMotif(database, idOf(req), isArchived, actorOf(res), clock.now());
    addFlash(req, {
      kind: 'success',
      text: res.locals.t(`documents:motif.${isArchived ? 'archived_done' : 'restored_done'}`),
    });
    res.redirect(303, `${PATH}/${idOf(req)}`);
  });

  router.post(`${PATH}/:id/deletion`, requires('motifs.change'), async (req, res) => {
    try {
      await removeMotif(database, idOf(req), actorOf(res), clock.now());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'in_use') throw error;
      addFlash(req, { kind: 'danger', text: res.locals.t('documents:motif.in_use') });
      res.redirect(303, `${PATH}/${idOf(req)}`);
      return;
    }
    addFlash(req, { kind: 'success', text: res.locals.t('documents:motif.deleted') });
    res.redirect(303, PATH);
  });

  return router;

  async function save(req: Request, res: Response, id: string | null): Promise<void> {
    const { t } = res.locals;
    const text = (name: string): string => fieldOf(req, name, MAX_NAME);
    const typed = {
      name: text('name'),
      brand: text('brand'),
      position: text('position'),
      textColor: text('textColor'),
      panelColor: text('panelColor'),
    };
    const position = PANEL_POSITIONS.find((one) => one === typed.position);
    const file = uploadOf(req, 'image');
    const errors: FormError[] = [];
    if (typed.name === '') errors.push({ path: 'name', message: t('common:input.required') });
    if (position === undefined) errors.push({ path: 'position', message: t('common:input.required') });
    for (const path of ['textColor', 'panelColor'] as const)
      if (!/^#[0-9a-f]{6}$/i.test(typed[path])) errors.push({ path, message: t('documents:motif.color_wrong') });
    if (id === null && file === null) errors.push({ path: 'image', message: t('documents:motif.image_missing') });
    if (file !== null && file.bytes > MAX_IMAGE_BYTES)
      errors.push({ path: 'image', message: t('common:image.too_large') });
    if (errors.length > 0 || position === undefined) return show(res, id, typed, errors);
    const design: MotifDesign = {
      name: typed.name,
      brand: typed.brand === '' ? null : typed.brand,
      position,
      textColor: typed.textColor,
      panelColor: typed.panelColor,
    };
    try {
      const saved = id === null ? await createMotif(database, design, file?.path ?? '', actorOf(res), clock.now()) : id;
      if (id !== null) await changeMotif(database, id, design, file?.path ?? null, actorOf(res), clock.now());
      addFlash(req, { kind: 'success', text: t('documents:motif.saved', { name: typed.name }) });
      res.redirect(303, `${PATH}/${saved}`);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      await show(res, id, typed, [{ path: 'image', message: t(`common:${error.problem}`) }]);
    }
  }

  async function show(
    res: Response,
    id: string | null,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const motif = id === null ? null : await readMotif(database.knex, id);
    const brands = await listByName(database.knex, 'brand', { q: '', archived: false, after: null, limit: MAX_BRANDS });
    markInvalid(res, errors);
    renderPage(res, 'documents/motifs/motif', {
      title: motif === null ? t('documents:motif.new') : motif.name,
      breadcrumbs: [{ href: PATH, text: t('documents:motif.plural') }],
      action: motif === null ? PATH : `${PATH}/${motif.id}`,
      motif,
      picture: motif === null ? null : motifAddress(motif, 'image'),
      form: formView(values, errors),
      positions: PANEL_POSITIONS.map((value) => ({ value, label: t(`documents:motif.position_${value}`) })),
      brands: brands.map(({ id: value, name }) => ({ value, label: name })),
      mayChange: may(res.locals.user, 'motifs.change'),
    });
  }
}
