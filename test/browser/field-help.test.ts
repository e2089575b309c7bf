import { expect } from 'chai';
import { signInBrowser, visit } from '../support/browser.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

const FORMS = [
  'vouchers/new?type=discount',
  'vouchers/new?type=deal',
  'vouchers/new?type=purchase',
  'vouchers/new?type=settlement',
  'campaigns/new',
  'settings/general',
  'settings/stacking',
  'settings/documents',
  'settings/shop',
  'settings/reversals',
  'catalogue/products/new',
  'catalogue/themes/new',
  'catalogue/regions/new',
  'catalogue/brands/new',
  'catalogue/partners/new',
  'motifs/new',
  'users/new',
  'api-keys/new',
  'profile',
  'imports',
];

describeOn('SQLite', 'in a browser, every field of the forms', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('has a sentence of help that belongs to it', async () => {
    const visiting = await visit({ locale: 'de' });
    const { page } = visiting;
    const without: string[] = [];
    try {
      await signInBrowser(page, server.url);
      for (const path of FORMS) {
        const answer = await page.goto(`${server.url}/admin/${path}`);
        expect(answer?.status(), path).to.equal(200);
        const found = await page.$$eval('main form:not([method=get]) :is(input, select, textarea)', (fields) => {
          const isHelped = (element: Element | null | undefined): boolean =>
            (element?.getAttribute('aria-describedby') ?? '')
              .split(' ')
              .some(
                (id) =>
                  (document.getElementById(id)?.querySelector('.form-hint') ??
                    document.getElementById(id)?.closest('.form-hint')) != null,
              );
          const hasHelp = (field: Element): boolean => {
            if (isHelped(field) || field.closest('label')?.querySelector('.form-hint')) return true;
            for (
              let group = field.parentElement?.closest('fieldset, [role=group]');
              group;
              group = group.parentElement?.closest('fieldset, [role=group]')
            )
              if (isHelped(group)) return true;
            return false;
          };
          return fields
            .filter(
              (field) =>
                field.getAttribute('name') &&
                field.getAttribute('type') !== 'hidden' &&
                field.getAttribute('autocomplete') !== 'username' &&
                !hasHelp(field),
            )
            .map((field) => field.getAttribute('name') ?? '');
        });
        without.push(...found.map((name) => `${path}: ${name}`));
      }
    } finally {
      await visiting.close();
    }
    expect(without).to.deep.equal([]);
  });
});
