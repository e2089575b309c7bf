import { expect } from 'chai';
import { rightsWhere } from '../../../src/core/access.ts';
import { MENU } from '../../../src/menu.ts';
import { menuFor, type ShownMenuEntry } from '../../../src/platform/html/menu.ts';

describe('menu', () => {
  it('marks the entry a page lies under', () => {
    expect(currentAt('/admin/vouchers')).to.deep.equal(['/admin/vouchers']);
    expect(currentAt('/admin/vouchers/12?lang=en')).to.deep.equal(['/admin/vouchers']);
    expect(currentAt('/admin/vouchers?sort=title&type=deal')).to.deep.equal(['/admin/vouchers?type=deal']);
    expect(currentAt('/admin/api-keys/new')).to.deep.equal(['/admin/api-keys']);
    expect(currentAt('/nowhere')).to.deep.equal([]);
  });

  it('shows what only administrators may open to nobody else', () => {
    expect(all('admin', '/').map(({ path }) => path)).to.include('/admin/api-keys');
    expect(all('agent', '/').map(({ path }) => path)).not.to.include('/admin/api-keys');
  });

  it('shows the settings to those who may change them', () => {
    const paths = (granted: boolean) => all('agent', '/', granted).map(({ path }) => path);
    expect(paths(true)).to.include('/admin/settings/general');
    expect(paths(false)).not.to.include('/admin/settings/general');
  });
});

function all(role: 'admin' | 'agent' | 'auditor', url: string, canChangeSettings = false): ShownMenuEntry[] {
  return menuFor(
    MENU,
    { role, ...rightsWhere((right) => right === 'canChangeSettings' && canChangeSettings) },
    url,
  ).flatMap(({ entries }) => entries.flatMap((entry) => [entry, ...entry.children]));
}

function currentAt(url: string): string[] {
  return all('admin', url)
    .filter(({ current }) => current)
    .map(({ path }) => path);
}
