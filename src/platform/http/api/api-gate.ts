import type { Request } from 'express';
import { mayKey, type ApiRight } from '../../../core/access.ts';
import { HOUSE, type BookingOwner } from '../../../core/booking-owner.ts';
import type { ApiCaller, ApiGate } from './api-route.ts';
import { isSameServer } from './cors.ts';
import type { WrongCodeLimiter } from '../wrong-code-limit.ts';
import { appError } from '../../process/errors.ts';

/** What the gate asks of the features, which the platform does not know. */
export interface GateKeepers {
  readonly apiKeys: {
    authenticate(token: string): Promise<AuthenticatedCaller | null>;
    /** The browser origins of every client with a valid key, by its id. */
    browserOrigins(): Promise<ReadonlyMap<string, readonly string[]>>;
  };
  readonly wrongCodes: Pick<WrongCodeLimiter, 'headers'>;
  findHoldByToken(clientToken: string): Promise<{ readonly id: string; readonly clientId: string } | null>;
}

export interface AuthenticatedCaller {
  readonly id: number;
  readonly owner: BookingOwner;
  readonly channel: ApiCaller['channel'];
  readonly channels: ApiCaller['channels'];
  readonly rights: readonly ApiRight[];
  readonly origins: readonly string[];
}

const IN_BROWSER = { channel: 'web', channels: ['web'], rights: [] } as const;
const NOBODY: ApiCaller = { ...IN_BROWSER, actor: 'public', owner: HOUSE, holdId: null };

/** `Authorization: Bearer <api key>` for a machine, `Authorization: Hold <client token>` for a browser and its one hold. */
export function createApiGate(keepers: GateKeepers): ApiGate {
  return {
    headersFor: (request, caller) =>
      keepers.wrongCodes.headers({
        caller,
        client: request.get('reisebon-client') ?? null,
        address: request.ip ?? '',
      }),
    async identify(request, access) {
      if (access === 'public') return NOBODY;
      if (access === 'hold') return holdCaller(request, keepers);
      const key = await keepers.apiKeys.authenticate(credential(request, 'bearer'));
      if (key === null) throw appError('unauthenticated');
      if (!isAllowedOrigin(request, key.origins)) throw appError('origin_not_allowed');
      if (!mayKey(key.rights, access)) throw appError('forbidden');
      const { owner, channel, channels, rights } = key;
      return { actor: `key:${key.id}`, owner, channel, channels, rights, holdId: null };
    },
  };
}

async function holdCaller(request: Request, keepers: GateKeepers): Promise<ApiCaller> {
  const token = credential(request, 'hold');
  const hold = token === '' ? null : await keepers.findHoldByToken(token);
  if (hold === null) throw appError('unauthenticated');
  const origin = request.get('origin');
  if (origin !== undefined && !isSameServer(request, origin)) {
    const known = await keepers.apiKeys.browserOrigins();
    // From which origins browsers may use the holds that this client made.
    if (known.get(hold.clientId)?.includes(origin) !== true) throw appError('origin_not_allowed');
  }
  // A browser redeems nothing, so that it needs no circle of booking numbers.
  const owner = { clientId: hold.clientId, circle: HOUSE.circle };
  return { ...IN_BROWSER, actor: `hold:${hold.id}`, owner, holdId: hold.id };
}

function credential(request: Request, scheme: string): string {
  const [given = '', token = '', ...rest] = (request.get('authorization') ?? '').split(' ');
  return given.toLowerCase() === scheme && rest.length === 0 ? token : '';
}

/** A server sends no Origin; a browser must come from one the key names. */
function isAllowedOrigin(request: Request, origins: readonly string[]): boolean {
  const origin = request.get('origin');
  return origin === undefined || origins.length === 0 || origins.includes(origin);
}
