import { RIGHTS } from '../../../core/access.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Person } from './person-service.ts';

export function standingOf(person: Person, t: Translate): { standing: string; tone: string } {
  if (!person.isActive) return { standing: t('staff:people.inactive'), tone: 'quiet' };
  return person.isInvited
    ? { standing: t('staff:people.invited'), tone: 'info' }
    : { standing: t('staff:people.active'), tone: 'ok' };
}

export function rightsText(person: Person, t: Translate): string {
  return RIGHTS.filter((right) => person[right])
    .map((right) => t(`staff:people.right.${right}`))
    .join(', ');
}
