import type express from 'express';
import { type Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import {
  forgetPerson,
  MAX_PERSON_ROWS,
  noteExport,
  personData,
  personPlan,
  type PersonData,
  type PersonDesk,
  type PersonPlan,
} from './person-data-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/person-data';
const PLACES = ['orders', 'recipients', 'mails', 'redemptions', 'boundVouchers'] as const;

/** What is kept on one person, to hand out or to delete. The address is asked for by POST, so that it stands in no log and no history. */
export function personDataPages(desk: PersonDesk): Router {
  const { database, clock } = desk;
  const router = pageRouter();

  router.get(PATH, requires('person_data.use'), (_req, res) => {
    show(res, '', [], null);
  });

  router.post(PATH, requires('person_data.use'), async (req, res) => {
    const { typed, errors } = readEmail(req, res.locals.t);
    if (errors.length > 0) {
      res.status(422);
      show(res, typed, errors, null);
      return;
    }
    const data = await personData(database.knex, typed);
    show(res, typed, [], { data, plan: await personPlan(database.knex, data, desk) });
  });

  router.post(`${PATH}/export`, requires('person_data.use'), async (req, res) => {
    const { typed, errors } = readEmail(req, res.locals.t);
    if (errors.length > 0) {
      res.redirect(303, PATH);
      return;
    }
    const data = await personData(database.knex, typed);
    await noteExport(database, typed, actorOf(res), clock.now());
    res
      .attachment(`${res.locals.t('tidying:person.file')}-${clock.today()}.json`)
      .type('application/json')
      .send(`${JSON.stringify({ exportedOn: clock.today(), mostOfEach: MAX_PERSON_ROWS, ...data }, null, 2)}\n`);
  });

  router.post(`${PATH}/deletions`, requires('person_data.use'), async (req, res) => {
    const { typed, errors } = readEmail(req, res.locals.t);
    if (errors.length === 0) {
      const { gone } = await forgetPerson(desk, typed, actorOf(res));
      addFlash(req, { kind: 'success', text: res.locals.t('tidying:person.forgotten', { count: gone }) });
    }
    res.redirect(303, PATH);
  });

  return router;
}

function show(
  res: express.Response,
  typed: string,
  errors: readonly FormError[],
  found: { readonly data: PersonData; readonly plan: PersonPlan } | null,
): void {
  const { t } = res.locals;
  const goes =
    found === null
      ? 0
      : [
          found.plan.buyers,
          found.plan.endedBuyers,
          found.plan.orderRecipients,
          found.plan.recipients,
          found.plan.mails,
        ].reduce((sum, ids) => sum + ids.length, 0);
  renderPage(res, 'tidying/person-data/person-data', {
    title: t('tidying:person.title'),
    form: formView({ email: typed }, errors),
    email: typed,
    isAsked: found !== null,
    places:
      found === null
        ? []
        : PLACES.map((place) => ({ name: t(`tidying:person.place.${place}`), count: found.data[place].length })).filter(
            ({ count }) => count > 0,
          ),
    isMore: found !== null && PLACES.some((place) => found.data[place].length >= MAX_PERSON_ROWS),
    isAccount: found?.data.isAccount ?? false,
    kept: (found?.plan.kept ?? []).map(({ place, reason, count, until }) => ({
      name: t(`tidying:person.place.${place === 'bound_vouchers' ? 'boundVouchers' : place}`),
      why: t(`tidying:person.reason.${reason}`),
      count,
      until,
    })),
    goes,
    confirmText: t('tidying:person.confirm_text', { email: typed, count: goes }),
    fields: { email: typed },
  });
}

function readEmail(
  req: express.Request,
  t: express.Response['locals']['t'],
): { readonly typed: string; readonly errors: FormError[] } {
  const typed = fieldOf(req, 'email', LENGTHS.email);
  return {
    typed,
    errors: /^[^\s@]+@[^\s@]+$/.test(typed) ? [] : [{ path: 'email', message: t('tidying:person.email_wrong') }],
  };
}
