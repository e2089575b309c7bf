import type { Request } from 'express';
import Joi from 'joi';
import { API_RIGHTS } from '../../../core/access.ts';
import { addDays } from '../../../core/calendar.ts';
import { CHANNELS } from '../../../core/engine/voucher.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { appError } from '../../../platform/process/errors.ts';
import { MAX_OVERLAP_DAYS, type NewClient } from './api-key-service.ts';

export interface TypedClient {
  readonly name: string;
  readonly channel: string;
  readonly otherChannels: readonly string[];
  readonly rights: readonly string[];
  readonly origins: string;
  readonly numbers: readonly string[];
}

const MAX_NAME_LENGTH = 100;

/** Every field as text or list, whatever was sent; what it says is judged below. */
const TYPED_CLIENT = Joi.object<TypedClient>({
  name: Joi.string().trim().allow('').default(''),
  channel: Joi.string().allow('').default(''),
  otherChannels: Joi.array().items(Joi.string()).single().default([]),
  rights: Joi.array().items(Joi.string()).single().default([]),
  origins: Joi.string().allow('').default(''),
  numbers: Joi.array().items(Joi.string()).single().default([]),
});

/** The box that says that the client numbers bookings by itself. */
export const OWN_NUMBERS = 'own';

export function typedClient(req: Request): TypedClient {
  const result = TYPED_CLIENT.validate(req.body ?? {}, { stripUnknown: true });
  if (result.error) throw appError('invalid_request');
  return result.value;
}

export function parseClient(
  typed: TypedClient,
  t: Translate,
): { readonly client: NewClient | null; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const wrong = (path: string, key: string, params?: Record<string, unknown>): void => {
    errors.push({ path, message: t(`staff:keys.${key}`, params) });
  };
  if (typed.name === '') wrong('name', 'name_required');
  if (typed.name.length > MAX_NAME_LENGTH) wrong('name', 'name_too_long');
  const channel = CHANNELS.find((one) => one === typed.channel);
  if (channel === undefined) wrong('channel', 'channel_required');
  const rights = API_RIGHTS.filter((right) => typed.rights.includes(right));
  if (rights.length === 0) wrong('rights', 'rights_required');
  const origins = typed.origins.split(/\s+/).filter((origin) => origin !== '');
  const wrongOrigin = origins.find((origin) => !isOrigin(origin));
  if (wrongOrigin !== undefined) wrong('origins', 'origins_invalid', { origin: wrongOrigin });
  if (channel === undefined || errors.length > 0) return { client: null, errors };
  const otherChannels = CHANNELS.filter((one) => one !== channel && typed.otherChannels.includes(one));
  const hasOwnBookingNumbers = typed.numbers.includes(OWN_NUMBERS);
  return { client: { name: typed.name, channel, otherChannels, rights, origins, hasOwnBookingNumbers }, errors };
}

/** The last day of the old key: from today on, at most a year later. */
export function parseLastDay(
  text: string,
  today: string,
  t: Translate,
): { readonly day: string } | { readonly errors: readonly FormError[] } {
  const typed = parseDay(text);
  if (!typed.ok) return { errors: [{ path: 'endsOn', message: t(`common:${typed.error}`) }] };
  if (typed.value < today || typed.value > addDays(today, MAX_OVERLAP_DAYS))
    return { errors: [{ path: 'endsOn', message: t('staff:keys.ends_on_wrong', { days: MAX_OVERLAP_DAYS }) }] };
  return { day: typed.value };
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
