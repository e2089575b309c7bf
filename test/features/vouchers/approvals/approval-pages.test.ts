import { expect } from 'chai';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { changeFourEyesSettings } from '../../../../src/features/settings/four-eyes-settings-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('what needs a second person', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let first: Visitor;
  let second: Visitor;
  let agent: Visitor;
  const clock = fixedClock('2026-07-03T10:00:00Z');

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    for (const [email, role] of [
      ['zweite@example.org', 'accountant'],
      ['agent@example.org', 'agent'],
    ] as const) {
      await database()
        .knex('users')
        .insert({ email, name: role, role, password_hash: await hashPassword('correct horse battery'), created_at: 1 });
    }
    first = await signedIn(server.url);
    second = await signedIn(server.url, { email: 'zweite@example.org', password: 'correct horse battery' });
    agent = await signedIn(server.url, { email: 'agent@example.org', password: 'correct horse battery' });
  });
  after(() => server.close());

  const sold = async (cents: number, more: object = {}): Promise<{ id: string; code: string }> =>
    (
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Kauf',
        paidAt: '2026-07-01',
        value: { originalValue: cents },
        ...more,
      })
    ).body as { id: string; code: string };
  const read = async (
    id: string,
  ): Promise<{ status: string; balance: number; validity: { bookUntil: string | null } }> =>
    (await api.get(`/vouchers/${id}`)).body as never;
  const entries = async (id: string): Promise<string[]> =>
    (
      (await api.get(`/vouchers/${id}/entries`)).body.items as {
        event: string;
        debit: string;
        credit: string;
        amount: number;
      }[]
    ).map(({ event, debit, credit, amount }) => `${event} ${debit} ${credit} ${amount}`);
  const send = async (visitor: Visitor, page: string, path: string, fields: Record<string, string>) => {
    await visitor.get(page);
    return visitor.post(path, fields);
  };

  it('refuses goodwill from the limit on through the API and names the way', async () => {
    const body = (cents: number): object => ({
      type: 'settlement',
      funding: 'goodwill',
      title: 'Kulanz',
      paidAt: '2026-07-01',
      value: { originalValue: cents },
    });
    const refused = await api.post('/vouchers', body(25_000));
    expect(refused.status).to.equal(422);
    expect(JSON.stringify(refused.body))
      .to.contain('needs_second_person')
      .and.match(/Freigaben|Approvals/);
    expect((await api.post('/vouchers', body(24_999))).status).to.equal(201);
    const unpaid = await api.post('/vouchers', { ...body(30_000), paidAt: null });
    expect(unpaid.status).to.equal(201);
    expect(
      (await api.post(`/vouchers/${unpaid.body.id as string}/pay`, { paidAt: '2026-07-01', method: 'other' })).status,
    ).to.equal(422);
    expect((await read(unpaid.body.id as string)).balance).to.equal(0);
  });

  it('keeps a goodwill voucher as a request until somebody else accepts it, once', async () => {
    await agent.get('/admin/vouchers/new?type=settlement');
    const fields = {
      type: 'settlement',
      shownType: 'settlement',
      title: 'Große Kulanz',
      paidAt: '01.07.2026',
      originalValue: '300,00',
      currency: 'EUR',
      funding: 'goodwill',
      active: 'true',
      once: 'g-1',
      do: 'save',
      maxUses: '',
      residual: 'keep',
      code: 'KULANZ-300-GROSSE-BITTE',
    };
    const asked = await agent.post('/admin/vouchers', fields);
    expect(asked.location, asked.html.slice(0, 3000)).to.match(/^\/admin\/approvals\/\d+$/);
    const again = await agent.post('/admin/vouchers', fields);
    expect(again.location).to.equal(asked.location);
    const path = asked.location ?? '';
    expect((await api.get('/vouchers/by-code/KULANZ300GROSSEBITTE')).status).to.equal(404);
    const own = await agent.get(path);
    expect(own.html).to.contain('300,00').and.contain('Ihr eigener Antrag').and.not.contain('/acceptance');
    expect((await agent.post(`${path}/acceptance`, {})).status).to.equal(403);
    expect((await first.get('/admin/overview')).html).to.contain('Offene Freigaben');
    const answers = await Promise.all([
      send(second, path, `${path}/acceptance`, {}),
      send(first, path, `${path}/acceptance`, {}),
    ]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 422]);
    const made = await api.get('/vouchers/by-code/KULANZ300GROSSEBITTE');
    expect(made.body).to.include({ balance: 30_000, status: 'active' });
    expect(await entries(made.body.id as string)).to.deep.equal(['issue MEMO_GOODWILL_CONTRA MEMO_GOODWILL 30000']);
    expect((await first.get(path)).html)
      .to.contain('freigegeben')
      .and.contain(`/admin/vouchers/${made.body.id as string}`);
    const [row] = await database()
      .knex('approvals')
      .orderBy('id', 'desc')
      .limit(1)
      .select<{ payload: string }[]>('payload');
    expect(row?.payload).to.equal('null');
  });

  it('corrects a small value at once, a large one by two people, never below zero', async () => {
    const { id } = await sold(100_000);
    const form = { direction: 'less', amount: '10,00', counter: 'TRANSIT', reason: 'Zahlendreher' };
    const page = `/admin/vouchers/${id}/correction`;
    expect((await send(first, page, page, { ...form, once: 'a' })).location).to.equal(`/admin/vouchers/${id}`);
    expect((await first.post(page, { ...form, once: 'a' })).location).to.equal(`/admin/vouchers/${id}`);
    expect((await read(id)).balance).to.equal(99_000);
    const wrong = await first.post(page, { ...form, amount: '5000', reason: '', once: 'b' });
    expect([wrong.status, wrong.html.includes('nennen Sie den Grund') || wrong.html.includes('Grund')]).to.deep.equal([
      422,
      true,
    ]);
    const tooMuch = await first.post(page, { ...form, amount: '990,01', once: 'c' });
    expect(tooMuch.html).to.contain('nicht unter null');
    const asked = await first.post(page, {
      ...form,
      direction: 'more',
      amount: '250,00',
      counter: 'DEBITOR',
      once: 'd',
    });
    const path = asked.location ?? '';
    expect(path).to.match(/approvals/);
    expect((await first.get(path)).html)
      .to.contain('990,00')
      .and.contain('1.240,00');
    expect((await first.post(`${path}/acceptance`, {})).html).to.contain('Vier-Augen-Prinzip');
    expect((await read(id)).balance).to.equal(99_000);
    expect((await send(second, path, `${path}/acceptance`, {})).status).to.equal(303);
    expect((await read(id)).balance).to.equal(124_000);
    expect(await entries(id)).to.deep.equal([
      'sale TRANSIT V_KAUF 100000',
      'correction V_KAUF TRANSIT 1000',
      'correction DEBITOR V_KAUF 25000',
    ]);
    expect((await agent.get(page)).status).to.equal(403);
  });

  it('does not do what was asked for a voucher that has changed since', async () => {
    const { id, code } = await sold(50_000, { code: 'AUSZAHLEN-1' });
    const asked = await send(first, `/admin/vouchers/${id}/cancel`, `/admin/vouchers/${id}/cancel`, {
      refund: 'true',
      reason: 'Kunde will Geld',
    });
    const path = asked.location ?? '';
    expect(path).to.match(/approvals/);
    await api.post('/redemptions', { booking: bookingOf(10_000), codes: [code], bookingNumber: 'R-1' });
    const refused = await send(second, path, `${path}/acceptance`, {});
    expect([refused.status, refused.html.includes('seit dem Antrag geändert')]).to.deep.equal([422, true]);
    expect((await read(id)).balance).to.equal(40_000);
    expect((await second.post(`${path}/refusal`, { note: '' })).status).to.equal(422);
    expect((await second.post(`${path}/refusal`, { note: 'Bitte neu' })).status).to.equal(303);
    const anew = await send(first, `/admin/vouchers/${id}/cancel`, `/admin/vouchers/${id}/cancel`, {
      refund: 'true',
      reason: 'Kunde will den Rest',
    });
    expect((await send(second, anew.location ?? '', `${anew.location ?? ''}/acceptance`, {})).status).to.equal(303);
    expect(await read(id)).to.include({ balance: 0, status: 'refunded' });
    expect((await second.post(`${anew.location ?? ''}/refusal`, { note: 'zu spät' })).html).to.contain(
      'schon entschieden',
    );
  });

  it('asks before a large expired voucher is opened again, in every way to do so', async () => {
    const { id } = await sold(40_000, { validity: { bookUntil: '2026-07-02' } });
    expect((await api.post(`/vouchers/${id}/extend`, { bookUntil: '2027-07-01', reason: 'x' })).status).to.equal(422);
    expect((await api.patch(`/vouchers/${id}`, { validity: { bookUntil: '2027-07-01' } })).status).to.equal(422);
    const asked = await send(first, `/admin/vouchers/${id}/family`, `/admin/vouchers/${id}/family/extend`, {
      bookUntil: '01.07.2027',
      reason: 'Kulanz',
      once: 'e',
    });
    expect(asked.location).to.match(/approvals/);
    expect((await read(id)).validity.bookUntil).to.equal('2026-07-02');
    await send(second, asked.location ?? '', `${asked.location ?? ''}/acceptance`, {});
    expect((await read(id)).validity.bookUntil).to.equal('2027-07-01');
    const small = await sold(1000, { validity: { bookUntil: '2026-07-02' } });
    expect((await api.post(`/vouchers/${small.id}/extend`, { bookUntil: '2027-07-01', reason: 'x' })).status).to.equal(
      200,
    );
  });

  it('lets who asked take it back, and the setting switch it off', async () => {
    const { id } = await sold(60_000);
    const asked = await send(first, `/admin/vouchers/${id}/cancel`, `/admin/vouchers/${id}/cancel`, {
      refund: 'true',
      reason: 'Irrtum',
    });
    expect((await send(first, asked.location ?? '', `${asked.location ?? ''}/refusal`, {})).status).to.equal(303);
    expect((await first.get('/admin/approvals?state=decided')).html).to.contain('zurückgezogen');
    expect(
      (await send(first, '/admin/settings/four-eyes', '/admin/settings/four-eyes', { limit: '0' })).status,
    ).to.equal(422);
    expect((await first.post('/admin/settings/four-eyes', { limit: '700,00', isOn: 'true' })).status).to.equal(303);
    expect(
      (
        await send(first, `/admin/vouchers/${id}/cancel`, `/admin/vouchers/${id}/cancel`, {
          refund: 'true',
          reason: 'Jetzt',
        })
      ).location,
    ).to.equal(`/admin/vouchers/${id}`);
    await changeFourEyesSettings(database(), { isOn: false, limit: 1 }, 'test', 1);
    expect(
      (
        await api.post('/vouchers', {
          type: 'settlement',
          funding: 'goodwill',
          title: 'K',
          paidAt: '2026-07-01',
          value: { originalValue: 99_999 },
        })
      ).status,
    ).to.equal(201);
  });

  it('lets whoever has the right to refunds book a transfer', async () => {
    const { id } = await sold(3000);
    await api.post(`/vouchers/${id}/cancel`, { refund: true, reason: 'x' });
    const task = await database().knex('refunds').where({ voucher_id: id }).first<{ id: number }>();
    const payment = { paidOn: '03.07.2026', reference: 're_1' };
    expect((await send(agent, '/admin/refunds', `/admin/refunds/${task.id}/payment`, payment)).status).to.equal(403);
    expect((await agent.get(`/admin/refunds/${task.id}`)).html).not.to.contain('/payment"');
    await database().knex('users').where({ role: 'agent' }).update({ can_refund: true });
    expect((await agent.get(`/admin/refunds/${task.id}`)).html).to.contain('/payment"');
    expect((await send(agent, '/admin/refunds', `/admin/refunds/${task.id}/payment`, payment)).status).to.equal(303);
    expect(await database().knex('refunds').where({ id: task.id }).first()).to.include({ state: 'paid' });
  });

  it('leaves books that add up', async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
    const report = await liabilityReport(database().knex, { from: '2026-07-01', on: '2026-07-03', knownUntil: null });
    for (const { expected, actual } of report.checks) expect(actual).to.equal(expected);
  });
});
