import type { Request } from 'express';

/** The log line of something nobody foresaw: where and what kind, never what a person typed. */
export function logFailure(request: Request, error: unknown): void {
  const logger = (request as { log?: { error(fields: object, message: string): void } }).log;
  if (logger === undefined) return;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
  const isDatabaseError = code !== null && /^(ER_|SQLITE_|WSREP)/.test(code);
  // knex puts bound values, and so codes, into a database error's message and stack.
  if (isDatabaseError) logger.error({ databaseError: code, stack: framesOf(error) }, 'database error');
  else logger.error({ err: error }, 'unexpected failure');
}

function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').filter((line) => line.trimStart().startsWith('at ')).slice(0, 12);
}
