import type { Response, Router } from 'express';
import { LOGIN_PATH } from '../../../platform/http/auth.ts';
import { LENGTHS, fieldOf, rawFieldOf, rawTextOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { MIN_PASSWORD_LENGTH } from '../../../platform/secrets/passwords.ts';
import { renderPage } from '../../../platform/html/views.ts';
import type { AccountService } from './account-service.ts';
import { passwordError } from './profile-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const FORGOTTEN_PATH = '/login/forgotten';
const PASSWORD_PATH = '/password';

/** A first password by invitation, and a new one instead of a forgotten one. */
export function passwordPages({ accounts }: { readonly accounts: AccountService }): Router {
  const router = pageRouter();

  router.get(FORGOTTEN_PATH, (_req, res) => {
    forgottenPage(res, '', []);
  });

  router.post(FORGOTTEN_PATH, async (req, res) => {
    const { t } = res.locals;
    const email = fieldOf(req, 'email', LENGTHS.email);
    if (!email.includes('@')) {
      forgottenPage(res.status(422), email, [{ path: 'email', message: t('staff:people.email_invalid') }]);
      return;
    }
    if (!(await accounts.forgotten(email, req.ip ?? ''))) {
      forgottenPage(res.status(429), email, [{ path: '', message: t('staff:forgotten.too_many') }]);
      return;
    }
    addFlash(req, { kind: 'info', text: t('staff:forgotten.sent') });
    res.redirect(303, LOGIN_PATH);
  });

  router.get(PASSWORD_PATH, async (req, res) => {
    await passwordPage(res, rawTextOf(req.query['token']), []);
  });

  router.post(PASSWORD_PATH, async (req, res) => {
    const token = rawFieldOf(req, 'token');
    const problem = await accounts.choosePassword(token, rawFieldOf(req, 'password'));
    if (problem === null) {
      addFlash(req, { kind: 'success', text: res.locals.t('staff:password.chosen') });
      res.redirect(303, LOGIN_PATH);
      return;
    }
    await passwordPage(
      res.status(422),
      token,
      problem === 'token_gone' ? [] : [passwordError(res, problem, 'password')],
    );
  });

  return router;

  async function passwordPage(res: Response, token: string, errors: readonly FormError[]): Promise<void> {
    const { t } = res.locals;
    const found = await accounts.personOfToken(token.slice(0, 200));
    // The address of this page is a secret.
    res.set('Referrer-Policy', 'no-referrer');
    if (found === null) res.status(res.statusCode === 200 ? 410 : res.statusCode);
    renderPage(
      res,
      'staff/login/new-password',
      {
        title: t(found?.kind === 'invitation' ? 'staff:password.first_title' : 'staff:password.new_title'),
        person: found?.person ?? null,
        token,
        minLength: MIN_PASSWORD_LENGTH,
        form: formView({}, errors),
      },
      'plain',
    );
  }
}

function forgottenPage(res: Response, email: string, errors: readonly FormError[]): void {
  renderPage(
    res,
    'staff/login/forgotten',
    { title: res.locals.t('staff:forgotten.title'), form: formView({ email }, errors) },
    'plain',
  );
}
