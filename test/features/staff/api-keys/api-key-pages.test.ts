import { expect } from 'chai';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { hashToken } from '../../../../src/platform/secrets/tokens.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the page of API keys', (database) => {
  let server: TestServer;
  let admin: Visitor;
  before(async () => {
    server = await startTestServer({ database: database() });
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  it('shows a new key once and keeps only its hash', async () => {
    const answer = await admin.post('/admin/api-keys', {
      name: ' Webseite ',
      channel: 'web',
      rights: ['booking', 'read'],
      origins: 'https://www.example.com\nhttp://localhost:8080',
    });
    expect(answer.status).to.equal(201);
    const token = /value="(rb_[\w-]{43})"/.exec(answer.html)?.[1] as string;
    const row = (await database()
      .knex('api_keys')
      .where({ token_hash: hashToken(token) })
      .first()) as Record<string, string>;
    expect(row).to.include({
      name: 'Webseite',
      channel: 'web',
      rights: '["booking","read"]',
      origins: '["https://www.example.com","http://localhost:8080"]',
    });
    const list = await admin.get('/admin/api-keys');
    expect(list.html)
      .to.contain('Webseite')
      .and.contain('Buchen, Lesen')
      .and.contain('noch nie')
      .and.not.contain(token);
    expect(await database().knex('audit_log').where({ action: 'api_key.create' })).to.have.length(1);
  });

  it('says everything that is wrong at once and keeps what was typed', async () => {
    const answer = await admin.post('/admin/api-keys', {
      name: '',
      channel: 'moon',
      origins: 'https://www.example.com/path',
    });
    expect(answer.status).to.equal(422);
    expect(answer.html)
      .to.contain('Bitte 4 Angaben prüfen')
      .and.contain('Bitte einen Namen angeben.')
      .and.contain('Bitte mindestens ein Recht wählen.');
    expect(answer.html).to.contain('https://www.example.com/path</textarea>');
  });

  it('revokes a key for good', async () => {
    await admin.post('/admin/api-keys', { name: 'Alt', channel: 'partner', rights: 'read', origins: '' });
    const { id } = (await database().knex('api_keys').where({ name: 'Alt' }).first('id')) as { id: number };
    const answer = await admin.post(`/admin/api-keys/${id}/revocations`, {});
    expect(answer.location).to.equal('/admin/api-keys');
    expect((await admin.get('/admin/api-keys')).html)
      .to.contain('Der Schlüssel „Alt“ ist gesperrt.')
      .and.contain('gesperrt</span>');
    expect((await admin.get('/admin/api-keys')).html).not.to.contain('Der Schlüssel „Alt“');
    expect((await admin.post('/admin/api-keys/999999/revocations', {})).status).to.equal(404);
    expect((await admin.post('/admin/api-keys/none/revocations', {})).status).to.equal(404);
  });

  it('is for administrators only', async () => {
    const login = { email: 'agent@example.org', password: 'a password of agents' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Agent',
        role: 'agent',
        password_hash: await hashPassword(login.password),
        created_at: 0,
      });
    const agent = await signedIn(server.url, login);
    const answer = await agent.get('/admin/api-keys');
    expect(answer.status).to.equal(403);
    expect(answer.html).to.contain('Dafür fehlt das Recht').and.not.contain('href="/admin/api-keys"');
    expect((await agent.post('/admin/api-keys', { name: 'x', channel: 'web', rights: 'read' })).status).to.equal(403);
  });
});
