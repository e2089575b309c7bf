import { expect } from 'chai';
import {
  changeDocumentSettings,
  documentSettings,
} from '../../../../src/features/settings/document-settings-service.ts';
import { queueReminders } from '../../../../src/features/vouchers/ending/voucher-reminder-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { insertJob } from '../../../../src/platform/jobs/job-store.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { jobsDone } from '../../../support/jobs-done.ts';

describeOnBothDatabases('reminders before a voucher ends', (database) => {
  let server: TestServer;
  let api: ApiClient;
  const clock = fixedClock('2030-03-01T10:00:00Z');

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
  });
  after(() => server.close());

  async function sold(title: string, bookUntil: string, recipient: object | null): Promise<string> {
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title,
      value: { originalValue: 5000 },
      validity: { bookUntil },
      recipient,
    });
    await api.post(`/vouchers/${String(body.id)}/pay`, { paidAt: '2030-02-01', method: 'other' });
    return String(body.id);
  }
  const run = async (key: string): Promise<unknown> => {
    const id = await inTransaction(database(), (trx) =>
      insertJob(trx, {
        kind: 'reminders',
        payload: {},
        total: null,
        createdBy: 'system',
        now: clock.now(),
        dedupeKey: key,
      }),
    );
    return (await api.jobEnd(id)).body.result;
  };
  const queued = async (key: string): Promise<number> =>
    (await database().knex('jobs').where({ dedupe_key: key }).select('id')).length;
  const mails = (): Promise<{ recipient: string; body: string }[]> =>
    database().knex('mails').where({ event: 'reminder_expiry' }).orderBy('id').select('recipient', 'body');

  it('go to nobody without the setting, and once for each end with it', async () => {
    const anna = { name: 'Anna', email: 'anna@example.org' };
    const soon = await sold('Bald', '2030-03-20', anna);
    await sold('Später', '2030-09-20', { name: 'Bert', email: 'bert@example.org' });
    await sold('Vorbei', '2030-02-20', { name: 'Cara', email: 'cara@example.org' });
    await sold('Ohne Adresse', '2030-03-20', null);
    const locked = await sold('Gesperrt', '2030-03-20', { name: 'Dora', email: 'dora@example.org' });
    await api.post(`/vouchers/${locked}/deactivate`, { reason: 'Prüfung' });
    expect(await run('a')).to.deep.equal({ mails: 0 });
    await queueReminders({ database: database() }, clock.now(), 'morning');
    expect(await queued('morning')).to.equal(0);
    await changeDocumentSettings(
      database(),
      { ...(await documentSettings(database().knex)), reminderDays: 30 },
      'test',
      1,
    );
    for (let process = 1; process <= 2; process++)
      await queueReminders({ database: database() }, clock.now(), 'morning');
    expect(await queued('morning')).to.equal(1);
    await jobsDone(database());
    expect(await mails()).to.have.length(1);
    expect(await run('b')).to.deep.equal({ mails: 0 });
    const [told, ...others] = await mails();
    expect(others).to.deep.equal([]);
    expect(told?.recipient).to.equal('anna@example.org');
    expect(told?.body).to.contain('Anna').and.contain('50,00').and.contain('20.03.2030');
    await api.post(`/vouchers/${soon}/extend`, { bookUntil: '2030-03-28', reason: 'Kulanz' });
    await run('d');
    expect((await mails()).map(({ recipient }) => recipient)).to.deep.equal(['anna@example.org', 'anna@example.org']);
  });
});
