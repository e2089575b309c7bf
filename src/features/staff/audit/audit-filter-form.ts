import type { Request } from 'express';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { parameterOf } from '../../../platform/http/request.ts';
import type { AuditFilter } from './audit-service.ts';

const FIELDS = ['q', 'actor', 'entity', 'entityId', 'action', 'from', 'until'] as const;
export type TypedFilter = Readonly<Record<(typeof FIELDS)[number], string>>;

export function typedFilter(req: Request): TypedFilter {
  return Object.fromEntries(FIELDS.map((name) => [name, parameterOf(req, name)])) as TypedFilter;
}

/** What is looked for; days that are none are told. */
export function readFilter(
  typed: TypedFilter,
  clock: Clock,
  t: Translate,
): { readonly filter: AuditFilter; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const day = (path: 'from' | 'until', startOf: (day: string) => number): number | null => {
    if (typed[path] === '') return null;
    const parsed = parseDay(typed[path]);
    if (parsed.ok) return startOf(parsed.value);
    errors.push({ path, message: t(`common:${parsed.error}`) });
    return null;
  };
  const text = (value: string): string | null => (value === '' ? null : value);
  const from = day('from', (one) => clock.startOfDay(one));
  const until = day('until', (one) => clock.endOfDay(one));
  return {
    filter: {
      actor: text(typed.actor),
      entity: text(typed.entity),
      entityId: text(typed.entityId),
      action: text(typed.action),
      from,
      until,
    },
    errors,
  };
}
