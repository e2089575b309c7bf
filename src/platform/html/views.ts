import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Response } from 'express';
import Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import { LANGUAGES, LOCALES } from '../../../locales/languages.ts';
import { csrfToken } from '../http/csrf.ts';
import { takeFlashes } from './flash.ts';
import { menuFor } from './menu.ts';
import { viewHelpers } from './view-helpers.ts';

export type Layout = 'admin' | 'public' | 'plain';

export interface Views {
  render(view: string, context: object): Handlebars.SafeString;
}

export interface ViewOptions {
  readonly directory: string;
  readonly assets: Assets;
  readonly timeZone: string;
  /** A name that the data lacks is an error; switched on in tests and development. */
  readonly strict: boolean;
  /** False in development: templates are read again at every page. */
  readonly cache: boolean;
}

/** Every file under `directory` by its path without the ending; those in `partials/` by their bare name. */
export function createViews(options: ViewOptions): Views {
  let templates = loadTemplates(options);
  return {
    render(view, context) {
      if (!options.cache) templates = loadTemplates(options);
      const template = templates.get(view);
      if (!template) throw new Error(`no such view: ${view}`);
      return new Handlebars.SafeString(template(context));
    },
  };
}

/** A whole page. `data.title` is its heading and window title. */
export function renderPage(
  res: Response,
  view: string,
  data: { readonly title: string } & Record<string, unknown>,
  layout: Layout = 'admin',
): void {
  const context = { ...data, page: pageContext(res) };
  const body = res.locals.views.render(view, context);
  res.type('html').send(res.locals.views.render(`layouts/${layout}`, { ...context, body }).toString());
}

/** A part of a page, for an answer that replaces it in place. */
export function renderFragment(res: Response, view: string, data: Record<string, unknown>): void {
  res.type('html').send(res.locals.views.render(view, { ...data, page: pageContext(res) }).toString());
}

function pageContext(res: Response): object {
  const { req } = res;
  const { locale, t, theme, user, menu } = res.locals;
  return {
    locale,
    t,
    theme,
    user,
    path: req.path,
    languages: LOCALES.map((code) => ({
      code,
      name: LANGUAGES[code].name,
      current: code === locale,
      href: withLanguage(req.originalUrl, code),
    })),
    returnTo: req.method === 'GET' ? req.originalUrl : '/',
    menu: user ? menuFor(menu, user, req.originalUrl) : [],
    flashes: takeFlashes(req),
    csrfToken: () => csrfToken(req),
    slots: {},
  };
}

function withLanguage(url: string, language: string): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('lang', language);
  return `${path}?${parameters.toString()}`;
}

function loadTemplates({ directory, assets, timeZone, strict }: ViewOptions): Map<string, Handlebars.TemplateDelegate> {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(viewHelpers(assets, timeZone));
  const templates = new Map<string, Handlebars.TemplateDelegate>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.hbs')) continue;
    const file = join(entry.parentPath, entry.name);
    const name = relative(directory, file).split(sep).join('/').slice(0, -'.hbs'.length);
    // A partial sees what it is given and `@root`, never by accident a name of the page around it.
    const template = handlebars.compile(readFileSync(file, 'utf8'), {
      strict,
      explicitPartialContext: true,
      preventIndent: true,
    });
    templates.set(name, template);
    handlebars.registerPartial(name.replace(/^partials\//, ''), template);
  }
  return templates;
}
