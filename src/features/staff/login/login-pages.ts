import type { Request, RequestHandler, Response, Router } from 'express';
import { LOGIN_PATH } from '../../../platform/http/auth.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { toTheme, THEME_COOKIE } from '../../../platform/html/html-shell.ts';
import { toLocale } from '../../../platform/html/i18n.ts';
import { endSession, renewSession, sessionCookieName, startSession } from '../../../platform/http/session.ts';
import { rawFieldOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import type { LoginOutcome, LoginService } from './login-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const HOME = '/admin/overview';
const FACTOR_PATH = '/login/second-factor';
const PENDING_MS = 5 * 60 * 1000;
/** Where an administrator without the second factor they need may still go. */
const PROFILE_PATH = '/admin/profile';
const THEME_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

/** Login, logout and what people set for themselves. */
export function loginPages({ config, clock, logins }: Shell & { readonly logins: LoginService }): Router {
  const router = pageRouter();

  router.get('/login', (req, res) => {
    if (res.locals.user) {
      res.redirect(303, HOME);
      return;
    }
    renderPage(
      res,
      'staff/login/login',
      { title: res.locals.t('staff:login.title'), form: formView({ next: localPath(req.query['next']) ?? '' }) },
      'plain',
    );
  });

  router.post('/login', signIn);

  router.get(FACTOR_PATH, (req, res) => {
    if (pendingOf(req, clock.now()) === null) res.redirect(303, LOGIN_PATH);
    else
      renderPage(
        res,
        'staff/login/login-factor',
        { title: res.locals.t('staff:login.factor_title'), form: formView({}) },
        'plain',
      );
  });

  router.post(FACTOR_PATH, proveFactor);

  router.post('/logout', async (req, res) => {
    await endSession(req);
    res.clearCookie(sessionCookieName(config.isSecure), {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: config.isSecure,
    });
    res.redirect(303, '/login');
  });

  router.post('/preferences/theme', (req, res) => {
    const { theme, returnTo } = textFields(req);
    const chosen = toTheme(theme);
    if (chosen)
      res.cookie(THEME_COOKIE, chosen, {
        maxAge: THEME_LIFETIME_MS,
        sameSite: 'lax',
        httpOnly: true,
        secure: config.isSecure,
      });
    res.redirect(303, localPath(returnTo) ?? '/');
  });

  router.get(['/', '/admin'], (_req, res) => {
    res.redirect(303, res.locals.user ? HOME : LOGIN_PATH);
  });
  return router;

  async function signIn(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { email, password, next } = textFields(req);
    const outcome = await logins.login({ email, password, address: req.ip ?? '' });
    if (outcome.ok) {
      await startSession(req, outcome.user, clock.now());
      res.redirect(303, localPath(next) ?? HOME);
      return;
    }
    if (outcome.reason === 'needs_second_factor') {
      await renewSession(req);
      req.session.pending = { userId: outcome.userId, until: clock.now() + PENDING_MS, next: localPath(next) ?? HOME };
      res.redirect(303, FACTOR_PATH);
      return;
    }
    const message = refused(res, outcome, t('staff:login.wrong_credentials'));
    const form = formView({ email, next: localPath(next) ?? '' }, [{ path: '', message }]);
    renderPage(res, 'staff/login/login', { title: t('staff:login.title'), form }, 'plain');
  }

  async function proveFactor(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const pending = pendingOf(req, clock.now());
    if (pending === null) {
      addFlash(req, { kind: 'warning', text: t('staff:login.factor_expired') });
      res.redirect(303, LOGIN_PATH);
      return;
    }
    const outcome = await logins.loginWithFactor({
      userId: pending.userId,
      code: textFields(req).code.slice(0, 50),
    });
    if (outcome.ok) {
      await startSession(req, outcome.user, clock.now());
      res.redirect(303, pending.next);
      return;
    }
    const message = refused(res, outcome, t('staff:login.factor_wrong'));
    renderPage(
      res,
      'staff/login/login-factor',
      { title: t('staff:login.factor_title'), form: formView({}, [{ path: 'code', message }]) },
      'plain',
    );
  }
}

/** Puts the signed-in user into `res.locals.user`; part of the HTML shell. */
export function loadUser(logins: LoginService): RequestHandler {
  return async (req, res, next) => {
    const { userId, epoch } = req.session;
    if (userId !== undefined) res.locals.user = await logins.userOf(userId, epoch ?? 0);
    next();
  };
}

/** Before every page: keeps the language somebody asked for, and lets nobody pass who must set up a second factor first. */
export function accountGate(logins: LoginService): RequestHandler {
  return async (req, res, next) => {
    const asked = toLocale(req.query['lang']);
    const { user } = res.locals;
    if (asked && user && asked !== user.locale) await logins.chooseLocale(user.id, asked);
    if (user && needsFactorAt(req.path) && (await logins.mustSetUpFactor(user))) {
      addFlash(req, { kind: 'warning', text: res.locals.t('staff:factor.required') });
      res.redirect(303, '/admin/profile/second-factor');
      return;
    }
    next();
  };
}

function pendingOf(req: Request, now: number): NonNullable<Request['session']['pending']> | null {
  const { pending } = req.session;
  return pending === undefined || pending.until < now ? null : pending;
}

/** The sentence, with the status and the header that belong to it. */
function refused(res: Response, outcome: Exclude<LoginOutcome, { ok: true }>, otherwise: string): string {
  if (outcome.reason !== 'too_many_attempts') {
    res.status(422);
    return otherwise;
  }
  res.status(429).set('Retry-After', String(outcome.retryAfterSeconds));
  return res.locals.t('staff:login.too_many_attempts', { count: Math.ceil(outcome.retryAfterSeconds / 60) });
}

/** A path on this site; anything that could lead elsewhere is dropped. */
function localPath(value: unknown): string | null {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value) || /[\\\u0000-\u001f]/.test(value)) return null;
  return value;
}

function textFields(req: Request): Record<'email' | 'password' | 'code' | 'next' | 'theme' | 'returnTo', string> {
  const text = (name: string): string => rawFieldOf(req, name);
  return {
    email: text('email'),
    password: text('password'),
    code: text('code'),
    next: text('next'),
    theme: text('theme'),
    returnTo: text('returnTo'),
  };
}

/** Everything of the admin but where the factor is set up; routes do not mind upper case. */
function needsFactorAt(path: string): boolean {
  const lower = path.toLowerCase();
  return lower.startsWith('/admin') && lower !== PROFILE_PATH && !lower.startsWith(`${PROFILE_PATH}/`);
}
