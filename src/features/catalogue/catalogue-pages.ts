import express, { type Request, type Response, type Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { inTransaction } from '../../platform/data/db.ts';
import { AppError } from '../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../platform/http/error-sentence.ts';
import { readPage } from '../../platform/data/page.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { parameterOf, markInvalid, actorOf, LENGTHS, fieldOf, textOf } from '../../platform/http/request.ts';
import { renderPage } from '../../platform/html/views.ts';
import {
  changeEntry,
  createEntry,
  listByName,
  readEntry,
  removeEntry,
  setArchived,
  usesOf,
  type CatalogueEntry,
  type CatalogueKind,
} from './catalogue-service.ts';
import { checkEntry, parentId } from './catalogue-form.ts';
import {
  CATALOGUE_PATH,
  entryId,
  entryPath,
  frame,
  kindOf,
  listPath,
  readCursor,
  toggleHref,
} from './catalogue-request-form.ts';
import { partnerChoices } from './partner-choice-view.ts';
import { parsePartner, typedPartner, typedPartnerOf } from './partner-form.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS, partnerDetails } from './partner-service.ts';
import { pathTo, regionTree } from './region-tree-service.ts';
import { invoiceSettings } from '../settings/invoice-settings-service.ts';
import type { Shell } from '../../platform/process/feature.ts';

const PAGE = 50;
const MAX_OFFERED = 500;

/** Products, themes, regions, brands and partners: lists, forms, archive. */
export function cataloguePages({ database, clock }: Shell): Router {
  const router = express.Router();
  const path = `${CATALOGUE_PATH}/:plural`;

  router.get(path, requires('catalogue.see'), showList);

  router.get(`${path}/new`, requires('catalogue.change'), async (req, res) => {
    const kind = kindOf(req);
    await showForm(res, kind, null, {
      id: '',
      name: '',
      parent: parameterOf(req, 'parent'),
      ...typedPartnerOf(DEFAULT_PARTNER_DETAILS, res.locals.locale),
    });
  });

  router.post(path, requires('catalogue.change'), async (req, res) => {
    await save(req, res, kindOf(req), null);
  });

  router.get(`${path}/entries/:id`, requires('catalogue.see'), async (req, res) => {
    const kind = kindOf(req);
    const entry = await readEntry(database.knex, kind, entryId(req));
    const details = kind === 'partner' ? await partnerDetails(database.knex, entry.id) : DEFAULT_PARTNER_DETAILS;
    await showForm(res, kind, entry.id, {
      id: entry.id,
      name: entry.name,
      parent: await parentText(entry.parent),
      ...typedPartnerOf(details, res.locals.locale),
    });
  });

  router.post(`${path}/entries/:id`, requires('catalogue.change'), async (req, res) => {
    await save(req, res, kindOf(req), entryId(req));
  });

  router.post(`${path}/entries/:id/archive`, requires('catalogue.change'), async (req, res) => {
    const kind = kindOf(req);
    const isArchived = fieldOf(req, 'archived') === 'true';
    await setArchived(database, kind, entryId(req), isArchived, actorOf(res), clock.now());
    done(req, res, isArchived ? 'archived' : 'restored', (await readEntry(database.knex, kind, entryId(req))).name);
    res.redirect(303, entryPath(kind, entryId(req)));
  });

  router.post(`${path}/entries/:id/deletion`, requires('catalogue.change'), async (req, res) => {
    const kind = kindOf(req);
    const { name } = await readEntry(database.knex, kind, entryId(req));
    try {
      await removeEntry(database, kind, entryId(req), actorOf(res), clock.now());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'in_use') throw error;
      addFlash(req, { kind: 'danger', text: res.locals.t('catalogue:in_use', { name }) });
      res.redirect(303, entryPath(kind, entryId(req)));
      return;
    }
    done(req, res, 'deleted', name);
    res.redirect(303, listPath(kind));
  });

  return router;

  async function showList(req: Request, res: Response): Promise<void> {
    const kind = kindOf(req);
    const q = parameterOf(req, 'q');
    const archived = req.query['archived'] === 'true';
    const isTree = kind === 'region' && q === '' && !archived;
    const data = isTree ? await treeData(req) : await listData(req, kind, q, archived);
    renderPage(res, 'catalogue/list', {
      ...frame(res, kind),
      q,
      archived,
      isTree,
      isFiltered: q !== '' || archived,
      mayChange: may(res.locals.user, 'catalogue.change'),
      ...data,
    });
  }

  async function treeData(req: Request): Promise<Record<string, unknown>> {
    const open = parameterOf(req, 'open');
    const rows = await regionTree(database.knex, open === '' ? null : open);
    return {
      rows: rows.map((row) => ({
        ...row,
        href: entryPath('region', row.id),
        toggle: toggleHref(row.isOpen ? row.parent : row.id),
        level: row.depth + 1,
      })),
      next: null,
      first: null,
    };
  }

  async function listData(
    req: Request,
    kind: CatalogueKind,
    q: string,
    archived: boolean,
  ): Promise<Record<string, unknown>> {
    const after = readCursor(parameterOf(req, 'cursor', LENGTHS.text));
    const { items, nextCursor } = await readPage(
      PAGE,
      (limit) => listByName(database.knex, kind, { q, archived, after, limit }),
      ({ name, id }) => Buffer.from(JSON.stringify([name, id])).toString('base64url'),
    );
    const rows = await Promise.all(
      items.map(async (entry) => ({
        ...entry,
        href: entryPath(kind, entry.id),
        parentText:
          kind === 'region' && entry.parent !== null ? (await pathTo(database.knex, entry.parent)).join(' › ') : '',
      })),
    );
    const query = (cursor: string | null): string => {
      const parameters = new URLSearchParams({
        ...(q === '' ? {} : { q }),
        ...(archived ? { archived: 'true' } : {}),
        ...(cursor === null ? {} : { cursor }),
      });
      return `${listPath(kind)}?${parameters.toString()}`;
    };
    const next = nextCursor === null ? null : query(nextCursor);
    return { rows, next, first: after === null ? null : query(null) };
  }

  async function save(req: Request, res: Response, kind: CatalogueKind, id: string | null): Promise<void> {
    const body = req.body as Record<string, unknown>;
    const typed = {
      id: id ?? textOf(body['id'], LENGTHS.text),
      name: textOf(body['name'], LENGTHS.text),
      parent: kind === 'region' ? textOf(body['parent'], LENGTHS.text) : '',
      ...typedPartner(body),
    };
    const errors = checkEntry(typed, res);
    const partner = kind === 'partner' ? parsePartner(typed, await invoiceSettings(database.knex), res.locals.t) : null;
    errors.push(...(partner?.errors ?? []));
    if (errors.length > 0) return showForm(res, kind, id, typed, errors);
    const entry: CatalogueEntry = {
      id: typed.id,
      name: typed.name,
      parent: typed.parent === '' ? null : parentId(typed.parent),
    };
    try {
      await inTransaction(database, async (trx) => {
        await (id === null ? createEntry : changeEntry)(trx, kind, entry, actorOf(res), clock.now());
        if (partner?.details) await changePartnerDetails(trx, entry.id, partner.details, actorOf(res), clock.now());
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      const fields = (error.details.fields ?? []).map((field) => ({
        path: field.path,
        message: fieldSentence(field, res.locals.t),
      }));
      return showForm(
        res,
        kind,
        id,
        typed,
        fields.length > 0 ? fields : [{ path: '', message: errorSentence(error.code, res.locals.t) }],
      );
    }
    done(req, res, id === null ? 'created' : 'saved', entry.name);
    res.redirect(303, entryPath(kind, entry.id));
  }

  async function showForm(
    res: Response,
    kind: CatalogueKind,
    id: string | null,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const entry = id === null ? null : await readEntry(database.knex, kind, id);
    const uses = id === null ? { count: 0, isMore: false } : await usesOf(database.knex, kind, id);
    const regions =
      kind === 'region'
        ? await listByName(database.knex, kind, { q: '', archived: false, after: null, limit: MAX_OFFERED })
        : [];
    markInvalid(res, errors);
    renderPage(res, 'catalogue/form', {
      ...frame(res, kind),
      title: entry === null ? t(`catalogue:${kind}.new`) : entry.name,
      breadcrumbs: [{ href: listPath(kind), text: t(`catalogue:${kind}.plural`) }],
      form: formView(values, errors),
      action: entry === null ? listPath(kind) : entryPath(kind, entry.id),
      id,
      entry,
      uses,
      isUsed: uses.count > 0,
      isRegion: kind === 'region',
      isPartner: kind === 'partner',
      ...partnerChoices(t),
      regions: regions.filter((region) => region.id !== id).map((region) => `${region.name} (${region.id})`),
      mayChange: may(res.locals.user, 'catalogue.change'),
    });
  }

  async function parentText(parent: string | null): Promise<string> {
    return parent === null ? '' : `${(await readEntry(database.knex, 'region', parent)).name} (${parent})`;
  }
}

function done(req: Request, res: Response, what: string, name: string): void {
  addFlash(req, { kind: 'success', text: res.locals.t(`catalogue:done.${what}`, { name }) });
}
