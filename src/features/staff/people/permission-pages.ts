import type { Response, Router } from 'express';
import { apiRightsFor, PERMISSIONS, ROLES, standingOf, type Permission, type Role } from '../../../core/access.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { renderPage } from '../../../platform/html/views.ts';

const PEOPLE_PATH = '/admin/users';

/** Who may do what, as the table of permissions has it. */
export function permissionPages(): Router {
  const router = pageRouter();
  router.get(`${PEOPLE_PATH}/permissions`, requires('people.manage'), (_req, res) => showPermissions(res));
  return router;

  function showPermissions(res: Response): void {
    const { t } = res.locals;
    renderPage(res, 'staff/people/permissions', {
      title: t('access:title'),
      breadcrumbs: [{ href: PEOPLE_PATH, text: t('staff:people.title') }],
      peopleHref: PEOPLE_PATH,
      roles: ROLES.map((role) => t(`common:roles.${role}`)),
      columnCount: ROLES.length + 2,
      groups: [...new Set(PERMISSIONS.map(groupOf))].map((group) => ({
        label: t(`access:group.${group}`),
        rows: PERMISSIONS.filter((permission) => groupOf(permission) === group).map((permission) => ({
          label: t(`access:permission_of.${permission}`),
          cells: [...ROLES.map((role) => cellOf(role, permission, t)), keyCellOf(permission, t)],
        })),
      })),
    });
  }
}

function groupOf(permission: Permission): string {
  return permission.split('.')[0] ?? '';
}

interface Cell {
  readonly isYes: boolean;
  readonly isNo: boolean;
  readonly text: string;
}

function cellOf(role: Role, permission: Permission, t: Translate): Cell {
  const standing = standingOf(role, permission);
  if (typeof standing === 'boolean')
    return { isYes: standing, isNo: !standing, text: t(standing ? 'access:yes' : 'access:no') };
  const rights = standing.map((right) => t(`staff:people.right.${right}`)).join(t('access:or'));
  return { isYes: false, isNo: false, text: t('access:with', { rights }) };
}

function keyCellOf(permission: Permission, t: Translate): Cell {
  const rights = apiRightsFor(permission).map((right) => t(`staff:keys.right.${right}`));
  if (rights.length === 0) return { isYes: false, isNo: true, text: t('access:no') };
  return { isYes: false, isNo: false, text: t('access:with', { rights: rights.join(t('access:or')) }) };
}
