import type { Request } from 'express';
import { RIGHTS, rightsWhere, ROLES } from '../../../core/access.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { fieldOf, fieldsOf, LENGTHS, rawFieldOf } from '../../../platform/http/request.ts';
import type { Person, PersonChange } from './person-service.ts';
import { rightsText } from './user-view.ts';

const MAX_NAME = 200;
const MAX_EMAIL = 254;

export function readForm(
  req: Request,
  t: Translate,
): { typed: Record<string, unknown>; change: PersonChange | null; errors: FormError[] } {
  const rights: unknown[] = [fieldsOf(req)['rights'] ?? []].flat();
  const name = fieldOf(req, 'name', LENGTHS.text);
  const email = fieldOf(req, 'email', LENGTHS.text).toLowerCase();
  const role = ROLES.find((one) => one === rawFieldOf(req, 'role'));
  const granted = rightsWhere((right) => rights.includes(right));
  const errors: FormError[] = [];
  if (name === '' || name.length > MAX_NAME) errors.push({ path: 'name', message: t('staff:people.name_invalid') });
  if (email.length > MAX_EMAIL || !/^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/.test(email))
    errors.push({ path: 'email', message: t('staff:people.email_invalid') });
  if (role === undefined) errors.push({ path: 'role', message: t('staff:people.role_required') });
  const change = errors.length > 0 || role === undefined ? null : { name, email, role, ...granted };
  return {
    typed: { name: rawFieldOf(req, 'name'), email: rawFieldOf(req, 'email'), role: role ?? '', ...granted },
    change,
    errors,
  };
}

/** Field by field what stands there now instead of what was typed. */
export function meanwhileErrors(now: Person, typed: PersonChange, t: Translate): FormError[] {
  const differs = (['name', 'email', 'role'] as const).filter((field) => now[field] !== typed[field]);
  const isOtherRights = RIGHTS.some((right) => now[right] !== typed[right]);
  return [
    { path: '', message: t('staff:people.changed_meanwhile') },
    ...differs.map((field) => ({
      path: field,
      message: t('staff:people.now_is', { value: field === 'role' ? t(`common:roles.${now.role}`) : now[field] }),
    })),
    ...(isOtherRights
      ? [{ path: 'rights', message: t('staff:people.now_is', { value: rightsText(now, t) || '–' }) }]
      : []),
  ];
}
