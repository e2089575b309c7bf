import type { Request, Response, Router } from 'express';
import { API_RIGHTS } from '../../../core/access.ts';
import { addDays } from '../../../core/calendar.ts';
import { CHANNELS } from '../../../core/engine/voucher.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf, markInvalid } from '../../../platform/http/request.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { OWN_NUMBERS, parseClient, parseLastDay, typedClient } from './api-key-form.ts';
import { isValid, type ApiKey, type ApiKeyService, type CreatedKey } from './api-key-service.ts';

const PATH = '/admin/api-keys';
/** How long the old key goes on unless another day is typed: time to change it in every place. */
const USUAL_OVERLAP_DAYS = 14;

export function apiKeyPages({
  apiKeys: keys,
  clock,
}: {
  readonly apiKeys: ApiKeyService;
  readonly clock: Clock;
}): Router {
  const router = pageRouter();
  router.use(PATH, requires('keys.manage'));

  router.get(PATH, async (_req, res) => {
    const today = clock.today();
    renderPage(res, 'staff/api-keys/api-keys', {
      title: res.locals.t('staff:keys.title'),
      keys: (await keys.list()).map((key) => ({ ...key, isValid: isValid(key, today) })),
    });
  });

  router.get(`${PATH}/new`, (_req, res) => {
    renderPage(res, 'staff/api-keys/api-key-new', newKeyPage(res.locals.t, { channel: 'web', rights: ['booking'] }));
  });

  router.post(PATH, create);

  router.get(`${PATH}/:id/successor`, async (req, res) => {
    const key = await goodKey(req);
    const endsOn = dayInput(addDays(clock.today(), USUAL_OVERLAP_DAYS), res.locals.locale);
    showRoll(res, key, endsOn);
  });

  router.post(`${PATH}/:id/successor`, async (req, res) => {
    const key = await goodKey(req);
    const typed = fieldOf(req, 'endsOn');
    const last = parseLastDay(typed, clock.today(), res.locals.t);
    if ('errors' in last) return showRoll(res, key, typed, last.errors);
    showCreated(res, await keys.roll(key.id, last.day, actorOf(res)));
  });

  router.post(`${PATH}/:id/revocations`, async (req, res) => {
    const key = await keys.revoke(Number(idOf(req)), actorOf(res));
    addFlash(req, { kind: 'success', text: res.locals.t('staff:keys.revoke_done', { name: key.name }) });
    res.redirect(303, PATH);
  });
  return router;

  async function create(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const typed = typedClient(req);
    const { client, errors } = parseClient(typed, t);
    if (client === null) {
      markInvalid(res, errors);
      renderPage(res, 'staff/api-keys/api-key-new', newKeyPage(t, { ...typed }, errors));
      return;
    }
    showCreated(res, await keys.create(client, actorOf(res)));
  }

  /** What is over has no successor; it takes a new client's key. */
  async function goodKey(req: Request): Promise<ApiKey> {
    const key = await keys.find(Number(idOf(req)));
    if (!isValid(key, clock.today())) throw appError('not_found');
    return key;
  }
}

/** The token is shown once, so that it is the answer itself and not a page to come back to. */
function showCreated(res: Response, { key, token }: CreatedKey): void {
  const { t } = res.locals;
  res.status(201);
  renderPage(res, 'staff/api-keys/api-key-created', {
    title: t('staff:keys.created_title', { name: key.name }),
    breadcrumbs: [{ href: PATH, text: t('staff:keys.title') }],
    token,
  });
}

function showRoll(res: Response, key: ApiKey, endsOn: string, errors: readonly FormError[] = []): void {
  const { t } = res.locals;
  markInvalid(res, errors);
  renderPage(res, 'staff/api-keys/api-key-roll', {
    title: t('staff:keys.roll_title', { name: key.name }),
    breadcrumbs: [{ href: PATH, text: t('staff:keys.title') }],
    form: formView({ endsOn }, errors),
    id: key.id,
  });
}

function newKeyPage(t: Translate, values: Record<string, unknown>, errors: readonly FormError[] = []) {
  return {
    title: t('staff:keys.new'),
    breadcrumbs: [{ href: PATH, text: t('staff:keys.title') }],
    form: formView(values, errors),
    channels: CHANNELS.map((value) => ({ value, label: t(`staff:keys.channels.${value}`) })),
    rights: API_RIGHTS.map((value) => ({
      value,
      label: t(`staff:keys.right.${value}`),
      hint: t(`staff:keys.right_hint.${value}`),
    })),
    numbers: [{ value: OWN_NUMBERS, label: t('staff:keys.own_numbers'), hint: t('staff:keys.own_numbers_hint') }],
  };
}
