import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { disputedOf } from '../../../../src/core/books/dispute.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { moneyOfFamily, withDescendants } from '../../../../src/features/vouchers/life/voucher-dispute-service.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

const SECRET = 'the secret of the payment provider in tests';

describeOnBothDatabases('chargebacks', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database(), env: { PAYMENT_WEBHOOK_SECRET: SECRET } });
    api = apiClient(server.url);
    await openShop(database());
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  let told = 0;
  const tell = (order: string, type: string, amount: number, id = `e-${++told}`): Promise<ApiAnswer> => {
    const event = { type, id, order, amount, currency: 'EUR' };
    const at = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', SECRET)
      .update(`${at}.${JSON.stringify(event)}`)
      .digest('hex');
    return api.post('/payment-events', event, {
      authorization: '',
      headers: { 'reisebon-signature': `t=${at},v1=${v1}` },
    });
  };
  /** An order of two vouchers of 50,00, paid; more fields as given. */
  const paidOrder = async (more: object = {}) => {
    const { body } = await api.post('/orders', {
      amount: 5000,
      quantity: 2,
      buyer: { name: 'Petra Muster', email: 'petra@example.org' },
      ...more,
    });
    const { id, number } = body as { id: string; number: string };
    expect((await tell(number, 'payment', 10_000)).body.state).to.equal('fulfilled');
    const ids = (
      await database()
        .knex('order_vouchers')
        .where('order_id', id)
        .orderBy('position')
        .pluck<(number | string)[]>('voucher_id')
    ).map(String);
    return { id, number, vouchers: await Promise.all(ids.map(read)) };
  };
  const read = async (id: string) =>
    (await api.get(`/vouchers/${id}`)).body as { id: string; code: string; status: string; balance: number };
  const statusOf = async (id: string) => (await read(id)).status;
  const entriesOf = async (id: string): Promise<string[]> => {
    const { items } = (await api.get(`/vouchers/${id}/entries`)).body as {
      items: { event: string; debit: string; credit: string; amount: number }[];
    };
    return items.map(({ event, debit, credit, amount }) => `${event} ${debit} an ${credit} ${amount}`);
  };
  const expectBooks = async () => expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(Date.now());
  const report = () => liabilityReport(database().knex, { from: today, on: today, knownUntil: null });
  const chargedBack = async () =>
    (await report()).columns.reduce((sum, { movements }) => sum + (movements.charged_back ?? 0), 0);

  it('open exactly what they locked again once the dispute is won', async () => {
    const {
      number,
      vouchers: [first, second],
    } = await paidOrder();
    if (first === undefined || second === undefined) throw new Error('two vouchers');
    await api.post(`/vouchers/${second.id}/deactivate`, { reason: 'verloren' });
    await tell(number, 'chargeback', 10_000);
    expect([await statusOf(first.id), await statusOf(second.id)]).to.deep.equal(['deactivated', 'deactivated']);
    for (const one of [first, second]) {
      const refused = await api.post(`/vouchers/${one.id}/activate`, { reason: 'gefunden' });
      expect([refused.status, refused.body.errors[0].code]).to.deep.equal([422, 'money_taken_back']);
    }
    expect((await agent.get(`/admin/vouchers/${first.id}`)).html)
      .to.contain(`Das Geld der Bestellung ${number} wurde zurückgeholt`)
      .and.to.contain('Zur Bestellung');
    const byHand = await agent.post(`/admin/vouchers/${first.id}/unlock`, { reason: 'gefunden' });
    expect([byHand.status, byHand.html.includes(`Das Geld der Bestellung ${number} wurde zurückgeholt`)]).to.deep.equal(
      [422, true],
    );
    expect((await tell(number, 'chargeback_won', 4000)).body.disputed).to.equal(6000);
    expect(await statusOf(first.id)).to.equal('deactivated');
    expect((await tell(number, 'chargeback_won', 6000)).body.disputed).to.equal(0);
    expect([await statusOf(first.id), await statusOf(second.id)]).to.deep.equal(['active', 'deactivated']);
    expect((await api.post(`/vouchers/${second.id}/activate`, { reason: 'gefunden' })).status).to.equal(200);
    const log = await database()
      .knex('audit_log')
      .where({ entity: 'voucher', entity_id: first.id })
      .orderBy('id', 'desc')
      .first<{ action: string; changes: string }>('action', 'changes');
    expect([log.action, log.changes.includes(number)]).to.deep.equal(['voucher.activate', true]);
    await expectBooks();
  });

  it('reach the parts and new codes that the vouchers became, and allow no new ones', async () => {
    const {
      id,
      number,
      vouchers: [first, second],
    } = await paidOrder();
    if (first === undefined || second === undefined) throw new Error('two vouchers');
    const parts = (await api.post(`/vouchers/${first.id}/splits`, { parts: [2000, 3000], reason: 'zwei Kinder' })).body
      .items as { id: string }[];
    await tell(number, 'chargeback', 10_000);
    for (const part of parts) expect(await statusOf(part.id)).to.equal('deactivated');
    expect((await api.post(`/vouchers/${second.id}/reissue`, { reason: 'neuer Code' })).body.errors[0].code).to.equal(
      'money_taken_back',
    );
    expect((await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' })).status).to.equal(303);
    expect(await Promise.all(parts.map((part) => entriesOf(part.id)))).to.deep.equal([
      ['transfer_in TRANSFER an V_KAUF 2000', 'chargeback V_KAUF an DEBITOR 2000'],
      ['transfer_in TRANSFER an V_KAUF 3000', 'chargeback V_KAUF an DEBITOR 3000'],
    ]);
    await expectBooks();
  });

  it('stand in the report as a line of their own, and give the vouchers back when they are won after that', async () => {
    const before = await chargedBack();
    const {
      id,
      number,
      vouchers: [first, second],
    } = await paidOrder();
    if (first === undefined || second === undefined) throw new Error('two vouchers');
    expect(
      (await api.post('/redemptions', { booking: bookingOf(4000), codes: [first.code], bookingNumber: `cb-${number}` }))
        .status,
    ).to.equal(201);
    await tell(number, 'chargeback', 10_000);
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
    expect((await chargedBack()) - before).to.equal(-6000);
    const { columns, checks } = await report();
    for (const { opening, movements, closing } of columns)
      expect(opening + Object.values(movements).reduce((sum, one) => sum + one, 0)).to.equal(closing);
    for (const { check, expected, actual } of checks) expect(actual, check).to.equal(expected);
    const page = (await agent.get('/admin/accounting/liabilities')).html;
    expect(page).to.contain('storniert (Chargeback)');
    expect((await agent.get('/admin/chargebacks?state=done')).html).to.match(new RegExp(`${number}[\\s\\S]*40,00\\s€`));

    // What comes back first covers what was redeemed; only then a voucher exists again.
    expect((await tell(number, 'chargeback_won', 3000)).body).to.include({ state: 'refunded', disputed: 7000 });
    expect((await tell(number, 'chargeback_won', 7000)).body).to.include({ state: 'fulfilled', disputed: 0 });
    expect([await read(first.id), await read(second.id)].map(({ status, balance }) => [status, balance])).to.deep.equal(
      [
        ['partly_redeemed', 1000],
        ['active', 5000],
      ],
    );
    expect((await chargedBack()) - before).to.equal(0);
    expect((await agent.get('/admin/accounting/liabilities')).html).to.contain('Prüfzeilen');
    await expectBooks();
  });

  it('give back from the newest voucher on what is won in part, locked until all is won', async () => {
    const {
      id,
      number,
      vouchers: [first, second],
    } = await paidOrder();
    if (first === undefined || second === undefined) throw new Error('two vouchers');
    await tell(number, 'chargeback', 10_000);
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
    expect((await tell(number, 'chargeback_won', 3000)).body).to.include({ state: 'fulfilled', disputed: 7000 });
    expect([await read(first.id), await read(second.id)].map(({ status, balance }) => [status, balance])).to.deep.equal(
      [
        ['refunded', 0],
        ['deactivated', 3000],
      ],
    );
    expect((await tell(number, 'chargeback_won', 7000)).body).to.include({ state: 'fulfilled', disputed: 0 });
    expect([await read(first.id), await read(second.id)].map(({ status, balance }) => [status, balance])).to.deep.equal(
      [
        ['active', 5000],
        ['active', 5000],
      ],
    );
    expect(await entriesOf(second.id)).to.deep.equal([
      'sale TRANSIT an V_KAUF 5000',
      'chargeback V_KAUF an DEBITOR 5000',
      'chargeback_reversal DEBITOR an V_KAUF 3000',
      'chargeback_reversal DEBITOR an V_KAUF 2000',
    ]);
    expect(
      (
        await api.post('/redemptions', {
          booking: bookingOf(5000),
          codes: [second.code],
          bookingNumber: `again-${number}`,
        })
      ).status,
    ).to.equal(201);
    await expectBooks();
  });

  it('count each for its own order where vouchers of two were merged', async () => {
    const [one, two] = [await paidOrder(), await paidOrder()];
    const parts = [one.vouchers[0]?.id ?? '', two.vouchers[0]?.id ?? ''];
    const merged = (await api.post('/vouchers/merges', { vouchers: parts, reason: 'zusammen' })).body as { id: string };
    await tell(one.number, 'chargeback', 5000);
    await tell(two.number, 'chargeback', 5000);
    // The other voucher of the first order covers nothing of it: it is ended first, so all of the first order's money is in.
    await agent.post(`/admin/orders/${one.id}/refund`, { reason: 'Rückbelastung' });
    const entries = await entriesOf(merged.id);
    expect(entries.filter((entry) => entry.startsWith('refund'))).to.deep.equal(['refund V_KAUF an DEBITOR 5000']);
    expect(entries.filter((entry) => entry.startsWith('chargeback'))).to.deep.equal([
      'chargeback V_KAUF an DEBITOR 5000',
    ]);
    const documents = await database()
      .knex('ledger_entries')
      .where({ event: 'chargeback' })
      .whereNotNull('voucher_id')
      .whereIn('document_number', [one.number, two.number])
      .orderBy('id')
      .select('document_number', 'cents');
    expect(
      documents.map((row: { document_number: string; cents: number | string }) => [
        row.document_number,
        Number(row.cents),
      ]),
    ).to.deep.equal([
      [one.number, 5000],
      [two.number, 5000],
    ]);
    expect((await tell(two.number, 'chargeback_won', 5000)).body.disputed).to.equal(0);
    expect((await read(merged.id)).balance).to.equal(5000);
    expect(await statusOf(merged.id), 'the first order still disputes it').to.equal('deactivated');
    expect((await tell(one.number, 'chargeback_won', 5000)).body.disputed).to.equal(0);
    expect(await statusOf(merged.id)).to.not.equal('deactivated');
    await expectBooks();
  });

  it('end at the order what a booking gives back after its vouchers were ended', async () => {
    const {
      id,
      number,
      vouchers: [first],
    } = await paidOrder();
    if (first === undefined) throw new Error('two vouchers');
    const { body: redemption } = await api.post('/redemptions', {
      booking: bookingOf(2000),
      codes: [first.code],
      bookingNumber: 'CB-BACK',
    });
    await tell(number, 'chargeback', 10_000);
    const path = `/admin/orders/${id}`;
    await agent.get(path);
    expect((await agent.post(`${path}/refund`, { reason: 'Rückbelastung' })).status).to.equal(303);
    expect((await agent.get(path)).html).not.to.contain(`${path}/refund"`);
    const reversal = { reason: 'Reise abgesagt' };
    expect((await api.post(`/redemptions/${redemption.id as string}/reversals`, reversal)).status).to.equal(201);
    expect(await read(first.id)).to.include({ status: 'refunded', balance: 2000 });
    const refused = await api.post(`/vouchers/${first.id}/cancel`, { refund: true, reason: 'nicht doppelt' });
    expect([refused.status, refused.body.errors[0].code]).to.deep.equal([422, 'money_taken_back']);
    expect((await agent.get(path)).html).to.contain(`${path}/refund"`);
    expect((await agent.post(`${path}/refund`, { reason: 'Rückbelastung' })).status).to.equal(303);
    expect((await read(first.id)).balance).to.equal(0);
    expect((await entriesOf(first.id)).at(-1)).to.equal('chargeback V_KAUF an DEBITOR 2000');
    await expectBooks();
  });

  it('leave an order that was refunded for another reason as it is when a later dispute is won', async () => {
    const {
      id,
      number,
      vouchers: [first],
    } = await paidOrder();
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Kulanz' });
    await tell(number, 'chargeback', 10_000);
    expect((await tell(number, 'chargeback_won', 10_000)).body).to.include({ state: 'refunded', disputed: 0 });
    expect(await statusOf(first?.id ?? '')).to.equal('refunded');
  });

  it('are a task with what is lost and a link to the order until somebody decides', async () => {
    const {
      id,
      number,
      vouchers: [first],
    } = await paidOrder();
    await api.post('/redemptions', { booking: bookingOf(5000), codes: [first?.code], bookingNumber: `task-${number}` });
    await tell(number, 'chargeback', 10_000);
    expect((await agent.get('/admin/overview')).html)
      .to.contain('href="/admin/chargebacks"')
      .and.to.contain('Rückbelastungen zu entscheiden');
    const list = (await agent.get('/admin/chargebacks')).html;
    expect(list).to.contain(`href="/admin/orders/${id}"`);
    const order = (await agent.get(`/admin/orders/${id}`)).html;
    expect(order)
      .to.match(/Verloren<\/dt><dd><strong>50,00\s€/)
      .and.to.contain('Geld ist wieder da');
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
    expect((await agent.get('/admin/chargebacks')).html).not.to.contain(`href="/admin/orders/${id}"`);
    expect((await agent.get('/admin/chargebacks?state=done')).html).to.contain(`href="/admin/orders/${id}"`);
  });

  it('can be told as won by a person, once, and what the provider tells afterwards counts no second time', async () => {
    const {
      id,
      number,
      vouchers: [first],
    } = await paidOrder();
    await tell(number, 'chargeback', 10_000);
    const form = { wonOn: '23.11.2026', reference: 'Kontoauszug 4', disputed: '10000', wonKey: `key-${number}` };
    await agent.get(`/admin/orders/${id}`);
    await agent.post(`/admin/orders/${id}/won`, { ...form, disputed: '9999' });
    expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('Inzwischen wurde etwas anderes gemeldet');
    await agent.post(`/admin/orders/${id}/won`, { ...form, wonOn: '31.12.2999' });
    expect(await statusOf(first?.id ?? '')).to.equal('deactivated');
    for (let time = 0; time < 2; time++)
      expect((await agent.post(`/admin/orders/${id}/won`, form)).status).to.equal(303);
    expect(await statusOf(first?.id ?? '')).to.equal('active');
    expect((await tell(number, 'chargeback_won', 10_000)).body).to.include({ repeated: false, disputed: 0 });
    expect(await database().knex('order_chargebacks').where({ order_id: id, kind: 'chargeback_won' })).to.have.lengthOf(
      1,
    );
    expect((await tell(number, 'chargeback', 1)).body.disputed).to.equal(1);
    expect(await statusOf(first?.id ?? '')).to.equal('deactivated');
  });

  it('hold mails with vouchers back until it is decided, also those that wait for their day', async () => {
    const gift = {
      delivery: 'recipient',
      deliverOn: '2099-12-24',
      recipient: { name: 'Oma Inge', email: 'inge@example.org' },
    };
    const {
      id,
      number,
      vouchers: [first],
    } = await paidOrder(gift);
    const { knex } = database();
    const mailOf = async () =>
      knex('mails')
        .where({ entity: 'order', entity_id: id, event: 'voucher_gift' })
        .first<{ id: number; state: string } | undefined>('id', 'state');
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await mailOf()) === undefined;)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const mail = await mailOf();
    await tell(number, 'chargeback', 10_000);
    await knex('mails').where({ id: mail?.id }).update({ send_after: 1 });
    // A mail of the voucher alone, asked for by a person meanwhile, waits as well.
    await api.post(`/vouchers/${first?.id ?? ''}/mail`, { to: 'petra@example.org' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await mailOf())?.state).to.equal('queued');
    expect((await agent.get(`/admin/outbox/${String(mail?.id)}`)).html).to.contain('angehalten');
    // Ended for the dispute's sake, it is withdrawn, and waits for nothing; won after all, it goes out.
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
    expect((await mailOf())?.state).to.equal('cancelled');
    expect((await agent.get(`/admin/outbox/${String(mail?.id)}`)).html).to.contain('wegen einer Rückbelastung beendet');
    await tell(number, 'chargeback_won', 10_000);
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await mailOf())?.state === 'queued';)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await mailOf())?.state).to.equal('kept');
  });

  it('take back the mail of a gift whose order is refunded before its day', async () => {
    const gift = {
      delivery: 'recipient',
      deliverOn: '2099-12-24',
      recipient: { name: 'Oma Inge', email: 'inge@example.org' },
    };
    const { id } = await paidOrder(gift);
    const mailOf = async () =>
      database()
        .knex('mails')
        .where({ entity: 'order', entity_id: id, event: 'voucher_gift' })
        .first<{ state: string } | undefined>('state');
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await mailOf()) === undefined;)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Kulanz' });
    expect((await mailOf())?.state).to.equal('cancelled');
  });

  it('hold for any history: nothing is open while money is missing, nothing stays locked when it is not, and no more is booked than is missing', async function () {
    this.timeout(120_000);
    const { knex } = database();
    const step = fc.record({
      kind: fc.constantFrom(
        'chargeback',
        'chargeback',
        'refund',
        'chargeback_won',
        'chargeback_won',
        'end',
        'redeem',
        'reverse',
        'split',
      ),
      cents: fc.constantFrom(1, 1500, 3000, 5000, 10_000),
      pick: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        const { id, number, vouchers } = await paidOrder();
        const roots = vouchers.map((one) => one.id);
        const sums = { chargeback: 0, refund: 0, chargeback_won: 0 };
        const redemptions: string[] = [];
        for (const { kind, cents, pick } of steps) {
          const family = await withDescendants(knex, roots);
          const one = await read(family[pick % family.length] ?? '');
          if (kind === 'end') await agent.post(`/admin/orders/${id}/refund`, { reason: 'Ende' });
          else if (kind === 'redeem') {
            const answer = await api.post('/redemptions', {
              booking: bookingOf(cents),
              codes: [{ code: one.code, atMost: cents }],
              bookingNumber: `p-${++told}`,
            });
            if (answer.status === 201) redemptions.push(answer.body.id as string);
          } else if (kind === 'reverse')
            await api.post(`/redemptions/${redemptions[pick % Math.max(1, redemptions.length)] ?? '0'}/reversals`, {
              reason: 'Storno',
            });
          else if (kind === 'split')
            await api.post(`/vouchers/${one.id}/splits`, {
              parts: [Math.floor(one.balance / 2), Math.ceil(one.balance / 2)],
              reason: 'Teile',
            });
          else {
            sums[kind] += cents;
            expect((await tell(number, kind, cents)).status).to.equal(200);
          }
          const disputed = disputedOf({ chargebacks: sums.chargeback, refunds: sums.refund, won: sums.chargeback_won });
          const now = await withDescendants(knex, roots);
          const states = await Promise.all(now.map(statusOf));
          const money = await moneyOfFamily(knex, now, number);
          expect(money.charged, 'no more is booked than is missing').to.be.within(0, disputed.charged);
          if (disputed.total > 0)
            expect(
              states.filter((state) => !['deactivated', 'refunded', 'cancelled', 'replaced'].includes(state)),
              'open although money is missing',
            ).to.deep.equal([]);
          else {
            expect(states, 'locked although nothing is missing').not.to.include('deactivated');
            expect(await knex('voucher_disputes').where('order_id', id)).to.deep.equal([]);
            expect(await knex('mail_holds').where({ entity: 'order', entity_id: id })).to.deep.equal([]);
          }
        }
        const paidOut = Number(
          (
            await knex('ledger_entries')
              .whereIn('voucher_id', await withDescendants(knex, roots))
              .where('event', 'refund')
              .sum({ cents: 'cents' })
              .first<{ cents: number | string | null }>()
          ).cents ?? 0,
        );
        const end = await moneyOfFamily(knex, await withDescendants(knex, roots), number);
        expect(end.balance + end.redeemed + end.charged + paidOut, 'every cent of the price is somewhere').to.equal(
          10_000,
        );
      }),
      { numRuns: 25 },
    );
    await expectBooks();
    for (const { check, expected, actual } of (await report()).checks) expect(actual, check).to.equal(expected);
  });
});
