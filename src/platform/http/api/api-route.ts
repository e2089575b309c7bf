import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import Joi from 'joi';
import type { Permission, ApiRight } from '../../../core/access.ts';
import type { BookingOwner } from '../../../core/booking-owner.ts';
import type { Channel } from '../../../core/engine/voucher.ts';
import type { Translate, Locale } from '../../html/i18n.ts';
import { appError } from '../../process/errors.ts';
import { isId } from '../../data/id.ts';
import { validated, validatedText } from '../validation.ts';
import { readJsonText } from './json-text.ts';

/** Who asks: an API key, or a browser with the client token of one hold. */
export interface ApiCaller {
  /** `key:7` or `hold:12`: the actor of the audit log. */
  readonly actor: string;
  /** The client whose key it is; idempotency keys, holds and redemptions are the client's, not the key's. */
  readonly owner: BookingOwner;
  /** What its bookings are where they name none. */
  readonly channel: Channel;
  /** What its bookings may name. */
  readonly channels: readonly Channel[];
  readonly rights: readonly ApiRight[];
  /** Set for a browser: the only hold it may see. */
  readonly holdId: string | null;
}

export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly caller: ApiCaller;
  readonly locale: Locale;
  /** Speaks the caller's language. */
  readonly t: Translate;
  readonly idempotencyKey: string;
  readonly ifMatch: string | null;
  /** The traveller a booking engine names by the header Reisebon-Client; null when it names none. */
  readonly client: string | null;
  readonly clientAddress: string;
  readonly requestId: string;
  /** The body byte by byte, for a signature over it. */
  readonly rawBody: Buffer;
  /** What the request says in the header a signed operation names; empty: nothing. */
  readonly signature: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body in JSON. */
  readonly file?: { readonly content: Buffer; readonly mediaType: string };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiRouteResponse {
  readonly description: string;
  /** None: the answer has no body, or is a file. */
  readonly schema?: Joi.Schema;
  readonly contentType?: string;
  readonly isFile?: boolean;
}

/**
 * What a call does to money. Whether it asks for an Idempotency-Key follows from it, and so do the document and the tests.
 * `reads` changes nothing. `writes` moves no value and may be sent twice. `moves_value` asks for a key.
 * `moves_value_when_paid` asks for one where the body says when something was paid. `told_once` is value that a signed event
 * tells of: booked once by the event's own id.
 */
export const EFFECTS = ['reads', 'writes', 'moves_value', 'moves_value_when_paid', 'told_once'] as const;
export type Effect = (typeof EFFECTS)[number];

/** One operation: what it takes, who may call it, what it answers. The router and the OpenAPI document both come from it. */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI form, below /api/v1: `/vouchers/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  /** What the API key must allow; `hold`: the client token of a hold; `public`: nobody is asked. */
  readonly access: Permission | 'hold' | 'public';
  readonly params?: Joi.ObjectSchema;
  readonly query?: Joi.ObjectSchema;
  readonly body?: Joi.Schema;
  readonly effect: Effect;
  /** The header in which the caller signs the body, instead of an API key. */
  readonly signedBy?: string;
  /** By status; the problem answers are added for every route. */
  readonly responses: Readonly<Record<number, ApiRouteResponse>>;
  handle(request: ApiRequest): Promise<ApiResponse>;
}

export interface ApiGate {
  /** Fails with `unauthenticated` or `forbidden`; answers who asks. */
  identify(request: Request, access: ApiRoute['access']): Promise<ApiCaller>;
  headersFor(request: Request, caller: ApiCaller): Readonly<Record<string, string>>;
}

export const MAX_BODY_BYTES = 1024 * 1024;

export function apiRouter(routes: readonly ApiRoute[], gate: ApiGate): Router {
  const router = express.Router({ caseSensitive: true, strict: false });
  const receive = express.raw({ limit: MAX_BODY_BYTES, type: () => true });
  for (const route of routes) {
    const identify: RequestHandler = async (request, response, next) => {
      response.locals.caller = await gate.identify(request, route.access);
      next();
    };
    router[route.method](expressPath(route.path), identify, requireJson, receive, async (request, response) => {
      const caller = response.locals.caller as ApiCaller;
      const answer = await route.handle(readRequest(route, request, response));
      response.set(gate.headersFor(request, caller));
      sendAnswer(response, answer);
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    router.all(expressPath(path), () => {
      throw appError('method_not_allowed');
    });
  }
  return router;
}

/** The page size and place of a list, as every list takes them. */
export const LIST_QUERY = {
  limit: Joi.number().integer().min(1).max(200).default(50),
  cursor: Joi.string().max(200),
};

/** An id of another form than ours belongs to nothing. */
export function numericId(id: string): string {
  if (!isId(id)) throw appError('not_found');
  return id;
}

/** The id in the path of an operation. */
export function pathId({ params }: Pick<ApiRequest, 'params'>, name = 'id'): string {
  return numericId(params[name] ?? '');
}

/** The version of If-Match, null without one. `"3"`, `W/"3"` or `3`; anything else is no version of ours, and so a stale one. */
export function versionOf({ ifMatch }: Pick<ApiRequest, 'ifMatch'>): number | null {
  if (ifMatch === null || ifMatch === '*') return null;
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch.trim());
  return match === null ? -1 : Number(match[1]);
}

/** Where a page of a list begins; null: at the top. */
export function queryCursor({ query }: Pick<ApiRequest, 'query'>): string | null {
  return typeof query.cursor === 'string' ? query.cursor : null;
}

function readRequest(route: ApiRoute, request: Request, { locals }: Response): ApiRequest {
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body: unknown = validated(route.body ?? NO_BODY, readJsonText(rawBody));
  return {
    params: validatedText(route.params ?? NO_FIELDS, request.params, 'path'),
    query: validatedText(route.query ?? NO_FIELDS, request.query, 'query'),
    body,
    caller: locals['caller'] as ApiCaller,
    locale: locals.locale,
    t: locals.t,
    idempotencyKey: idempotencyKeyOf(route, request, body),
    ifMatch: request.get('if-match') ?? null,
    client: clientOf(request),
    clientAddress: request.ip ?? '',
    requestId: 'id' in request ? String(request.id) : '',
    rawBody,
    signature: route.signedBy === undefined ? '' : (request.get(route.signedBy) ?? ''),
  };
}

const NO_FIELDS = Joi.object({});
/** Nothing, or an object of nothing, which many clients send of their own accord. */
const NO_BODY = Joi.object({}).optional();

/** A header is one line of ASCII; other bytes reach us as something else than was meant. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;
const MAX_KEY = 255;
const MAX_CLIENT = 200;

/** Empty: none is needed. */
function idempotencyKeyOf({ effect }: ApiRoute, request: Request, body: unknown): string {
  if (effect !== 'moves_value' && !(effect === 'moves_value_when_paid' && saysPaid(body))) return '';
  const key = request.get('idempotency-key') ?? '';
  if (key === '' || key.length > MAX_KEY || !HEADER_TEXT.test(key)) throw appError('idempotency_key_required');
  return key;
}

function saysPaid(body: unknown): boolean {
  const { paidAt } = (body ?? {}) as { readonly paidAt?: unknown };
  return paidAt !== undefined && paidAt !== null;
}

function clientOf(request: Request): string | null {
  const client = request.get('reisebon-client') ?? '';
  if (client.length > MAX_CLIENT || !HEADER_TEXT.test(client))
    throw appError('invalid_request', {
      fields: [{ path: 'Reisebon-Client', code: 'header_text', params: { limit: MAX_CLIENT } }],
    });
  return client === '' ? null : client;
}

function requireJson(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && request.is(['json', '+json']) === false) throw appError('unsupported_media_type');
  next();
}

function sendAnswer(response: Response, answer: ApiResponse): void {
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.file !== undefined) {
    response.status(answer.status).type(answer.file.mediaType).send(answer.file.content);
    return;
  }
  response.status(answer.status);
  if (answer.body === undefined) response.end();
  else response.json(answer.body);
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
