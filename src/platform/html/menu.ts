import { may, type Permission, type RightHolder } from '../../core/access.ts';
import type { IconName } from './icons.ts';

/** One entry of the left menu. `label` is the key of a text; without `permission` everybody signed in sees it. */
export interface MenuEntry {
  readonly label: string;
  readonly path: string;
  readonly icon?: IconName;
  readonly permission?: Permission;
  /** Who may do this needs no such entry: another one leads there. */
  readonly unless?: Permission;
  readonly children?: readonly MenuEntry[];
}

export interface MenuSection {
  readonly label: string | null;
  readonly entries: readonly MenuEntry[];
}

export interface ShownMenuEntry {
  readonly label: string;
  readonly path: string;
  readonly icon: IconName | null;
  readonly current: boolean;
  readonly open: boolean;
  readonly children: readonly ShownMenuEntry[];
}

/** The menu as this person sees it at this URL (path with its query), with the current entry marked. */
export function menuFor(
  menu: readonly MenuSection[],
  reader: RightHolder,
  url: string,
): { label: string | null; entries: ShownMenuEntry[] }[] {
  const current = currentPath(menu, url);
  const show = (entry: MenuEntry): ShownMenuEntry => {
    const children = (entry.children ?? []).filter((child) => isFor(child, reader)).map(show);
    const isCurrent = entry.path === current;
    const open = isCurrent || children.some((child) => child.current);
    return {
      label: entry.label,
      path: entry.path,
      icon: entry.icon ?? null,
      current: isCurrent && !children.some((child) => child.current),
      open,
      children,
    };
  };
  return menu
    .map(({ label, entries }) => ({ label, entries: entries.filter((entry) => isFor(entry, reader)).map(show) }))
    .filter(({ entries }) => entries.length > 0);
}

function isFor({ permission, unless }: MenuEntry, reader: RightHolder): boolean {
  if (unless !== undefined && may(reader, unless)) return false;
  return permission === undefined || may(reader, permission);
}

/** The longest entry the URL lies under: `/admin/vouchers/12` belongs to `/admin/vouchers`, a query must hold all its pairs. */
function currentPath(menu: readonly MenuSection[], url: string): string | null {
  const here = new URL(url, 'http://menu.invalid');
  let best: string | null = null;
  for (const entry of menu.flatMap((section) => section.entries.flatMap((one) => [one, ...(one.children ?? [])]))) {
    const there = new URL(entry.path, 'http://menu.invalid');
    const under =
      here.pathname === there.pathname || (there.search === '' && here.pathname.startsWith(`${there.pathname}/`));
    const asked = [...there.searchParams].every(([name, value]) => here.searchParams.get(name) === value);
    if (under && asked && entry.path.length > (best?.length ?? 0)) best = entry.path;
  }
  return best;
}
