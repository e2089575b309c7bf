import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import i18next from 'i18next';
import { LANGUAGES, LOCALES, type Locale } from '../../../locales/languages.ts';
import { readCookie } from '../http/cookies.ts';
import { amountLimit } from '../process/amount-limit.ts';
import { formatDay, formatDecimal } from './format.ts';

export { LANGUAGES, LOCALES, type Locale };
export type Translate = (key: string, params?: Readonly<Record<string, unknown>>) => string;

export interface I18n {
  translator(locale: Locale): Translate;
  /** Whether there is a text under this key. */
  has(key: string): boolean;
}

export interface I18nOptions {
  /** Holds one folder per locale with one JSON file per namespace. */
  readonly directory: string;
  /** A key without a text is an invariant in tests and development, and shows itself as the key in production. */
  readonly strict: boolean;
}

interface TextTree {
  [key: string]: string | TextTree;
}

export const LOCALE_COOKIE = 'lang';
const LOCALE_COOKIE_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

export function createI18n({ directory, strict }: I18nOptions): I18n {
  const instance = i18next.createInstance();
  const resources = Object.fromEntries(LOCALES.map((locale) => [locale, readNamespaces(join(directory, locale))]));
  void instance.init({
    resources,
    lng: 'de',
    fallbackLng: false,
    defaultNS: 'common',
    initAsync: false,
    // Handlebars escapes what it prints, and only it.
    interpolation: { escapeValue: false },
  });
  addFormats(instance);
  const translators = new Map<Locale, Translate>(
    LOCALES.map((locale) => {
      const translate = instance.getFixedT(locale);
      return [
        locale,
        (key, params = {}) => {
          if (strict && !instance.exists(key, { ...params, lng: locale }))
            throw new Error(`no text for ${key} in ${locale}`);
          return translate(key, params);
        },
      ];
    }),
  );
  return {
    translator: (locale) => translators.get(locale) as Translate,
    has: (key) => instance.exists(key, { lng: 'de', returnObjects: false }),
  };
}

/** `?lang=`, then the cookie, then the signed-in user's setting, then Accept-Language, then the default. */
export function localeMiddleware(i18n: I18n, defaultLocale: Locale): RequestHandler {
  return (req, res, next) => {
    const asked = toLocale(req.query['lang']);
    if (asked)
      res.cookie(LOCALE_COOKIE, asked, {
        maxAge: LOCALE_COOKIE_LIFETIME_MS,
        sameSite: 'lax',
        httpOnly: true,
        secure: req.secure,
      });
    speak(
      res,
      i18n,
      asked ??
        toLocale(readCookie(req, LOCALE_COOKIE)) ??
        res.locals.user?.locale ??
        acceptedLocale(req) ??
        defaultLocale,
    );
    next();
  };
}

/** Accept-Language, then the default: a program has neither a cookie nor a setting. */
export function apiLanguage(i18n: I18n, defaultLocale: Locale): RequestHandler {
  return (req, res, next) => {
    speak(res, i18n, acceptedLocale(req) ?? defaultLocale);
    next();
  };
}

function speak(res: Response, i18n: I18n, locale: Locale): void {
  res.locals.locale = locale;
  res.locals.t = i18n.translator(locale);
}

/** What the Accept-Language header asks for, if it is one of ours. */
function acceptedLocale(req: Request): Locale | null {
  if (req.get('accept-language') === undefined) return null;
  return toLocale(req.acceptsLanguages([...LOCALES]));
}

export function toLocale(value: unknown): Locale | null {
  return LOCALES.find((locale) => locale === value) ?? null;
}

/**
 * `{{from, day}}` in a text is the day as readers of its language write it, `{{limit, amount_limit}}` the highest single
 * amount, which every text may tell.
 */
function addFormats({ services: { formatter } }: typeof i18next): void {
  const localeOf = (language: string | undefined): Locale => toLocale(language) ?? 'de';
  formatter?.add('day', (day: unknown, language) => formatDay(String(day), localeOf(language)));
  formatter?.add('amount_limit', (_value: unknown, language) => formatDecimal(amountLimit(), localeOf(language)));
}

function readNamespaces(directory: string): Record<string, TextTree> {
  return Object.fromEntries(
    readdirSync(directory)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [
        file.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(directory, file), 'utf8')) as TextTree,
      ]),
  );
}
