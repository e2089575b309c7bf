import type { Request, Response, Router } from 'express';
import Joi from 'joi';
import { requires } from '../../../platform/http/permissions.ts';
import { CHANNELS, type Channel } from '../../../core/engine/voucher.ts';
import { actorOf } from '../../../platform/http/request.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { API_RIGHTS, type ApiRight } from '../../../core/access.ts';
import type { ApiKeyService, NewApiKey } from './api-key-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/api-keys';
const MAX_NAME_LENGTH = 100;

export function apiKeyPages({ apiKeys: keys }: { readonly apiKeys: ApiKeyService }): Router {
  const router = pageRouter();
  router.use(PATH, requires('keys.manage'));

  router.get(PATH, async (_req, res) => {
    renderPage(res, 'staff/api-keys/api-keys', { title: res.locals.t('staff:keys.title'), keys: await keys.list() });
  });

  router.get(`${PATH}/new`, (_req, res) => {
    renderPage(res, 'staff/api-keys/api-key-new', newKeyPage(res.locals.t, { channel: 'web', rights: ['booking'] }));
  });

  router.post(PATH, create);

  router.post(`${PATH}/:id/revocations`, async (req, res) => {
    const id = Number(req.params['id']);
    if (!Number.isSafeInteger(id)) throw appError('not_found');
    const key = await keys.revoke(id, actorOf(res));
    addFlash(req, { kind: 'success', text: res.locals.t('staff:keys.revoke_done', { name: key.name }) });
    res.redirect(303, PATH);
  });
  return router;

  async function create(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const typed = typedKey(req);
    const { key, errors } = parseKey(typed, t);
    if (!key) {
      res.status(422);
      renderPage(res, 'staff/api-keys/api-key-new', newKeyPage(t, { ...typed }, errors));
      return;
    }
    const created = await keys.create(key, actorOf(res));
    res.status(201);
    renderPage(res, 'staff/api-keys/api-key-created', {
      title: t('staff:keys.created_title', { name: created.key.name }),
      breadcrumbs: [{ href: PATH, text: t('staff:keys.title') }],
      token: created.token,
    });
  }
}

interface TypedKey {
  readonly name: string;
  readonly channel: string;
  readonly rights: readonly string[];
  readonly origins: string;
}

/** Every field as text or list, whatever was sent; what it says is judged below. */
const TYPED_KEY = Joi.object<TypedKey>({
  name: Joi.string().trim().allow('').default(''),
  channel: Joi.string().allow('').default(''),
  rights: Joi.array().items(Joi.string()).single().default([]),
  origins: Joi.string().allow('').default(''),
});

function typedKey(req: Request): TypedKey {
  const result = TYPED_KEY.validate(req.body ?? {}, { stripUnknown: true });
  if (result.error) throw appError('invalid_request');
  return result.value;
}

function parseKey(typed: TypedKey, t: Translate): { key: NewApiKey | null; errors: FormError[] } {
  const errors: FormError[] = [];
  const wrong = (path: string, key: string, params?: Record<string, unknown>) =>
    errors.push({ path, message: t(`staff:keys.${key}`, params) });
  if (typed.name === '') wrong('name', 'name_required');
  if (typed.name.length > MAX_NAME_LENGTH) wrong('name', 'name_too_long');
  const channel = CHANNELS.find((one) => one === typed.channel);
  if (!channel) wrong('channel', 'channel_required');
  const rights = API_RIGHTS.filter((right) => typed.rights.includes(right));
  if (rights.length === 0) wrong('rights', 'rights_required');
  const origins = typed.origins.split(/\s+/).filter((origin) => origin !== '');
  const wrongOrigin = origins.find((origin) => !isOrigin(origin));
  if (wrongOrigin !== undefined) wrong('origins', 'origins_invalid', { origin: wrongOrigin });
  return {
    key: errors.length === 0 ? { name: typed.name, channel: channel as Channel, rights, origins } : null,
    errors,
  };
}

function newKeyPage(t: Translate, values: Record<string, unknown>, errors: readonly FormError[] = []) {
  return {
    title: t('staff:keys.new'),
    breadcrumbs: [{ href: PATH, text: t('staff:keys.title') }],
    form: formView(values, errors),
    channels: CHANNELS.map((value) => ({ value, label: t(`staff:keys.channels.${value}`) })),
    rights: API_RIGHTS.map((value: ApiRight) => ({
      value,
      label: t(`staff:keys.right.${value}`),
      hint: t(`staff:keys.right_hint.${value}`),
    })),
  };
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
