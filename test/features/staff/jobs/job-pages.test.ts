import { expect } from 'chai';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { createFileStore } from '../../../../src/platform/files/files.ts';
import { removeOldJobFiles } from '../../../../src/platform/jobs/job-file-expiry.ts';
import { insertJob } from '../../../../src/platform/jobs/job-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, TEST_DATA_DIR, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the pages of jobs and of the audit log', (database) => {
  let server: TestServer;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  const waiting = (createdBy: string) =>
    inTransaction(database(), (trx) =>
      insertJob(trx, { kind: 'no-worker-knows-it', payload: {}, total: 2000, createdBy, now: Date.now() }),
    );
  const change = (id: string, columns: object) => database().knex('jobs').where({ id }).update(columns);

  it('show how far a job is, and stop asking once it has ended', async () => {
    const id = await waiting('user:1');
    await change(id, {
      state: 'running',
      done: 500,
      // So long ago that the moment this takes changes no figure.
      started_at: Date.now() - 240_000,
      lease_until: Date.now() + 60_000,
    });
    const running = await admin.get(`/admin/jobs/${id}/progress`);
    expect(running.html)
      .to.contain('500 von 2.000')
      .and.contain('2 je Sekunde')
      .and.contain('noch etwa 12 min')
      .and.contain('hx-trigger="every 1s"')
      .and.contain('value="25"');
    await change(id, { state: 'done', done: 2000, result: JSON.stringify({ created: 1999, skipped: 1, secret: 7 }) });
    const done = await admin.get(`/admin/jobs/${id}`);
    expect(done.html).to.contain('1.999').and.contain('Übersprungen').and.not.contain('hx-trigger');
    expect((await admin.get('/admin/jobs?state=done')).html).to.contain(`/admin/jobs/${id}"`);
  });

  it('cancel a job that waits', async () => {
    const id = await waiting('user:1');
    await admin.post(`/admin/jobs/${id}/cancellation`, {});
    expect(await database().knex('jobs').where({ id }).first()).to.include({ state: 'cancelled' });
  });

  it('give the file a job left to those who may have it', async () => {
    const id = await waiting('user:1');
    mkdirSync(join(TEST_DATA_DIR, 'files', 'jobs'), { recursive: true });
    writeFileSync(join(TEST_DATA_DIR, 'files', 'jobs', `${id}-test.csv`), 'a;b\r\n');
    const file = { key: `jobs/${id}-test.csv`, name: 'Liste ä.csv', mediaType: 'text/csv' };
    await change(id, { state: 'done', result: JSON.stringify({ file, needs: 'codes' }) });
    const fetched = await admin.get(`/admin/jobs/${id}/file`);
    expect([
      fetched.status,
      fetched.html,
      fetched.headers.get('content-disposition')?.startsWith('attachment'),
    ]).to.deep.equal([200, 'a;b\r\n', true]);
    await database().knex('users').update({ role: 'agent', can_see_codes: false });
    const agent = await signedIn(server.url);
    expect((await agent.get(`/admin/jobs/${id}/file`)).status).to.equal(404);
    const others = await waiting('user:99');
    expect((await agent.get(`/admin/jobs/${others}`)).status).to.equal(404);
    await database().knex('users').update({ role: 'admin' });
  });

  it('keep a file for 30 days', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'reisebon-files-'));
    const files = createFileStore(directory);
    writeFileSync(join(directory, 'old.csv'), 'a');
    writeFileSync(join(directory, 'new.csv'), 'b');
    const day = 24 * 60 * 60 * 1000;
    const [old, recent] = [await waiting('user:1'), await waiting('user:1')];
    const result = (key: string) => JSON.stringify({ created: 3, file: { key, name: key, mediaType: 'text/csv' } });
    await change(old, { state: 'done', ended_at: Date.now() - 31 * day, result: result('old.csv') });
    await change(recent, { state: 'done', ended_at: Date.now() - 29 * day, result: result('new.csv') });
    const parts = { database: database(), files, clock: systemClock('Europe/Berlin') };
    expect([await removeOldJobFiles(parts), await removeOldJobFiles(parts)]).to.deep.equal([1, 0]);
    expect([await files.exists('old.csv'), await files.exists('new.csv')]).to.deep.equal([false, true]);
    const page = await admin.get(`/admin/jobs/${old}`);
    expect(page.html).to.contain('„old.csv“ wurde nach 30 Tagen gelöscht').and.not.contain(`/admin/jobs/${old}/file`);
    expect((await admin.get(`/admin/jobs/${old}/file`)).status).to.equal(404);
  });

  it('tell who changed what from what to what, by person, record and day', async () => {
    await admin.get('/admin/catalogue/brands/new');
    await admin.post('/admin/catalogue/brands', { id: 'alpin', name: 'Alpin' });
    await admin.post('/admin/catalogue/brands/entries/alpin', { name: 'Alpin & Meer' });
    const page = await admin.get('/admin/audit?entity=brand&entityId=alpin');
    expect(page.html)
      .to.contain('<del>Alpin</del>')
      .and.contain('<ins>Alpin &amp; Meer</ins>')
      .and.contain('/admin/catalogue/brands/entries/alpin');
    expect((await admin.get('/admin/audit?entity=brand&until=01.01.2020')).html).to.contain('Kein Treffer');
    const created = await admin.get('/admin/audit?entity=brand&entityId=alpin&action=create');
    expect(created.html)
      .to.contain('<ins>Alpin</ins>')
      .and.contain('export?entity&#x3D;brand&amp;entityId&#x3D;alpin&amp;action&#x3D;create')
      .and.not.contain('<del>Alpin</del>');
    const changed = await admin.get('/admin/audit/export?entity=brand&entityId=alpin&action=change');
    expect(changed.html).to.contain('catalogue.save').and.not.contain('catalogue.create');
    const search = async (words: string): Promise<string> =>
      (await admin.get(`/admin/audit?entity=brand&q=${encodeURIComponent(words)}`)).html;
    expect(await search('ALPIN angelegt')).to.contain('alpin');
    expect(await search('alpin gibtesnicht')).to.contain('Kein Treffer');
    expect((await admin.get('/admin/audit/export?entity=brand&q=gibtesnicht')).html.trim().split('\n')).to.have.length(
      1,
    );
    expect((await admin.get('/admin/audit?from=31.02.2026')).html).to.contain('Bitte ein Datum');
    const csv = await admin.get('/admin/audit/export?entity=brand&entityId=alpin');
    expect(csv.html.split('\r\n')).to.have.length(5);
    expect(csv.html).to.contain('brand;alpin;catalogue.save;name;Alpin;Alpin & Meer');
  });
});
