import type { Request, Response } from 'express';
import { appError } from '../../platform/process/errors.ts';
import type { CatalogueKind } from './catalogue-service.ts';

export const CATALOGUE_PATH = '/admin/catalogue';
/** How a kind stands in an address. */
export const PLURALS: Readonly<Record<string, CatalogueKind>> = {
  products: 'product',
  themes: 'theme',
  regions: 'region',
  brands: 'brand',
  partners: 'partner',
};

export function listPath(kind: CatalogueKind): string {
  return `${CATALOGUE_PATH}/${kind}s`;
}

export function kindOf(req: Request): CatalogueKind {
  const kind = PLURALS[String(req.params['plural'])];
  if (kind === undefined) throw appError('not_found');
  return kind;
}

/** What every page of a kind says. */
export function frame(
  res: Response,
  kind: CatalogueKind,
): { title: string; kind: CatalogueKind; path: string; intro: string } {
  return {
    title: res.locals.t(`catalogue:${kind}.plural`),
    kind,
    path: listPath(kind),
    intro: res.locals.t(`catalogue:${kind}.intro`),
  };
}

export function entryPath(kind: CatalogueKind, id: string): string {
  return `${listPath(kind)}/entries/${encodeURIComponent(id)}`;
}

export function toggleHref(open: string | null): string {
  return open === null
    ? listPath('region')
    : `${listPath('region')}?open=${encodeURIComponent(open)}#r-${encodeURIComponent(open)}`;
}

export function entryId(req: Request): string {
  return String(req.params['id']);
}

export function readCursor(cursor: string): { name: string; id: string } | null {
  if (cursor === '') return null;
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown];
    if (typeof name === 'string' && typeof id === 'string') return { name, id };
  } catch {
    // Falls through: whatever it was, it is no cursor of ours.
  }
  throw appError('not_found');
}
