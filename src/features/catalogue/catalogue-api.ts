import Joi from 'joi';
import { LIST_QUERY, type ApiRequest, type ApiRoute, queryCursor } from '../../platform/http/api/api-route.ts';
import type { Clock } from '../../platform/process/clock.ts';
import type { Shell } from '../../platform/process/feature.ts';
import type { Database } from '../../platform/data/db.ts';
import { readPage } from '../../platform/data/page.ts';
import { idField } from '../../platform/http/fields.ts';
import {
  listEntries,
  readEntry,
  removeEntry,
  saveEntry,
  type CatalogueEntry,
  type CatalogueKind,
} from './catalogue-service.ts';

const KINDS: Readonly<Record<string, CatalogueKind>> = {
  products: 'product',
  themes: 'theme',
  regions: 'region',
  brands: 'brand',
  partners: 'partner',
};

const TAG = 'Catalogue';
const params = Joi.object({ id: idField.required() });

export function catalogueRoutes({ database, clock }: Shell): ApiRoute[] {
  return Object.entries(KINDS).flatMap(([plural, kind]) => kindRoutes(database, clock, plural, kind));
}

function kindRoutes(database: Database, clock: Clock, plural: string, kind: CatalogueKind): ApiRoute[] {
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  const answer = Joi.object({
    id: Joi.string().required(),
    name: Joi.string().required(),
    ...(kind === 'region' ? { parent: Joi.string().required().allow(null) } : {}),
  });
  const entryResponse = { description: 'The entry', schema: answer };
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    {
      method: 'get',
      effect: 'reads',
      path: `/catalogue/${plural}`,
      operationId: `list${name}s`,
      summary: `The ${plural} by id.`,
      tag: TAG,
      access: 'catalogue.see',
      query: Joi.object(LIST_QUERY),
      responses: {
        200: {
          description: 'A page of entries',
          schema: Joi.object({
            items: Joi.array().items(answer).required(),
            nextCursor: Joi.string().required().allow(null),
          }),
        },
      },
      async handle({ query }) {
        const limit = Number(query.limit);
        const after = queryCursor({ query });
        const { items, nextCursor } = await readPage(limit, (most) =>
          listEntries(database.knex, kind, { after, limit: most }),
        );
        return { status: 200, body: { items: items.map(json), nextCursor } };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: `/catalogue/${plural}/{id}`,
      operationId: `read${name}`,
      summary: `One of the ${plural}.`,
      tag: TAG,
      access: 'catalogue.see',
      params,
      responses: { 200: entryResponse },
      handle: async (request) => ({ status: 200, body: json(await readEntry(database.knex, kind, idOf(request))) }),
    },
    {
      method: 'put',
      effect: 'writes',
      path: `/catalogue/${plural}/{id}`,
      operationId: `save${name}`,
      summary: 'Creates or replaces the entry under the caller’s own id.',
      tag: TAG,
      access: 'catalogue.change',
      params,
      body: Joi.object({
        name: Joi.string().trim().min(1).max(200).required(),
        ...(kind === 'region' ? { parent: idField.allow(null) } : {}),
      }).required(),
      responses: { 200: entryResponse },
      async handle(request) {
        const body = request.body as { readonly name: string; readonly parent?: string | null };
        const entry = { id: idOf(request), name: body.name, parent: body.parent ?? null };
        return { status: 200, body: json(await saveEntry(database, kind, entry, request.caller.actor, clock.now())) };
      },
    },
    {
      method: 'delete',
      effect: 'writes',
      path: `/catalogue/${plural}/{id}`,
      operationId: `delete${name}`,
      summary: 'Deletes an entry that nothing uses.',
      tag: TAG,
      access: 'catalogue.change',
      params,
      responses: { 204: { description: 'Deleted' } },
      async handle(request) {
        await removeEntry(database, kind, idOf(request), request.caller.actor, clock.now());
        return { status: 204 };
      },
    },
  ];

  function json({ id, name: title, parent }: CatalogueEntry): object {
    return kind === 'region' ? { id, name: title, parent } : { id, name: title };
  }
}
