import { expect } from 'chai';
import { PERMISSIONS, ROLES, type Role } from '../../../../src/core/access.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { describeOn } from '../../../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

const PATH = '/admin/users/permissions';
const PASSWORD = 'a password of somebody';

describeOn('SQLite', 'the page of who may do what', (database) => {
  let server: TestServer;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  const rowsOf = (html: string): string[][] =>
    [...html.matchAll(/<tr>\s*<th scope="row">([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
      row
        .split(/<\/t[hd]>/)
        .map((cell) => cell.replaceAll(/<[^>]*>/g, '').trim())
        .slice(0, -1),
    );

  it('is reached from the people, and leads back to them', async () => {
    expect((await admin.get('/admin/users')).html).to.contain(`href="${PATH}"`);
    expect((await admin.get('/admin/users/new')).html).to.contain(`href="${PATH}"`);
    expect((await admin.get(PATH)).html).to.contain('href="/admin/users"');
  });

  it('has a row for each permission, and says for each role and for API keys how it stands', async () => {
    const { html } = await admin.get(PATH);
    const rows = rowsOf(html);
    expect(rows.length).to.equal(PERMISSIONS.length);
    for (const row of rows) expect(row.length, row.join()).to.equal(ROLES.length + 2);
    expect(rows).to.deep.include([
      'Gutscheinmail an den Empfänger senden',
      'ja',
      'mit Recht: Gutscheine mailen',
      '–nein',
      '–nein',
      'mit Recht: Verwalten',
    ]);
    expect(rows).to.deep.include([
      'als PDF drucken',
      'ja',
      'mit Recht: Codes ganz sehen oder Gutscheine drucken',
      '–nein',
      '–nein',
      'mit Recht: Verwalten',
    ]);
    expect(rows).to.deep.include(['als überwiesen buchen', 'ja', 'mit Recht: Erstatten', 'ja', '–nein', '–nein']);
    expect(html).to.contain('>Sachbearbeitung</th>').and.contain('>Rückbelastungen</th>');
  });

  it('says the same in English', async () => {
    await admin.get('/admin/overview?lang=en');
    const { html } = await admin.get(PATH);
    expect(rowsOf(html)).to.deep.include(['book as paid', 'yes', 'with the right: Refund', 'yes', '–no', '–no']);
    expect(html).to.contain('Who may do what').and.contain('>Chargebacks</th>');
    await admin.get('/admin/overview?lang=de');
  });

  it('is for administrators', async () => {
    for (const role of ROLES) {
      const visitor = await someone(role);
      expect((await visitor.get(PATH)).status, role).to.equal(role === 'admin' ? 200 : 403);
    }
  });

  async function someone(role: Role): Promise<Visitor> {
    if (role === 'admin') return signedIn(server.url, TEST_ADMIN);
    const login = { email: `${role}@example.org`, password: PASSWORD };
    await database()
      .knex('users')
      .insert({ email: login.email, name: role, role, password_hash: await hashPassword(PASSWORD), created_at: 0 });
    return signedIn(server.url, login);
  }
});
