import { expect } from 'chai';
import { featuresOf } from '../../src/composition.ts';
import { loadConfig, type Config } from '../../config/env.ts';
import { openDatabase } from '../../src/platform/data/db.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { createLog } from '../../src/platform/process/log.ts';
import { createShell } from '../../src/platform/process/shell.ts';
import { testEnvironment } from '../support/http.ts';

/** What express keeps of a router. */
interface RouterTable {
  readonly stack: readonly Layer[];
  readonly params: Readonly<Record<string, readonly unknown[]>>;
}

interface Layer {
  readonly handle: Partial<RouterTable>;
  readonly route?: {
    readonly path: string | readonly string[];
    readonly methods: Readonly<Record<string, boolean>>;
  };
  match(path: string): false | { readonly params: Readonly<Record<string, string>> };
}

interface Address {
  readonly method: string;
  readonly path: string;
  /** The path with a number for an id and a word for whatever else is open. */
  readonly sample: string;
  readonly layer: Layer;
  readonly router: RouterTable;
  /** The place of its router in the list of all pages. */
  readonly place: number;
}

describe('the pages of all features', () => {
  const database = openDatabase('sqlite::memory:');
  const tables = featuresOf(
    createShell(
      {
        config: (loadConfig(testEnvironment()) as { config: Config }).config,
        sessionSecret: '',
        factorKey: '',
        database,
        clock: systemClock('Europe/Berlin'),
        log: createLog('error'),
      },
      () => Promise.resolve(new Map()),
    ),
  ).features.flatMap(({ pages = [] }) => pages as unknown as readonly RouterTable[]);
  const addresses = tables.flatMap((table, place) => addressesOf(table, place));
  after(() => database.close());

  it('have an address each, so that the order of features and routers means nothing', () => {
    const doubled = addresses.flatMap((one) =>
      addresses
        .filter((other) => other.layer !== one.layer && other.method === one.method && answers(other, one.sample))
        .map((other) => `${one.method} ${one.path} is also ${other.path}`),
    );
    expect(addresses.length).to.be.greaterThan(250);
    expect(doubled).to.deep.equal([]);
  });

  it('are guarded by their own router alone, so that nobody relies on what another one asks', () => {
    const foreign = tables.flatMap((table, place) =>
      guardsOf(table).flatMap((guard) =>
        addresses
          .filter((address) => address.place !== place && guard.match(address.sample) !== false)
          .map(({ method, path }) => `${method} ${path}`),
      ),
    );
    expect(foreign).to.deep.equal([]);
  });
});

function addressesOf(router: RouterTable, place: number): Address[] {
  return router.stack.flatMap((layer) => {
    const { route } = layer;
    if (route === undefined)
      return layer.handle.stack === undefined ? [] : addressesOf(layer.handle as RouterTable, place);
    return [route.path].flat().flatMap((path) =>
      Object.keys(route.methods).map((method) => ({
        method,
        path,
        sample: path.replaceAll(/:id\b/g, '17').replaceAll(/:(\w+)/g, 'any-$1'),
        layer,
        router,
        place,
      })),
    );
  });
}

/** Whether a request for the path comes to the handler: with a word in the place of an id it goes on to the next one. */
function answers({ layer, router }: Address, path: string): boolean {
  const match = layer.match(path);
  if (match === false) return false;
  const asksForNumbers = (router.params['id'] ?? []).length > 0;
  return !asksForNumbers || match.params['id'] === undefined || /^\d+$/.test(match.params['id']);
}

function guardsOf({ stack }: RouterTable): Layer[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) return [];
    return layer.handle.stack === undefined ? [layer] : guardsOf(layer.handle as RouterTable);
  });
}
