import type { Request, Response, Router } from 'express';
import { ROLES, RIGHTS, rightsWhere, USUAL_RIGHTS, USUAL_ROLE } from '../../../core/access.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, fieldOf, idOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { changeSecuritySettings, securitySettings } from '../../settings/security-settings-service.ts';
import type { AccountService } from './account-service.ts';
import {
  changePerson,
  endSessionsOf,
  invitePerson,
  mailNewLink,
  peoplePage,
  readPerson,
  removeFactorOf,
  setPersonActive,
  type Person,
  type PeopleParts,
  type PersonRefusal,
} from './person-service.ts';
import { meanwhileErrors, readForm } from './user-form.ts';
import { rightsText, standingOf } from './user-view.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { MailRoom } from '../../documents/mail/mail-service.ts';

const PATH = '/admin/users';
const PAGE = 100;

/** What an administrator does to a person at one click; the answer is why it was refused. */
const ACTIONS: Readonly<
  Record<string, (parts: PeopleParts, id: number, actor: string) => Promise<PersonRefusal | null>>
> = {
  activation: (parts, id, actor) => setPersonActive(parts, id, true, actor),
  deactivation: (parts, id, actor) => setPersonActive(parts, id, false, actor),
  logout: (parts, id, actor) => endSessionsOf(parts, id, actor).then(() => null),
  'factor-removal': (parts, id, actor) => removeFactorOf(parts, id, actor).then(() => null),
};

type UserPages = Shell & { readonly mails: MailRoom; readonly accounts: AccountService };

/** Who works here, with which role and rights. */
export function userPages(shell: UserPages): Router {
  const { database, clock, accounts } = shell;
  // Without one the link of an invitation is handed over by whoever invites.
  const hasServer = shell.config.smtpUrl !== null;
  const router = pageRouter();
  const manages = requires('people.manage');

  router.get(PATH, manages, showPeople);

  router.post(`${PATH}/security`, manages, async (req, res) => {
    const requireSecondFactor = fieldOf(req, 'requireSecondFactor') === 'true';
    await changeSecuritySettings(database, { requireSecondFactor }, actorOf(res), clock.now());
    addFlash(req, {
      kind: 'success',
      text: res.locals.t(requireSecondFactor ? 'staff:people.factor_required' : 'staff:people.factor_optional'),
    });
    res.redirect(303, PATH);
  });

  router.get(`${PATH}/new`, manages, (_req, res) => {
    formPage(res, null, { role: USUAL_ROLE, ...rightsWhere((right) => USUAL_RIGHTS.includes(right)) }, []);
  });

  router.post(PATH, manages, invite);

  router.get(`${PATH}/:id`, manages, async (req, res) => {
    const person = await readPerson(database, Number(idOf(req)));
    await personPage(res, person, { ...person }, []);
  });

  router.post(`${PATH}/:id`, manages, save);

  router.post(`${PATH}/:id/invitations`, manages, async (req, res) => {
    const { person, link } = await mailNewLink(shell, Number(idOf(req)), actorOf(res));
    tellLink(req, res, person, link);
    res.redirect(303, `${PATH}/${person.id}`);
  });

  for (const [action, act] of Object.entries(ACTIONS))
    router.post(`${PATH}/:id/${action}`, manages, async (req, res) => {
      const { t } = res.locals;
      const person = await readPerson(database, Number(idOf(req)));
      const refusal = await act(shell, person.id, actorOf(res));
      addFlash(
        req,
        refusal === null
          ? { kind: 'success', text: t(`staff:people.done.${action}`, { name: person.name }) }
          : { kind: 'danger', text: t(`staff:people.${refusal}`) },
      );
      res.redirect(303, `${PATH}/${person.id}`);
    });

  return router;

  function tellLink(
    req: Request,
    res: Response,
    { name, email }: { readonly name: string; readonly email: string },
    link: string,
  ): void {
    const { t } = res.locals;
    if (hasServer) addFlash(req, { kind: 'success', text: t('staff:people.mailed', { name, email }) });
    else
      addFlash(req, {
        kind: 'success',
        text: t('staff:people.link_once', { name }),
        copy: { text: link, label: t('staff:people.link') },
      });
  }

  async function personPage(
    res: Response,
    person: Person,
    values: Readonly<Record<string, unknown>>,
    errors: readonly FormError[],
  ): Promise<void> {
    formPage(res, person, values, errors, await accounts.sessionsOf(person.id));
  }

  async function showPeople(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const after = Number(cursorOf(req) ?? 0);
    const { items: rows, nextCursor } = await peoplePage(database, after, PAGE);
    renderPage(res, 'staff/people/users', {
      title: t('staff:people.title'),
      rows: rows.map((person) => ({
        ...person,
        ...standingOf(person, t),
        href: `${PATH}/${person.id}`,
        rightsText: rightsText(person, t),
        isYou: person.id === res.locals.user?.id,
      })),
      isRequired: (await securitySettings(database.knex)).requireSecondFactor,
      next: nextCursor === null ? null : `${PATH}?cursor=${nextCursor}`,
      first: after === 0 ? null : PATH,
    });
  }

  async function invite(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const { typed, change, errors } = readForm(req, t);
    const outcome = change === null ? null : await invitePerson(shell, change, res.locals.locale, actorOf(res));
    if (outcome === null || outcome === 'email_taken') {
      res.status(422);
      formPage(
        res,
        null,
        typed,
        outcome === null ? errors : [{ path: 'email', message: t('staff:people.email_taken') }],
      );
      return;
    }
    if (change !== null) tellLink(req, res, change, outcome.link);
    res.redirect(303, `${PATH}/${outcome.id}`);
  }

  async function save(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const person = await readPerson(database, Number(idOf(req)));
    const { typed, change, errors } = readForm(req, t);
    const refusal =
      change === null
        ? null
        : await changePerson(shell, person.id, change, Number(fieldOf(req, 'version')), actorOf(res));
    if (change !== null && refusal === 'changed_meanwhile') {
      // What was typed stays; a second save takes it, knowing what it replaces.
      const now = await readPerson(database, person.id);
      res.status(412);
      await personPage(res, now, typed, meanwhileErrors(now, change, t));
      return;
    }
    if (change === null || refusal !== null) {
      res.status(422);
      await personPage(
        res,
        person,
        typed,
        refusal === null
          ? errors
          : [{ path: refusal === 'email_taken' ? 'email' : 'role', message: t(`staff:people.${refusal}`) }],
      );
      return;
    }
    addFlash(req, { kind: 'success', text: t('staff:people.saved', { name: change.name }) });
    res.redirect(303, `${PATH}/${person.id}`);
  }
}

function formPage(
  res: Response,
  person: Person | null,
  values: Readonly<Record<string, unknown>>,
  errors: readonly FormError[],
  sessions: readonly object[] = [],
): void {
  const { t } = res.locals;
  renderPage(res, 'staff/people/user', {
    title: person === null ? t('staff:people.invite') : person.name,
    breadcrumbs: [{ href: PATH, text: t('staff:people.title') }],
    action: person === null ? PATH : `${PATH}/${person.id}`,
    person: person === null ? null : { ...person, ...standingOf(person, t), isYou: person.id === res.locals.user?.id },
    sessions,
    version: person?.version ?? '',
    form: formView({ ...values, rights: RIGHTS.filter((right) => values[right] === true) }, errors),
    roles: ROLES.map((value) => ({
      value,
      label: t(`common:roles.${value}`),
      hint: t(`staff:people.role_hint.${value}`),
    })),
    rights: RIGHTS.map((value) => ({
      value,
      label: t(`staff:people.right.${value}`),
      hint: t(`staff:people.right_hint.${value}`),
    })),
  });
}
