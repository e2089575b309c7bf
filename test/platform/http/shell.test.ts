import { expect } from 'chai';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../support/http.ts';
import { createVisitor, signedIn } from '../../support/pages.ts';

describeOnBothDatabases('every page', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('comes with headers that allow nothing from elsewhere and nothing inline', async () => {
    const { headers } = await createVisitor(server.url).get('/login');
    const policy = headers.get('content-security-policy') as string;
    expect(policy)
      .to.contain("default-src 'self'")
      .and.contain("frame-ancestors 'none'")
      .and.contain("form-action 'self'");
    expect(policy).not.to.match(/unsafe|https?:|\*/);
    expect(headers.get('permissions-policy')).to.contain('camera=()');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('x-powered-by')).to.equal(null);
    expect(headers.get('strict-transport-security')).to.equal(null);
  });

  it('speaks the language asked for: by the address, then the cookie, then the browser, German else', async () => {
    expect((await createVisitor(server.url, 'fr').get('/login')).html).to.contain('<html lang="de"');
    expect((await createVisitor(server.url, 'en-US,en;q=0.9').get('/login')).html).to.contain('<html lang="en"');
    const visitor = createVisitor(server.url, 'de');
    expect((await visitor.get('/login?lang=en')).html).to.contain('Sign in');
    expect((await visitor.get('/login')).html).to.contain('Sign in');
    expect((await visitor.get('/login?lang=xx')).html).to.contain('Sign in');
  });

  it('and every answer of the API speaks the language asked for, with a language refused counting as none', async () => {
    const title = async (language: string): Promise<unknown> => {
      const answer = await fetch(`${server.url}/api/v1/vouchers`, { headers: { 'Accept-Language': language } });
      return ((await answer.json()) as { title: unknown }).title;
    };
    const [german, english] = ['Der API-Schlüssel fehlt oder ist ungültig.', 'The API key is missing or not valid.'];
    expect(await title('de-AT')).to.equal(german);
    expect(await title('fr, en-GB;q=0.8, de;q=0.2')).to.equal(english);
    expect(await title('en;q=0, fr')).to.equal(german);
    expect(await title('fr')).to.equal(german);
  });

  it('remembers the language of a signed-in person for their next browser', async () => {
    await (await signedIn(server.url)).get('/admin/api-keys?lang=en');
    const other = await signedIn(server.url);
    expect((await other.get('/admin/api-keys')).html).to.contain('<html lang="en"');
    await other.get('/admin/api-keys?lang=de');
  });

  it('is shown light, dark or as the system, as chosen', async () => {
    const visitor = await signedIn(server.url);
    expect((await visitor.get('/admin/api-keys')).html).to.contain('data-bs-theme="auto"');
    const answer = await visitor.post('/preferences/theme', { theme: 'dark', returnTo: '/admin/api-keys?x=1' });
    expect(answer.location).to.equal('/admin/api-keys?x=1');
    expect((await visitor.get('/admin/api-keys')).html).to.contain('data-bs-theme="dark"');
    await visitor.post('/preferences/theme', { theme: 'pink', returnTo: '//evil.example' });
    expect((await visitor.get('/admin/api-keys')).html).to.contain('data-bs-theme="dark"');
  });

  it('that does not exist says so, with the way out', async () => {
    const answer = await createVisitor(server.url).get('/nowhere');
    expect(answer.status).to.equal(404);
    expect(answer.html).to.contain('Hier ist nichts').and.contain('href="/"');
    expect((await (await signedIn(server.url)).get('/nowhere')).html)
      .to.contain('href="/admin"')
      .and.contain('API-Schlüssel');
  });

  it('leads from the start to the login, and signed in to the vouchers', async () => {
    expect((await createVisitor(server.url).get('/')).location).to.equal('/login');
    expect((await (await signedIn(server.url)).get('/')).location).to.equal('/admin/overview');
  });
});

describeOnBothDatabases('behind https, every page', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database(), env: { PUBLIC_URL: 'https://bon.example.org' } });
  });
  after(() => server.close());

  it('has a cookie for this host alone and asks browsers to stay with https', async () => {
    const visitor = createVisitor(server.url);
    const answer = await visitor.get('/login', { 'X-Forwarded-Proto': 'https' });
    expect(answer.headers.getSetCookie().join()).to.match(
      /^__Host-reisebon=.*Path=\/;.*HttpOnly; Secure; SameSite=Lax/,
    );
    expect(answer.headers.get('strict-transport-security')).to.equal('max-age=31536000');
    const login = await visitor.post('/login', TEST_ADMIN, {
      'X-Forwarded-Proto': 'https',
      Origin: 'https://bon.example.org',
    });
    expect(login.status).to.equal(303);
  });
});
