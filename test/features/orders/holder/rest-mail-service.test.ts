import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

interface Mail {
  readonly id: number | string;
  readonly recipient: string;
  readonly body: string;
  readonly secrets: string;
  readonly attachments: string;
  readonly entity_id: string;
}

describeOnBothDatabases('the rest of a voucher on a new one', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    await openShop(database());
  });
  after(() => server.close());

  const sold = async (more: object = {}) =>
    (
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Kauf',
        paidAt: '2026-01-02',
        value: { originalValue: 10_000 },
        residual: 'reissue',
        ...more,
      })
    ).body as { id: string; code: string };
  const redeem = async (code: string, number: string, customer: object | null): Promise<void> => {
    const answer = await api.post('/redemptions', {
      booking: bookingOf(7000, customer === null ? {} : { customer }),
      codes: [code],
      bookingNumber: number,
    });
    expect(answer.status).to.equal(201);
  };
  const jobsDone = async (): Promise<void> => {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
      if ((await database().knex('jobs').where({ kind: 'rest-mail' }).whereNot({ state: 'done' })).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const restOf = async (id: string) => {
    const { members } = (await api.get(`/vouchers/${id}/family`)).body as {
      members: { id: string; code: string; balance: number }[];
    };
    return members[1] as { id: string; code: string; balance: number };
  };
  const mailsOf = (id: string): Promise<Mail[]> =>
    database().knex('mails').where({ event: 'voucher_rest', entity: 'voucher', entity_id: id });

  it('is mailed to whoever redeemed, with code, PDF and the PIN that opens the holder’s page', async () => {
    const voucher = await sold({ recipient: { name: 'Oma Inge', email: 'inge@example.org' } });
    await redeem(voucher.code, 'R-1', { email: 'Bert@example.org' });
    await jobsDone();
    const rest = await restOf(voucher.id);
    const [mail, ...others] = await mailsOf(rest.id);
    if (mail === undefined) throw new Error('no mail');
    expect([others.length, mail.recipient, mail.attachments]).to.deep.equal([
      0,
      'Bert@example.org',
      JSON.stringify([{ kind: 'vouchers', ids: [rest.id] }]),
    ]);
    const pin = /PIN für die Guthabenseite: (\d{6})/.exec(mail.body)?.[1] ?? '';
    expect(mail.body).to.contain('R-1').and.to.contain('30,00').and.to.contain(rest.code);
    expect(JSON.parse(mail.secrets)).to.deep.equal([rest.code, pin]);
    const holder = createVisitor(server.url);
    await holder.get('/v');
    const page = await holder.post('/v', { code: rest.code, pin });
    expect((page.location === null ? page : await holder.get(page.location)).html).to.match(/30,00\s€/);
    const agent = await signedIn(server.url);
    expect((await agent.get(`/admin/vouchers/${rest.id}`)).html).to.contain('Bert@example.org');
  });

  it('goes to the recipient, or to the address of the order, where the booking names nobody', async () => {
    const known = await sold({ recipient: { name: 'Oma Inge', email: 'inge@example.org' } });
    await redeem(known.code, 'R-2', null);
    const { body: order } = await api.post('/orders', {
      amount: 10_000,
      quantity: 1,
      buyer: { name: 'Petra Muster', email: 'petra@example.org' },
    });
    await api.post(`/orders/${order.id as string}/payments`, { amount: 10_000, method: 'online' });
    const row = await database()
      .knex('order_vouchers')
      .where({ order_id: order.id as string })
      .first<{ voucher_id: number | string }>('voucher_id');
    const bought = (await api.get(`/vouchers/${String(row.voucher_id)}`)).body as { id: string; code: string };
    await database()
      .knex('voucher_rules')
      .whereIn('id', database().knex('vouchers').where({ id: bought.id }).select('rules_id'))
      .update({ residual: 'reissue' });
    await redeem(bought.code, 'R-3', null);
    const nobody = await sold();
    await redeem(nobody.code, 'R-4', null);
    await jobsDone();
    expect(
      (await mailsOf((await restOf(known.id)).id)).map(({ recipient, body }) => [
        recipient,
        body.startsWith('Guten Tag Oma Inge'),
      ]),
    ).to.deep.equal([['inge@example.org', true]]);
    expect((await mailsOf((await restOf(bought.id)).id)).map(({ recipient }) => recipient)).to.deep.equal([
      'petra@example.org',
    ]);
    expect(await mailsOf((await restOf(nobody.id)).id)).to.deep.equal([]);
  });

  it('has one mail and one PIN, however often the job runs and the booking is told', async () => {
    const voucher = await sold();
    const body = {
      booking: bookingOf(7000, { customer: { email: 'cleo@example.org' } }),
      codes: [voucher.code],
      bookingNumber: 'R-5',
    };
    await Promise.all([1, 2, 3].map(() => api.post('/redemptions', body, { idempotencyKey: 'rest-5' })));
    await jobsDone();
    const rest = await restOf(voucher.id);
    const [before] = await database()
      .knex('voucher_pins')
      .where({ voucher_id: rest.id })
      .select<{ pin_hash: string }[]>('pin_hash');
    await database()
      .knex('jobs')
      .where({ kind: 'rest-mail' })
      .orderBy('id', 'desc')
      .limit(1)
      .update({ state: 'queued', lease_until: null });
    await jobsDone();
    const [after] = await database()
      .knex('voucher_pins')
      .where({ voucher_id: rest.id })
      .select<{ pin_hash: string }[]>('pin_hash');
    expect([(await mailsOf(rest.id)).length, after?.pin_hash]).to.deep.equal([1, before?.pin_hash]);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });
});
