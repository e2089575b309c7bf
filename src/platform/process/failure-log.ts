import type { Request } from 'express';

/** The log line of something nobody foresaw: where and what kind, never what a person typed. */
export function logFailure(request: Request, error: unknown): void {
  const logger = (request as { log?: { error(fields: object, message: string): void } }).log;
  logger?.error({ err: error }, 'unexpected failure');
}
