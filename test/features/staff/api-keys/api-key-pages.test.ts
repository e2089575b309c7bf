import { expect } from 'chai';
import { addDays } from '../../../../src/core/calendar.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
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
      .knex('api_keys as k')
      .join('clients as c', 'c.id', 'k.client_id')
      .where({ token_hash: hashToken(token) })
      .first('c.*')) as Record<string, string>;
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

  it('gives a client another channel, and numbers of its own, where that is ticked', async () => {
    const ticked = { channel: 'web', otherChannels: ['web', 'counter'], rights: 'booking', numbers: 'own' };
    await admin.post('/admin/api-keys', { name: 'Portal', origins: '', ...ticked });
    const row = (await database().knex('clients').where({ name: 'Portal' }).first()) as Record<string, unknown>;
    expect(row['other_channels']).to.equal('["counter"]');
    expect(Boolean(row['has_own_booking_numbers'])).to.equal(true);
    expect((await admin.get('/admin/api-keys')).html)
      .to.contain('Web, Schalter')
      .and.contain('Vergibt eigene Buchungsnummern');
  });

  it('renews a key: both are good until the day that is named', async () => {
    await admin.post('/admin/api-keys', { name: 'Wechsel', channel: 'web', rights: 'booking', origins: '' });
    const id = await keyOf('Wechsel');
    const form = (await admin.get(`/admin/api-keys/${id}/successor`)).html;
    expect(form).to.contain('Schlüssel „Wechsel“ erneuern').and.contain('name="endsOn"');
    for (const endsOn of ['', '01.01.2020', '31.12.2099', 'bald']) {
      const refused = await admin.post(`/admin/api-keys/${id}/successor`, { endsOn });
      expect(refused.status, endsOn).to.equal(422);
      expect(refused.html).to.contain(`value="${endsOn}"`);
    }
    const today = systemClock('Europe/Berlin').today();
    const answer = await admin.post(`/admin/api-keys/${id}/successor`, { endsOn: addDays(today, 5) });
    expect(answer.status).to.equal(201);
    const token = /value="(rb_[\w-]{43})"/.exec(answer.html)?.[1] as string;
    const keys = (await database().knex('api_keys').where({ client_id: id }).orderBy('id')) as Record<
      string,
      unknown
    >[];
    expect(keys.map((key) => key['ends_on'])).to.deep.equal([addDays(today, 5), null]);
    expect(keys[1]?.['token_hash']).to.equal(hashToken(token));
    const list = (await admin.get('/admin/api-keys')).html;
    expect(list.split('Wechsel</th>')).to.have.lengthOf(3);
    expect(await database().knex('audit_log').where({ action: 'api_key.roll' })).to.have.length(1);
    await admin.post(`/admin/api-keys/${id}/revocations`, {});
    expect((await admin.get(`/admin/api-keys/${id}/successor`)).status).to.equal(404);
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
    const id = await keyOf('Alt');
    const answer = await admin.post(`/admin/api-keys/${id}/revocations`, {});
    expect(answer.location).to.equal('/admin/api-keys');
    expect((await admin.get('/admin/api-keys')).html)
      .to.contain('Der Schlüssel „Alt“ ist gesperrt.')
      .and.contain('gesperrt</span>');
    expect((await admin.get('/admin/api-keys')).html).not.to.contain('Der Schlüssel „Alt“');
    expect((await admin.post('/admin/api-keys/999999/revocations', {})).status).to.equal(404);
    expect((await admin.post('/admin/api-keys/none/revocations', {})).status).to.equal(404);
  });

  async function keyOf(name: string): Promise<number> {
    const { id } = (await database()
      .knex('api_keys as k')
      .join('clients as c', 'c.id', 'k.client_id')
      .where({ name })
      .first('k.id as id')) as { id: number };
    return Number(id);
  }

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
