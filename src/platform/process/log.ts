import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { maskedCode } from '../../core/engine/code-mask.ts';
import pino, { type DestinationStream, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

export type Log = Logger;

const QUIET_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
/** What carries codes or what a person typed in an address. */
const MASKED_PARAMETERS: ReadonlySet<string> = new Set(['code', 'codes', 'codes[]', 'q', 'token']);
const MASKED_PATH = /(\/(?:balances?|by-code)\/)([^/?#]+)/gi;
const DATABASE_CODE = /^(ER_|SQLITE_|WSREP|PROTOCOL_)/;

/** One JSON line an event on standard output; secrets never, codes by their last four characters only. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: SECRET_PATHS, censor: '***' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** One line a request, with the id that an error page shows. */
export function requestLog(log: Log): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    autoLogging: { ignore: ({ url }) => QUIET_PATHS.has(url) || url.startsWith('/assets/') },
    customLogLevel: (_request, response, error) =>
      error instanceof Error || response.statusCode >= 500 ? 'error' : 'info',
    serializers: {
      req: (request: IncomingMessage & { id: unknown; raw?: { originalUrl?: string } }) => ({
        id: request.id,
        method: request.method,
        url: maskUrl(request.raw?.originalUrl ?? request.url ?? ''),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      // pino-http hands over its own description, with the error itself behind it.
      err: (error: { readonly raw?: unknown }) => describeError(error.raw ?? error),
    },
  }) as RequestHandler;
}

/** 'SOMMER-7K2M' becomes '…7K2M'; what is that short already shows nothing. */
export function maskCode(code: string): string {
  return code.length > 4 ? maskedCode(code) : '…';
}

export function maskUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  const shown = path.replaceAll(MASKED_PATH, (_all, before: string, code: string) => before + maskCode(code));
  if (query === undefined) return shown;
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=', 2);
    return MASKED_PARAMETERS.has(decoded(name).toLowerCase()) ? `${name}=${maskCode(decoded(value))}` : pair;
  });
  return `${shown}?${pairs.join('&')}`;
}

/** Of a database error only its code and table: knex puts bound values, and so codes, into its message and stack. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  if (code !== undefined && DATABASE_CODE.test(code)) return { code, table: tableOf(error), stack: framesOf(error) };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: framesOf(error),
    ...cause,
  };
}

const SECRET_NAMES = ['password', 'token', 'clientToken', 'secret', 'authorization', 'cookie', 'code', 'codes'];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [name, `*.${name}`]).filter((path) => path !== '*.code');

function tableOf(error: Error): string | null {
  const sql = 'sql' in error && typeof error.sql === 'string' ? error.sql : error.message;
  return /\b(?:from|into|update|table)\s+[`"]?(\w+)/i.exec(sql)?.[1] ?? null;
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12)
    .map((line) => line.trim());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
