import type { Express } from 'express';
import type { Permission } from '../../src/core/access.ts';

export interface PageRoute {
  readonly method: string;
  /** As the router has it: `/admin/vouchers/:id`. */
  readonly path: string;
  /** With something for each parameter. */
  readonly sample: string;
  /** What is asked of whoever opens it, in order. */
  readonly permissions: readonly Permission[];
}

interface Layer {
  readonly handle: { readonly stack?: readonly Layer[]; readonly permission?: Permission };
  readonly method?: string;
  readonly route?: { readonly path: string | readonly string[]; readonly stack: readonly Layer[] };
  match(path: string): boolean;
}

/** Every page of the app with the permissions that stand before it, in the way a request meets them; the API is apart. */
export function pageRoutes(app: Express, api: string): PageRoute[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  return routesIn(
    stack.filter((layer) => layer.handle.stack === undefined || layer.match('/') || !layer.match(api)),
    [],
  );
}

function routesIn(stack: readonly Layer[], guards: Layer[]): PageRoute[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) return routesOf(layer.route, guards);
    if (layer.handle.permission !== undefined) guards.push(layer);
    return routesIn(layer.handle.stack ?? [], guards);
  });
}

function routesOf({ path, stack }: NonNullable<Layer['route']>, guards: readonly Layer[]): PageRoute[] {
  return [path].flat().flatMap((one) => {
    const sample = one.replaceAll(/:(\w+)/g, (_all, name: string) => (name === 'month' ? '2020-01' : '1'));
    const before = guards.filter((guard) => guard.match(sample));
    return [...new Set(stack.map(({ method }) => method ?? 'all'))].map((method) => ({
      method: method.toUpperCase(),
      path: one,
      sample,
      permissions: [...before, ...stack.filter((layer) => layer.method === method)].flatMap(({ handle }) =>
        handle.permission === undefined ? [] : [handle.permission],
      ),
    }));
  });
}
