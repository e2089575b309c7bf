import { createHash } from 'node:crypto';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { sealRun, writeRun } from '../../../../src/features/accounting/datev/export-run-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { moveDrawer, openShift, openShiftOf } from '../../../../src/features/counter/till/shift-service.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { monthAfter, monthOf } from '../../../../src/core/month.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient } from '../../../support/api-client.ts';
import type { TestDatabase } from '../../../support/databases.ts';
import { playEveryEvent, WEBHOOK_SECRET } from '../../../support/every-event.ts';
import { startTestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

/** Books with a row in every table they rest on: every event, the till, a bank line, a request for approval, a closed month, an export run. */
export async function playBooks(database: TestDatabase): Promise<void> {
  const clock = fixedClock('2030-01-05T10:00:00Z');
  const { knex } = database;
  const server = await startTestServer({ database, clock, env: { PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET } });
  try {
    const login = { email: 'zweite@example.org', password: 'correct horse battery' };
    await knex('users').insert({
      email: login.email,
      name: 'Zweite Person',
      role: 'accountant',
      password_hash: await hashPassword(login.password),
      created_at: 1,
    });
    await insertAside(database, clock.now());
    // What follows is told by the audit log alone.
    await sealRecords(database, 'test', clock.now());
    const api = apiClient(server.url);
    const first = await signedIn(server.url);
    const second = await signedIn(server.url, login);
    await playEveryEvent({ url: server.url, database, api, clock, first, second });
    const campaign = { type: 'discount', title: 'Frühling', value: { tiers: [{ minTripPrice: 0, percent: 10 }] } };
    await api.post('/campaigns', { ...campaign, budget: 100_000 });
    await first.get('/admin/accounting/proof/procedure');
  } finally {
    await server.close();
  }
  const moment = clock.moment();
  await openShift(
    database,
    { till: 'Kasse 1', cash: 20_000, gap: null, note: 'Wechselgeld' },
    { actor: 'user:1', moment },
  );
  const shift = await openShiftOf(knex, 'user:1');
  const sent = { shiftId: shift?.id ?? '', entryKey: 'einlage', formHash: 'einlage' };
  const move = { cents: 500, isOut: false, note: 'Wechselgeld' };
  await moveDrawer(database, sent, move, { actor: 'user:1', moment });
  const { id, setup } = await currentSetup(knex);
  const datev = { ...setup.datev, consultant: '29098', client: '55003' };
  await saveSetup(database, { ...setup, datev }, id, null, 'test', moment.now);
  const oldest = await knex('ledger_entries').orderBy('posted_on').first<{ posted_on: string }>('posted_on');
  const month = monthOf(oldest.posted_on);
  await closeMonth(database, month, 'test', moment);
  const months = { fromMonth: month, toMonth: monthAfter(month) };
  const at = { ...moment, timeZone: 'Europe/Berlin' };
  await writeRun(database, await sealRun(database, months, 'test', at), at);
}

/** What would need a file or a form of its own. */
async function insertAside({ knex }: TestDatabase, now: number): Promise<void> {
  await knex('bank_lines').insert({
    line_key: 'a'.repeat(64),
    account: 'DE89370400440532013000',
    booked_on: '2030-01-04',
    cents: 5000,
    currency: 'EUR',
    payer: 'Petra Muster',
    purpose: 'ohne Bestellung',
    state: 'open',
    file_name: 'auszug.csv',
    imported_at: now,
    imported_by: 'user:1',
  });
  const [file] = await knex('refund_files').insert({
    number: 'UE-2030-000001',
    state: 'live',
    payments: 1,
    cents: 100,
    currency: 'EUR',
    execution_on: '2030-01-06',
    content: '<Document/>',
    sha256: 'b'.repeat(64),
    created_at: now,
    created_by: 'user:1',
  });
  const [refund] = await knex('refunds').insert({
    number: 'E-2030-000900',
    state: 'ordered',
    origin: 'partner',
    way: 'transfer',
    cents: 100,
    currency: 'EUR',
    payee: 'Petra Muster',
    iban: 'DE89370400440532013000',
    provider_reference: '',
    reason: 'Guthaben',
    decided_on: '2030-01-04',
    decided_at: now,
    decided_by: 'user:1',
    file_id: file,
  });
  await knex('refund_file_lines').insert({ file_id: file, refund_id: refund });
  const content = Buffer.from('a document');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const about = { subject: 'invoice', subject_id: '900', format: 'pdf', name: 'AB-900.pdf' };
  const [sent] = await knex('partner_files').insert({ ...about, sha256, bytes: content.length, made_at: now });
  await knex('partner_file_parts').insert({ file_id: sent, position: 0, content });
  await knex('till_openings').insert({
    currency: 'CHF',
    in_drawers: 100,
    in_account: 0,
    document_number: 'KA-2030-000900',
    reason: 'Übernahme',
    actor: 'user:1',
    posted_on: '2030-01-04',
    recorded_at: now,
  });
  await knex('book_comparisons').insert({
    compared_on: '2029-12-31',
    account: '1796',
    currency: 'EUR',
    expected: 100,
    actual: 100,
    created_at: now,
    created_by: 'user:1',
  });
  await knex('document_numbers').insert({
    number: 'RE 7/2030',
    document: 'RE-7-2030',
    created_at: now,
    created_by: 'user:1',
  });
  await knex('approvals').insert({
    kind: 'goodwill',
    state: 'open',
    cents: 30_000,
    currency: 'EUR',
    reason: 'Kulanz',
    payload: 'null',
    requested_by: 'user:1',
    requested_at: now,
  });
}
