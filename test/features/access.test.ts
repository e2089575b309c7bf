import { expect } from 'chai';
import { may, rightsWhere, RIGHTS, ROLES, type Right, type Role } from '../../src/core/access.ts';
import { API_PATH } from '../../src/app.ts';
import { hashPassword } from '../../src/platform/secrets/passwords.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { pageRoutes, type PageRoute } from './page-routes.ts';
import { createVisitor, signedIn, type Visitor } from '../support/pages.ts';

/** What anybody may open without a login. A page that is not here names its permission. */
const PUBLIC = [
  'GET /healthz',
  'GET /readyz',
  'GET /embed/voucher-code.js',
  'GET /login',
  'POST /login',
  'GET /login/second-factor',
  'POST /login/second-factor',
  'POST /logout',
  'POST /preferences/theme',
  'GET /',
  'GET /admin',
  'GET /login/forgotten',
  'POST /login/forgotten',
  'GET /password',
  'POST /password',
  'GET /media/motifs/:id/:file',
  'GET /shop/-/terms',
  'GET /shop',
  'GET /shop/:brand',
  'POST /shop',
  'POST /shop/:brand',
  'GET /order/:token',
  'GET /v',
  'POST /v',
  'POST /v/pin',
  'GET /v/voucher',
  'GET /v/voucher/pdf',
  'POST /v/close',
];
const DEMO = /^(GET|POST) \/demo(\/|$)/;
const PASSWORD = 'a password of somebody';
/** These end the session or change whoever asks. */
const LEFT_OUT = [
  'POST /admin/profile/sessions/end',
  'POST /admin/users/:id',
  'POST /admin/users/:id/activation',
  'POST /admin/users/:id/deactivation',
  'POST /admin/users/:id/logout',
  'POST /admin/users/:id/factor-removal',
];

const PEOPLE: readonly { readonly role: Role; readonly rights: readonly Right[] }[] = ROLES.flatMap((role) => [
  { role, rights: [] },
  { role, rights: RIGHTS },
]);

describeOn('SQLite', 'every page', (database) => {
  let server: TestServer;
  let routes: readonly PageRoute[];

  before(async () => {
    server = await startTestServer({ database: database() });
    routes = pageRoutes(server.app, API_PATH);
  });
  after(() => server.close());

  it('names a permission, or is meant for everybody', () => {
    const open = routes.filter(({ permissions }) => permissions.length === 0).map(nameOf);
    expect(open.filter((name) => !DEMO.test(name))).to.have.members(PUBLIC);
    expect(routes.length).to.be.greaterThan(200);
  });

  it('sends whoever is not signed in to the login', async () => {
    const nobody = createVisitor(server.url);
    await nobody.get('/login');
    for (const route of routes.filter(({ permissions }) => permissions.length > 0)) {
      const answer = await open(nobody, route);
      expect([answer.status, answer.location?.split('?')[0]], nameOf(route)).to.deep.equal([303, '/login']);
    }
  });

  for (const { role, rights } of PEOPLE)
    it(`is refused to exactly those who may not open it: ${[role, ...rights].join(' with ')}`, async () => {
      const email = `the-${[role, ...rights].join('-').toLowerCase()}@example.org`;
      const person = { role, ...rightsWhere((right) => rights.includes(right)) };
      await insertPerson(email, role, rights);
      const visitor = await signedIn(server.url, { email, password: PASSWORD });
      const wrong: string[] = [];
      for (const route of routes.filter((one) => one.permissions.length > 0 && !LEFT_OUT.includes(nameOf(one)))) {
        const isRefused = (await open(visitor, route)).status === 403;
        if (isRefused === route.permissions.every((permission) => may(person, permission))) wrong.push(nameOf(route));
      }
      expect(wrong).to.deep.equal([]);
    });

  async function insertPerson(email: string, role: Role, rights: readonly Right[]): Promise<void> {
    await database()
      .knex('users')
      .insert({
        email,
        name: email,
        role,
        password_hash: await hashPassword(PASSWORD),
        created_at: 0,
        ...Object.fromEntries(rights.map((right) => [columnOf(right), true])),
      });
  }
});

function nameOf({ method, path }: PageRoute): string {
  return `${method} ${path}`;
}

function open(visitor: Visitor, { method, sample }: PageRoute) {
  return method === 'GET' ? visitor.get(sample) : visitor.post(sample, {});
}

function columnOf(right: Right): string {
  return right.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
