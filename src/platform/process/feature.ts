import type { RequestHandler, Router } from 'express';
import type { Config } from '../../../config/env.ts';
import type { Database } from '../data/db.ts';
import type { Printer } from '../files/chromium.ts';
import type { FileStore } from '../files/files.ts';
import type { Assets } from '../html/assets.ts';
import type { I18n } from '../html/i18n.ts';
import type { Views } from '../html/views.ts';
import type { ApiRoute } from '../http/api/api-route.ts';
import type { WrongCodeLimiter } from '../http/wrong-code-limit.ts';
import type { JobHandler } from '../jobs/job-queue.ts';
import type { Background, ScheduledWork } from '../jobs/schedule.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** What a process has once, and hands to all its features: pages, operations and jobs take what they need by its name. */
export interface Shell {
  readonly config: Config;
  /** The folder of the program. */
  readonly root: string;
  readonly version: string;
  readonly timeZone: string;
  /** The address at which people reach us, for links in mails and codes in pictures. */
  readonly baseUrl: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly i18n: I18n;
  readonly assets: Assets;
  readonly views: Views;
  readonly renderView: (view: string, data: object) => string;
  readonly files: FileStore;
  readonly printer: Printer;
  /** Encrypts the secrets of second factors. */
  readonly vault: Vault;
  readonly wrongCodes: WrongCodeLimiter;
  /** The people behind `user:7`, whom only the feature of the staff knows. */
  readonly namesOfActors: (actors: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** What a feature brings along. No list depends on its order, nor on the order of the features. */
export interface Feature {
  /** Asked before every page. */
  readonly gates?: readonly RequestHandler[];
  readonly pages?: readonly Router[];
  readonly api?: readonly ApiRoute[];
  readonly jobs?: readonly JobHandler[];
  /** What goes by itself at a time of day. */
  readonly scheduled?: readonly ScheduledWork[];
  readonly background?: readonly Background[];
  /** Makes what the environment names and the database lacks. */
  bootstrap?(): Promise<void>;
}

/** All of them as one. */
export function together(features: readonly Feature[]): Required<Feature> {
  return {
    gates: features.flatMap(({ gates = [] }) => gates),
    pages: features.flatMap(({ pages = [] }) => pages),
    api: features.flatMap(({ api = [] }) => api),
    jobs: features.flatMap(({ jobs = [] }) => jobs),
    scheduled: features.flatMap(({ scheduled = [] }) => scheduled),
    background: features.flatMap(({ background = [] }) => background),
    async bootstrap() {
      for (const feature of features) await feature.bootstrap?.();
    },
  };
}
