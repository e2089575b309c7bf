import express, { type RequestHandler, type Router } from 'express';
import { LOGIN_PATH } from '../../platform/auth.ts';
import { formView } from '../../platform/form-view.ts';
import { toTheme, THEME_COOKIE } from '../../platform/html-shell.ts';
import { toLocale } from '../../platform/i18n.ts';
import { endSession, sessionCookieName, startSession } from '../../platform/session.ts';
import { renderPage } from '../../platform/views.ts';
import type { LoginService } from './login-service.ts';

const HOME = '/admin/vouchers';
const THEME_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

/** Login, logout and what people set for themselves. `secure` says whether people reach us by https. */
export function loginPages(logins: LoginService, { secure }: { readonly secure: boolean }): Router {
  const router = express.Router();

  router.use(async (req, res, next) => {
    const asked = toLocale(req.query['lang']);
    const { user } = res.locals;
    if (asked && user && asked !== user.locale) await logins.chooseLocale(user.id, asked);
    next();
  });

  router.get('/login', (req, res) => {
    if (res.locals.user) {
      res.redirect(303, HOME);
      return;
    }
    renderPage(res, 'staff/login', { title: res.locals.t('staff:login.title'), form: formView({ next: localPath(req.query['next']) ?? '' }) }, 'plain');
  });

  router.post('/login', async (req, res) => {
    const { email, password, next } = textFields(req.body);
    const outcome = await logins.login({ email, password, address: req.ip ?? '' });
    if (outcome.ok) {
      await startSession(req, outcome.user.id);
      res.redirect(303, localPath(next) ?? HOME);
      return;
    }
    const { t } = res.locals;
    if (outcome.reason === 'too_many_attempts') res.set('Retry-After', String(outcome.retryAfterSeconds));
    const message =
      outcome.reason === 'too_many_attempts'
        ? t('staff:login.too_many_attempts', { count: Math.ceil(outcome.retryAfterSeconds / 60) })
        : t('staff:login.wrong_credentials');
    res.status(outcome.reason === 'too_many_attempts' ? 429 : 422);
    const form = formView({ email, next: localPath(next) ?? '' }, [{ path: '', message }]);
    renderPage(res, 'staff/login', { title: t('staff:login.title'), form }, 'plain');
  });

  router.post('/logout', async (req, res) => {
    await endSession(req);
    res.clearCookie(sessionCookieName(secure), { path: '/', httpOnly: true, sameSite: 'lax', secure });
    res.redirect(303, '/login');
  });

  router.post('/preferences/theme', (req, res) => {
    const { theme, returnTo } = textFields(req.body);
    const chosen = toTheme(theme);
    if (chosen) res.cookie(THEME_COOKIE, chosen, { maxAge: THEME_LIFETIME_MS, sameSite: 'lax', httpOnly: true, secure });
    res.redirect(303, localPath(returnTo) ?? '/');
  });

  router.get(['/', '/admin'], (_req, res) => {
    res.redirect(303, res.locals.user ? HOME : LOGIN_PATH);
  });
  return router;
}

/** Puts the signed-in user into `res.locals.user`; part of the HTML shell. */
export function loadUser(logins: LoginService): RequestHandler {
  return async (req, res, next) => {
    const { userId } = req.session;
    if (userId !== undefined) res.locals.user = await logins.userOf(userId);
    next();
  };
}

/** A path on this site; anything that could lead elsewhere is dropped. */
function localPath(value: unknown): string | null {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value) || /[\\\u0000-\u001f]/.test(value)) return null;
  return value;
}

function textFields(body: unknown): Record<'email' | 'password' | 'next' | 'theme' | 'returnTo', string> {
  const fields = (body ?? {}) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return { email: text('email'), password: text('password'), next: text('next'), theme: text('theme'), returnTo: text('returnTo') };
}
