import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import type { Config } from '../config/env.ts';
import { ASSETS_PATH, type Assets } from './platform/html/assets.ts';
import { errorPages, notFoundPage } from './platform/html/error-pages.ts';
import { appError } from './platform/process/errors.ts';
import type { Health } from './platform/http/health.ts';
import { requestLog, type Log } from './platform/process/log.ts';
import { apiErrorHandler } from './platform/http/problem.ts';
import { securityHeaders } from './platform/http/security.ts';

export interface AppParts {
  readonly config: Config;
  readonly log: Log;
  readonly health: Health;
  readonly assets: Assets;
  readonly api: readonly (Router | RequestHandler)[];
  readonly htmlShell: Router;
  /** Asked before every page. */
  readonly gates: readonly RequestHandler[];
  /** In any order: no two of them answer the same address. */
  readonly pages: readonly Router[];
}

export const API_PATH = '/api/v1';
/** Stands in other people's pages, so its address never changes. */
const EMBED_PATH = '/embed/voucher-code.js';

/** The order matters: what comes first needs nothing of what follows. */
export function createApp({ config, log, health, assets, api, htmlShell, gates, pages }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  mount(app, [requestLog(log), health.router, ...securityHeaders({ secure: config.isSecure })]);
  app.use(ASSETS_PATH, assets.handler);
  app.get(EMBED_PATH, embeddedScript(assets));
  app.use(API_PATH, ...api, unknownOperation, apiErrorHandler);
  mount(app, [htmlShell, ...gates, ...pages, notFoundPage, errorPages]);
  return app;
}

function mount(app: Express, handlers: readonly (RequestHandler | ErrorRequestHandler | Router)[]): void {
  for (const handler of handlers) app.use(handler);
}

/** The one file that pages of other origins may load. */
function embeddedScript(assets: Assets): RequestHandler {
  return (req, res, next) => {
    res.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' });
    req.url = '/current/js/voucher-code.js';
    void assets.handler(req, res, next);
  };
}

const unknownOperation: RequestHandler = () => {
  throw appError('not_found');
};
