import express, { type Request, type RequestHandler, type Router } from 'express';
import { join } from 'node:path';
import { readCookie } from '../http/cookies.ts';
import { requireCsrfToken, requireSameOrigin } from '../http/csrf.ts';
import { visibleFields } from '../http/form-text.ts';
import { localeMiddleware, type I18n, type Locale } from './i18n.ts';
import { sessionMiddleware } from '../http/session.ts';
import type { Shell } from '../process/feature.ts';
import type { MenuSection } from './menu.ts';
import { THEMES, type Theme } from './page-context.ts';
import './page-context.ts';
import { uploadedForms } from '../files/uploads.ts';
import type { Views } from './views.ts';

export interface HtmlShellOptions {
  readonly views: Views;
  readonly i18n: I18n;
  readonly menu: readonly MenuSection[];
  readonly defaultLocale: Locale;
  readonly publicUrl: string | null;
  readonly session: RequestHandler;
  /** Puts the signed-in user into `res.locals.user`. */
  readonly loadUser: RequestHandler;
  /** Where a file stays while its form is being answered. */
  readonly uploadDirectory: string;
}

const MAX_FORM_BYTES = '1mb';
const MAX_FORM_FIELDS = 5000;

/** What every HTML page stands on, in this order; mount it before the pages and after the API and the assets. */
export function htmlShell({
  views,
  i18n,
  menu,
  defaultLocale,
  publicUrl,
  session,
  loadUser,
  uploadDirectory,
}: HtmlShellOptions): Router {
  const router = express.Router();
  router.use((req, res, next) => {
    // Set before anything can fail, so that an error page always has its words.
    Object.assign(res.locals, {
      views,
      menu,
      user: null,
      locale: defaultLocale,
      t: i18n.translator(defaultLocale),
      theme: themeOf(req),
    });
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.use(requireSameOrigin(publicUrl));
  router.use(session);
  router.use(loadUser);
  router.use(localeMiddleware(i18n, defaultLocale));
  router.use(express.urlencoded({ extended: true, limit: MAX_FORM_BYTES, parameterLimit: MAX_FORM_FIELDS }));
  router.use(uploadedForms(uploadDirectory));
  router.use(visibleFields);
  router.use(requireCsrfToken);
  return router;
}

/** The same with what a process has. */
export function pageShell(
  { config, database, log, views, i18n }: Shell,
  parts: Pick<HtmlShellOptions, 'menu' | 'loadUser'> & { readonly sessionSecret: string },
): Router {
  const session = sessionMiddleware({
    knex: database.knex,
    secret: parts.sessionSecret,
    secure: config.isSecure,
    reportFailure: (error) => {
      log.error({ err: error }, 'sessions');
    },
  });
  return htmlShell({
    ...parts,
    views,
    i18n,
    session,
    defaultLocale: config.defaultLocale,
    publicUrl: config.publicUrl,
    uploadDirectory: join(config.dataDir, 'uploads'),
  });
}

export const THEME_COOKIE = 'theme';

export function toTheme(value: unknown): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null;
}

function themeOf(req: Request): Theme {
  return toTheme(readCookie(req, THEME_COOKIE)) ?? 'auto';
}
