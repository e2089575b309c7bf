import Joi from 'joi';
import { isCalendarDay } from '../../core/calendar.ts';

/** Field kinds that every API body uses, so that one meaning has one schema. */

/** Ten million in a currency of two decimals a thousand times over: far above any trip, far below an unsafe sum. */
export const MAX_CENTS = 1_000_000_000_000;

export const centsField = Joi.number().integer().min(0).max(MAX_CENTS);
export const positiveCentsField = Joi.number().integer().min(1).max(MAX_CENTS);

export const dayField = Joi.string()
  .length(10)
  .custom((value: string, helpers) => (isCalendarDay(value) ? value : helpers.error('string.day')))
  .meta({ format: 'date' });

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** In UTC or with its offset, as RFC 3339 writes it. */
export const instantField = Joi.string()
  .max(40)
  .custom((value: string, helpers) =>
    RFC_3339.test(value) && !Number.isNaN(Date.parse(value)) ? value : helpers.error('string.instant'),
  )
  .meta({ format: 'date-time' });

export const currencyField = Joi.string().pattern(/^[A-Z]{3}$/);
/** An id of the caller's own: of a catalogue entry, a customer, a booking. */
export const idField = Joi.string().min(1).max(64);
