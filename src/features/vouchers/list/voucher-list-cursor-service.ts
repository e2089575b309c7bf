import { isId } from '../../../platform/data/id.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Place } from './voucher-list-store.ts';

/** Where a list by number goes on after this voucher. */
export function cursorAfterNumber(id: string): string {
  return writeCursor({ value: null, rulesId: '0', id });
}

export function writeCursor({ value, rulesId, id }: Place): string {
  return Buffer.from(JSON.stringify([value, rulesId, id])).toString('base64url');
}

export function readCursor(cursor: string | null): Place | null {
  if (cursor === null) return null;
  try {
    const [value, rulesId, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown, unknown];
    if ((value === null || typeof value === 'string' || typeof value === 'number') && isId(rulesId) && isId(id))
      return { value, rulesId, id };
  } catch {
    // Falls through: whatever it was, it is no cursor of ours.
  }
  throw appError('invalid_request', { fields: [{ path: 'query.cursor', code: 'invalid_value' }] });
}
