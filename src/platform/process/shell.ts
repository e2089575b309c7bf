import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/env.ts';
import type { Database } from '../data/db.ts';
import { createPrinter } from '../files/chromium.ts';
import { createFileStore } from '../files/files.ts';
import { createAssets } from '../html/assets.ts';
import { createI18n } from '../html/i18n.ts';
import { createViews } from '../html/views.ts';
import { createWrongCodeLimiter } from '../http/wrong-code-limit.ts';
import { createVault } from '../secrets/vault.ts';
import type { Clock } from './clock.ts';
import type { Shell } from './feature.ts';
import type { Log } from './log.ts';

/** What a process is started with. */
export interface Outside {
  readonly config: Config;
  readonly sessionSecret: string;
  /** Encrypts the secrets of second factors. */
  readonly factorKey: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the texts stand, where it is not the product's own folder. */
  readonly locales?: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

/** Everything of the platform once. */
export function createShell(
  { config, factorKey, database, clock, log, locales = join(ROOT, 'locales') }: Outside,
  namesOfActors: (database: Database, actors: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Shell {
  const strict = config.environment !== 'production';
  const cache = config.environment !== 'development';
  const timeZone = config.businessTimezone;
  const assets = createAssets({ root: ROOT, cache });
  const views = createViews({ directory: join(ROOT, 'views'), assets, timeZone, strict, cache });
  return {
    config,
    root: ROOT,
    version: VERSION,
    timeZone,
    baseUrl: config.baseUrl,
    database,
    clock,
    log,
    i18n: createI18n({ directory: locales, strict }),
    assets,
    views,
    renderView: (view, data) => views.render(view, data).toString(),
    files: createFileStore(join(config.dataDir, 'files')),
    printer: createPrinter({ executable: config.chromiumPath }),
    vault: createVault(factorKey),
    wrongCodes: createWrongCodeLimiter(database, clock),
    namesOfActors: (actors) => namesOfActors(database, actors),
  };
}
