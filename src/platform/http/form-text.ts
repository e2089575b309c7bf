import type { RequestHandler } from 'express';
import { visibleText } from '../../core/text.ts';
import { appError } from '../process/errors.ts';

/** Names that objects of the language know themselves; no field of a form is called so. */
const NO_FIELD = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than any form of ours. */
const MAX_DEPTH = 8;

/**
 * Leaves out of forms and addresses what nobody sees, before any page reads them, and refuses fields that are called or
 * nested as none of ours is. One line, lengths and the form in which a text is kept are up to `textOf` and `linesOf`.
 */
export const visibleFields: RequestHandler = (req, _res, next) => {
  try {
    req.body = visible(req.body, 0);
    // A getter in express, which would read the address anew.
    Object.defineProperty(req, 'query', { value: visible(req.query, 0), writable: true, configurable: true });
  } catch (error) {
    next(error);
    return;
  }
  next();
};

function visible(fields: unknown, depth: number): unknown {
  if (typeof fields === 'string') return visibleText(fields);
  if (typeof fields !== 'object' || fields === null) return fields;
  if (depth > MAX_DEPTH) throw unknownField();
  if (Array.isArray(fields)) return fields.map((one) => visible(one, depth + 1));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (NO_FIELD.has(name)) throw unknownField();
      return [name, visible(value, depth + 1)];
    }),
  );
}

function unknownField(): Error {
  return appError('invalid_request', { fields: [{ path: '', code: 'unknown_field' }] });
}
