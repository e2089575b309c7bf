import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { LANGUAGES, LOCALES, toLocale } from '../../../platform/html/i18n.ts';
import { MIN_PASSWORD_LENGTH } from '../../../platform/secrets/passwords.ts';
import { factorQrSvg, newFactorSecret } from '../../../platform/secrets/second-factor.ts';
import { startSession } from '../../../platform/http/session.ts';
import { actorOf, fieldOf, LENGTHS, rawFieldOf, userOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { sessionName, type AccountService, type PasswordProblem } from './account-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/profile';
const FACTOR_PATH = `${PATH}/second-factor`;
const MAX_NAME = 200;

/** What people see and change of themselves. */
export function profilePages({ clock, accounts }: Shell & { readonly accounts: AccountService }): Router {
  const router = pageRouter();
  router.use(PATH, requires('account.change'));

  router.get(PATH, async (req, res) => {
    await profile(req, res, {}, []);
  });

  router.post(PATH, async (req, res) => {
    const { t } = res.locals;
    const name = fieldOf(req, 'name', LENGTHS.text);
    const locale = toLocale(rawFieldOf(req, 'locale'));
    if (name === '' || name.length > MAX_NAME || locale === null) {
      await profile(req, res.status(422), { name: rawFieldOf(req, 'name') }, [
        { path: 'name', message: t('staff:people.name_invalid') },
      ]);
      return;
    }
    await accounts.changeOwn(userOf(res), { name, locale });
    addFlash(req, { kind: 'success', text: t('common:saved') });
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/password`, async (req, res) => {
    const user = userOf(res);
    const problem = await accounts.changePassword(user, rawFieldOf(req, 'current'), rawFieldOf(req, 'password'));
    if (problem !== null) {
      await profile(req, res.status(problem === 'too_many_attempts' ? 429 : 422), {}, [
        passwordError(res, problem, 'current'),
      ]);
      return;
    }
    await goOn(req, user);
    addFlash(req, { kind: 'success', text: res.locals.t('staff:password.changed') });
    res.redirect(303, PATH);
  });

  router.get(FACTOR_PATH, (req, res) => {
    if (userOf(res).hasSecondFactor) res.redirect(303, PATH);
    else factorPage(req, res, []);
  });

  router.get(`${FACTOR_PATH}/code.svg`, async (req, res) => {
    const { newFactor } = req.session;
    if (newFactor === undefined) throw appError('not_found');
    res.type('svg').send(await factorQrSvg(newFactor, userOf(res).email));
  });

  router.post(FACTOR_PATH, turnOnFactor);

  router.post(`${FACTOR_PATH}/removal`, async (req, res) => {
    const user = userOf(res);
    const problem = await accounts.switchFactorOff(user, rawFieldOf(req, 'factorPassword'));
    if (problem !== null) {
      await profile(req, res.status(problem === 'too_many_attempts' ? 429 : 422), {}, [
        passwordError(res, problem, 'factorPassword'),
      ]);
      return;
    }
    await goOn(req, user);
    addFlash(req, { kind: 'success', text: res.locals.t('staff:factor.is_off') });
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/sessions/:session/end`, async (req, res) => {
    const user = userOf(res);
    await accounts.endSession(user.id, String(req.params['session']), actorOf(res));
    addFlash(req, { kind: 'success', text: res.locals.t('staff:profile.session_ended') });
    res.redirect(303, PATH);
  });

  router.post(`${PATH}/sessions/end`, async (req, res) => {
    const user = userOf(res);
    await accounts.endAll(user.id, actorOf(res));
    await goOn(req, user);
    addFlash(req, { kind: 'success', text: res.locals.t('staff:profile.sessions_ended') });
    res.redirect(303, PATH);
  });

  return router;

  /** All sessions were ended, so the one that did it begins anew. */
  function goOn(req: Request, user: SignedInUser): Promise<void> {
    return startSession(req, { id: user.id, sessionEpoch: user.sessionEpoch + 1 }, clock.now());
  }

  async function profile(
    req: Request,
    res: Response,
    typed: Readonly<Record<string, string>>,
    errors: readonly FormError[],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const user = userOf(res);
    const own = sessionName(req.sessionID);
    renderPage(res, 'staff/people/profile', {
      title: t('staff:profile.title'),
      user,
      form: formView({ name: user.name, locale: user.locale ?? locale, ...typed }, errors),
      languages: LOCALES.map((value) => ({ value, label: LANGUAGES[value].name })),
      minLength: MIN_PASSWORD_LENGTH,
      codesLeft: user.hasSecondFactor ? await accounts.recoveryCodesLeft(user.id) : 0,
      sessions: (await accounts.sessionsOf(user.id)).map((session) => ({ ...session, isOwn: session.id === own })),
    });
  }

  function factorPage(req: Request, res: Response, errors: readonly FormError[]): void {
    const secret = (req.session.newFactor ??= newFactorSecret());
    renderPage(res, 'staff/people/second-factor', {
      title: res.locals.t('staff:factor.title'),
      breadcrumbs: [{ href: PATH, text: res.locals.t('staff:profile.title') }],
      secret: (secret.match(/.{1,4}/g) ?? []).join(' '),
      form: formView({}, errors),
    });
  }

  async function turnOnFactor(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const user = userOf(res);
    const { newFactor } = req.session;
    const codes =
      newFactor === undefined || user.hasSecondFactor
        ? null
        : await accounts.switchFactorOn(user, newFactor, rawFieldOf(req, 'code'));
    if (codes === null) {
      factorPage(req, res.status(422), [{ path: 'code', message: t('staff:factor.wrong') }]);
      return;
    }
    await goOn(req, user);
    renderPage(res, 'staff/people/recovery-codes', {
      title: t('staff:factor.codes_title'),
      breadcrumbs: [{ href: PATH, text: t('staff:profile.title') }],
      codes,
    });
  }
}

export function passwordError(res: Response, problem: PasswordProblem, currentField: string): FormError {
  const path = problem === 'wrong_password' || problem === 'too_many_attempts' ? currentField : 'password';
  return { path, message: res.locals.t(`staff:password.${problem}`, { length: MIN_PASSWORD_LENGTH }) };
}
