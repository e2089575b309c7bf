import { expect } from 'chai';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn } from '../../../support/pages.ts';

describeOnBothDatabases('login', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());
  beforeEach(() => database().knex('rate_limits').del());

  it('sends people to where they were going, under a new session', async () => {
    const visitor = createVisitor(server.url);
    const asked = await visitor.get('/admin/api-keys');
    expect(asked.status).to.equal(303);
    expect(asked.location).to.equal('/login?next=%2Fadmin%2Fapi-keys');
    await visitor.get(asked.location as string);
    const before = visitor.cookies.get('reisebon');
    const answer = await visitor.post('/login', {
      ...TEST_ADMIN,
      email: ' Admin@Example.org ',
      next: '/admin/api-keys',
    });
    expect(answer.status).to.equal(303);
    expect(answer.location).to.equal('/admin/api-keys');
    expect(visitor.cookies.get('reisebon')).to.be.a('string').and.not.equal(before);
    expect((await visitor.get('/admin/api-keys')).status).to.equal(200);
    expect((await database().knex('users').where({ email: TEST_ADMIN.email }).first('last_login_at')) as object)
      .to.have.property('last_login_at')
      .that.is.a('number');
  });

  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/%0d%0a', 'javascript:alert(1)']) {
    it(`does not lead to ${next} afterwards`, async () => {
      const visitor = createVisitor(server.url);
      await visitor.get('/login');
      const answer = await visitor.post('/login', { ...TEST_ADMIN, next: decodeURIComponent(next) });
      expect(answer.location).to.equal('/admin/overview');
    });
  }

  it('says the same about a wrong password and an unknown address, and keeps what was typed', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/login');
    for (const email of [TEST_ADMIN.email, 'nobody@example.org']) {
      const answer = await visitor.post('/login', { email, password: 'wrong' });
      expect(answer.status).to.equal(422);
      expect(answer.html).to.contain('E-Mail oder Passwort stimmt nicht.').and.contain(`value="${email}"`);
      expect(answer.html).not.to.contain('wrong');
    }
  });

  it('is refused for a while after five wrong passwords, even with the right one, and others go on', async () => {
    await database()
      .knex('users')
      .insert({
        email: 'other@example.org',
        name: 'Other',
        role: 'agent',
        password_hash: await hashPassword('a password of others'),
        created_at: 0,
      });
    const visitor = createVisitor(server.url, 'en');
    await visitor.get('/login');
    for (let attempt = 1; attempt <= 5; attempt++)
      expect((await visitor.post('/login', { email: TEST_ADMIN.email, password: 'wrong' })).status).to.equal(422);
    const refused = await visitor.post('/login', TEST_ADMIN);
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(800, 900);
    expect(refused.html).to.contain('Too many attempts. Please try again in 15 minutes.');
    expect(
      (await visitor.post('/login', { email: 'other@example.org', password: 'a password of others' })).status,
    ).to.equal(303);
  });

  it('ends with logout, also for a copy of the cookie', async () => {
    const visitor = await signedIn(server.url);
    const copy = visitor.cookies.get('reisebon') as string;
    const answer = await visitor.post('/logout', {});
    expect(answer.location).to.equal('/login');
    expect(visitor.cookies.has('reisebon')).to.equal(false);
    expect((await createVisitor(server.url).get('/admin/api-keys', { Cookie: `reisebon=${copy}` })).status).to.equal(
      303,
    );
  });

  it('ends when the person is deactivated', async () => {
    const email = 'leaver@example.org';
    await database()
      .knex('users')
      .insert({
        email,
        name: 'Leaver',
        role: 'admin',
        password_hash: await hashPassword('a password of leavers'),
        created_at: 0,
      });
    const visitor = await signedIn(server.url, { email, password: 'a password of leavers' });
    expect((await visitor.get('/admin/api-keys')).status).to.equal(200);
    await database().knex('users').where({ email }).update({ is_active: false });
    expect((await visitor.get('/admin/api-keys')).location).to.contain('/login');
    const again = createVisitor(server.url);
    await again.get('/login');
    expect((await again.post('/login', { email, password: 'a password of leavers' })).status).to.equal(422);
  });

  it('needs the token of its own session', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/login');
    for (const token of ['', 'x'.repeat(64)]) {
      const answer = await visitor.post('/login', { ...TEST_ADMIN, _csrf: token });
      expect(answer.status).to.equal(403);
      expect(answer.html).to.contain('Das Formular war abgelaufen');
    }
    const stranger = createVisitor(server.url);
    expect((await stranger.post('/login', TEST_ADMIN)).status).to.equal(403);
  });

  it('takes no form from another site, by what the browser says', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/login');
    const foreign: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ];
    for (const headers of foreign) {
      // Node's fetch sends its own Sec-Fetch-Mode, never Sec-Fetch-Site.
      expect((await visitor.post('/login', TEST_ADMIN, headers)).status, JSON.stringify(headers)).to.equal(403);
    }
    expect((await visitor.post('/login', TEST_ADMIN, { Origin: server.url })).status).to.equal(303);
  });
});
