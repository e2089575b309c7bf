import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { saveEntry } from '../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../src/features/catalogue/partner-service.ts';
import { rulesFromBody } from '../../src/features/vouchers/rules/rules-service.ts';
import { migrateVouchers } from '../../src/features/vouchers/life/voucher-migration-service.ts';
import type { Clock } from '../../src/platform/process/clock.ts';
import { inTransaction, type Database } from '../../src/platform/data/db.ts';
import { bookingOf, type ApiAnswer, type ApiClient } from './api-client.ts';
import { jobsDone } from './jobs-done.ts';
import type { Answer, Visitor } from './pages.ts';
import { openShop } from './shop.ts';

export const WEBHOOK_SECRET = 'the secret of the payment provider in tests';

export interface EveryEvent {
  readonly url: string;
  readonly database: Database;
  readonly api: ApiClient;
  readonly clock: Clock;
  /** Two people who may decide about money. */
  readonly first: Visitor;
  readonly second: Visitor;
}

/** Vouchers with a history of everything that can be posted on one, by what people and programs would do. */
export async function playEveryEvent(parts: EveryEvent): Promise<void> {
  await storedValue(parts);
  await ordersAndTakeOver(parts);
  await derecognition(parts);
  await partners(parts);
  await soldDeals(parts);
}

type Voucher = { readonly id: string; readonly code: string; readonly balance: number };

const made = (answer: ApiAnswer): Voucher => {
  expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 201);
  return answer.body as Voucher;
};

/** Each redemption is of a booking of its own. */
let bookings = 0;

function wordsOf({ api, first }: EveryEvent) {
  const sell = async (title: string, cents: number, more: object = {}): Promise<Voucher> =>
    made(
      await api.post('/vouchers', {
        type: 'purchase',
        title,
        paidAt: '2029-03-04',
        value: { originalValue: cents },
        ...more,
      }),
    );
  const redeem = async (code: string, price: number, more: object = {}): Promise<string> =>
    made(
      await api.post('/redemptions', {
        booking: bookingOf(price, more),
        codes: [code],
        bookingNumber: `E-${++bookings}`,
      }),
    ).id;
  const act = (id: string, action: string, body: object): Promise<Voucher> =>
    api.post(`/vouchers/${id}/${action}`, body).then(made);
  const giveBack = (id: string, body: object = {}): Promise<Voucher> =>
    api.post(`/redemptions/${id}/reversals`, { reason: 'Storno', ...body }).then(made);
  const correct = async (id: string, direction: 'more' | 'less', amount: string, counter: string): Promise<void> => {
    await first.get(`/admin/vouchers/${id}/correction`);
    expect(
      (
        await first.post(`/admin/vouchers/${id}/correction`, {
          direction,
          amount,
          counter,
          reason: 'Zahlendreher',
          once: `${id}-${direction}`,
        })
      ).status,
    ).to.equal(303);
  };
  return { sell, redeem, act, giveBack, correct };
}

async function storedValue(parts: EveryEvent): Promise<void> {
  const { api, database, first } = parts;
  const { sell, redeem, act, giveBack, correct } = wordsOf(parts);
  const unpaid = await sell('Unbezahlt', 4000, { paidAt: null });
  const paidBy = async (title: string, cents: number, method: string): Promise<Voucher> =>
    act((await sell(title, cents, { paidAt: null })).id, 'pay', { paidAt: '2029-05-06', method });
  await act(unpaid.id, 'cancel', { refund: false, reason: 'nie bezahlt' });
  const used = await sell('Eingelöst', 10_000);
  const booking = await redeem(used.code, 6000);
  await giveBack(booking, { amount: 2500 });
  await act(used.id, 'topups', { amount: 3300, method: 'bank_transfer' });
  await correct((await sell('Zu wenig', 9000)).id, 'more', '10,00', 'TRANSIT');
  await correct((await sell('Zu viel', 9000)).id, 'less', '12,34', 'DEBITOR');
  await act((await paidBy('Erstattet', 5000, 'cash')).id, 'cancel', { refund: true, reason: 'Widerruf' });
  const transferred = await paidBy('Überwiesen', 5100, 'bank_transfer');
  await act(transferred.id, 'cancel', { refund: true, reason: 'Widerruf' });
  const task = await database
    .knex('refunds')
    .where({ voucher_id: transferred.id })
    .first<{ id: number | string }>('id');
  await first.get('/admin/refunds');
  expect(
    (await first.post(`/admin/refunds/${String(task.id)}/payment`, { paidOn: '05.01.2030', reference: 'SEPA 1' }))
      .status,
  ).to.equal(303);
  const blocked = await sell('Gesperrt und storniert', 5200);
  await act(blocked.id, 'deactivate', { reason: 'verloren' });
  await act(blocked.id, 'cancel', { refund: false, reason: 'Missbrauch' });
  const lost = await sell('Verloren', 8000);
  const before = await redeem(lost.code, 3000);
  await act(lost.id, 'reissue', { reason: 'verloren' });
  await giveBack(before, { amount: 1000 });
  made(
    await api.post(`/vouchers/${(await sell('Geteilt', 9000)).id}/splits`, {
      parts: [4000, 5000],
      reason: 'zwei Enkel',
    }),
  );
  made(
    await api.post('/vouchers/merges', {
      vouchers: [(await sell('Rest 1', 1100)).id, (await sell('Rest 2', 2200)).id],
      reason: 'Reste',
    }),
  );
  await act((await sell('Verlängert', 3100, { validity: { bookUntil: '2029-06-01' } })).id, 'extend', {
    bookUntil: '2031-12-31',
    reason: 'Kulanz',
  });
  await sell('Abgelaufen', 3200, { validity: { bookUntil: '2029-06-01' } });
  await redeem((await sell('Verfällt', 10_000, { residual: 'forfeit' })).code, 8500);
  await giveBack(await redeem((await sell('Verfällt nicht', 10_000, { residual: 'forfeit' })).code, 8600));
  await redeem((await sell('Neuer Code', 10_000, { residual: 'reissue' })).code, 7000);
  await redeem((await sell('Guthaben', 10_000, { residual: 'credit' })).code, 9000, {
    customer: { email: 'anna@example.org' },
  });
  const credit = await database
    .knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('r.title', 'Guthaben')
    .where('v.type', 'settlement')
    .first<{ code: string }>('v.code');
  await redeem(credit.code, 400, { customer: { email: 'anna@example.org' } });
  const held = await sell('Reserviert', 6000);
  made(await api.post('/holds', { booking: { ...bookingOf(2000), reference: 'offen' }, codes: [held.code] }));
  await sell('Franken', 4000, { currency: 'CHF' });
  await bonus(parts);

  const settle = (title: string, funding: string, cents: number, more: object = {}): Promise<Voucher> =>
    sell(title, cents, { type: 'settlement', funding, ...more });
  const goodwill = await settle('Kulanz', 'goodwill', 700);
  await giveBack(await redeem(goodwill.code, 300), { amount: 100 });
  await correct(goodwill.id, 'more', '0,50', 'TRANSIT');
  await correct(goodwill.id, 'less', '0,20', 'TRANSIT');
  await act((await settle('Kulanz beendet', 'goodwill', 800)).id, 'cancel', { refund: true, reason: 'beendet' });
  await redeem((await settle('Kulanz verfällt', 'goodwill', 900, { residual: 'forfeit' })).code, 500);
  await redeem((await settle('Statt Geld', 'refund_conversion', 20_000)).code, 4000);
  await redeem((await settle('Minderung', 'legal_claim', 3000)).code, 1000);
  const discount = made(
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Rabatt',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
      usage: { maxUses: 3 },
    }),
  );
  await redeem(discount.code, 10_000);
  await giveBack(await redeem(discount.code, 20_000));
}

/** Sold for less than its value: what was given away is on no account. */
async function bonus(parts: EveryEvent): Promise<void> {
  const { sell, redeem, act, giveBack } = wordsOf(parts);
  const terms = { issuePrice: 8000 };
  await sell('Bonus, offen', 10_000, terms);
  const used = await sell('Bonus, eingelöst', 10_000, terms);
  await giveBack(await redeem(used.code, 6667), { amount: 3333 });
  await act((await sell('Bonus, erstattet', 10_000, terms)).id, 'cancel', { refund: true, reason: 'Widerruf' });
  await act((await sell('Bonus, verloren', 10_000, terms)).id, 'reissue', { reason: 'verloren' });
}

async function ordersAndTakeOver(parts: EveryEvent): Promise<void> {
  const { api, clock, database, first } = parts;
  await openShop(database);
  const wanted = { amount: 5000, quantity: 2, buyer: { name: 'Petra Muster', email: 'petra@example.org' } };
  const several = made(await api.post('/orders', wanted)).id;
  for (const amount of [4000, 7000])
    made(await api.post(`/orders/${several}/payments`, { amount, method: 'bank_transfer' }));
  const disputed = made(await api.post('/orders', wanted)) as Voucher & { readonly number: string };
  const won = made(await api.post('/orders', wanted)) as Voucher & { readonly number: string };
  const tell = async (event: object): Promise<void> => {
    const body = JSON.stringify({ order: disputed.number, amount: 10_000, currency: 'EUR', ...event });
    const at = Math.floor(clock.now() / 1000);
    const signature = `t=${at},v1=${createHmac('sha256', WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex')}`;
    made(
      await api.post('/payment-events', JSON.parse(body) as object, {
        authorization: '',
        headers: { 'reisebon-signature': signature },
      }),
    );
  };
  await tell({ id: 'pay-1' });
  await tell({ type: 'chargeback', id: 'cb-1', reference: 'Fall 1' });
  await first.get(`/admin/orders/${disputed.id}`);
  expect((await first.post(`/admin/orders/${disputed.id}/refund`, { reason: 'Rückbelastung' })).status).to.equal(303);
  await tell({ id: 'pay-2', order: won.number });
  await tell({ type: 'chargeback', id: 'cb-2', order: won.number });
  expect((await first.post(`/admin/orders/${won.id}/refund`, { reason: 'Rückbelastung' })).status).to.equal(303);
  await tell({ type: 'chargeback_won', id: 'cb-3', order: won.number });
  const [job] = await database
    .knex('jobs')
    .insert({ kind: 'voucher-import', state: 'done', payload: '{}', created_by: 'test', created_at: 1, run_after: 1 });
  const rules = (title: string, cents: number) =>
    rulesFromBody({ type: 'purchase', title, value: { originalValue: cents } }, 'EUR');
  await inTransaction(database, (trx) =>
    migrateVouchers({ trx, actor: 'test', moment: clock.moment() }, String(job), [
      {
        code: 'ALT-0001',
        rules: rules('Altbestand', 10_000),
        paidOn: '2028-02-03',
        rest: 4000,
        recipient: null,
        note: null,
        campaign: null,
      },
    ]),
  );
  await wordsOf(parts).redeem('ALT-0001', 1500);
}

async function derecognition(parts: EveryEvent): Promise<void> {
  const { first, second } = parts;
  const { sell, redeem } = wordsOf(parts);
  const old = { paidAt: '2025-05-05', validity: { bookUntil: '2028-12-31' } };
  await sell('Ausgebucht', 6100, old);
  const again = await sell('Reaktiviert', 6200, old);
  await first.get('/admin/accounting/derecognition');
  const path = (await first.post('/admin/accounting/derecognition', { barredOn: '05.01.2030' })).location ?? '';
  await second.get(path);
  await jobOf(parts, await second.post(`${path}/acceptance`, {}));
  await second.get(path);
  expect((await second.post(`${path}/reactivation`, { voucher: again.id, reason: 'Kulanz' })).status).to.equal(303);
  await sell('Verjährt', 6300, old);
  await redeem((await sell('Uralt, aber eingelöst', 6400, { ...old, validity: {} })).code, 400);
}

/** Deals whose partner gets an invoice, credits by a statement, or refuses; each also taken back. */
async function partners(parts: EveryEvent): Promise<void> {
  const { api, clock, database, first } = parts;
  const { redeem, giveBack } = wordsOf({ ...parts });
  const today = clock.today().split('-').toReversed().join('.');
  for (const id of ['rechnung', 'gutschrift']) {
    await saveEntry(database, 'partner', { id, name: `${id.toUpperCase()} GmbH`, parent: null }, 'test', clock.now());
    await inTransaction(database, (trx) =>
      changePartnerDetails(
        trx,
        id,
        {
          ...DEFAULT_PARTNER_DETAILS,
          commissionBasisPoints: 1000,
          invoiceTiming: 'at_once',
          invoiceEmail: 'a@example.org',
        },
        'test',
        clock.now(),
      ),
    );
  }
  const deal = async (partner: string, code: string, price: number): Promise<string> => {
    const body = {
      type: 'deal',
      title: code,
      code,
      paidAt: '2029-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: partner === 'rechnung', partnerPrice: null },
      restrictions: { partner },
    };
    const voucher = made(await api.post('/vouchers', body));
    const id = await redeem(voucher.code, price, { partner });
    await jobsDone(database);
    return id;
  };
  await deal('rechnung', 'DEAL-BEZAHLT', 20_000);
  await giveBack(await deal('rechnung', 'DEAL-ZURUECK', 10_000), { lines: [{ code: 'DEAL-ZURUECK', amount: 4000 }] });
  await jobsDone(database);
  const days = { partner: 'rechnung', from: today, to: today };
  await first.get(`/admin/partner-settlements/lines?${new URLSearchParams(days).toString()}`);
  await jobOf(
    parts,
    await first.post('/admin/partner-settlements/lines/payment', { ...days, paidOn: today, reference: 'SEPA 2' }),
  );
  await deal('rechnung', 'DEAL-OFFEN', 5000);

  const settled = await deal('gutschrift', 'AUF-STIMMT', 30_000);
  const refused = [await deal('gutschrift', 'AUF-ABGELEHNT', 7000), await deal('gutschrift', 'AUF-DOCH-NICHT', 8000)];
  await deal('gutschrift', 'AUF-FEHLT', 9000);
  const statement = await upload(
    parts,
    { partner: 'gutschrift', from: today, to: today, currency: 'EUR', documentNumber: 'GS-1' },
    'Code;Betrag\nAUF-STIMMT;270,00\nAUF-ABGELEHNT;0,00\nAUF-DOCH-NICHT;0,00\n',
  );
  await jobOf(parts, await first.post(`${statement}/bookings`, { paidOn: today }));
  const lines = await database
    .knex('partner_statement_lines')
    .where({ finding: 'rejected' })
    .orderBy('file_row')
    .pluck<(number | string)[]>('id');
  expect(lines).to.have.lengthOf(refused.length);
  for (const line of lines)
    expect(
      (await first.post(`${statement}/lines/${String(line)}`, { do: 'rejected', note: 'anderswo eingelöst' })).status,
    ).to.equal(303);
  await giveBack(settled, { lines: [{ code: 'AUF-STIMMT', amount: 10_000 }] });
  await giveBack(refused[1] ?? '', { lines: [{ code: 'AUF-DOCH-NICHT', amount: 8000 }] });
  await jobsDone(database);
}

/** Deals that a partner sells for us: reported before and after the journey, given back in part, refunded, and charged with commission twice. */
async function soldDeals(parts: EveryEvent): Promise<void> {
  const { api, clock, database, first } = parts;
  const { redeem, giveBack } = wordsOf({ ...parts });
  const today = clock.today().split('-').toReversed().join('.');
  await saveEntry(database, 'partner', { id: 'verkauf', name: 'VERKAUF GmbH', parent: null }, 'test', clock.now());
  await inTransaction(database, (trx) =>
    changePartnerDetails(trx, 'verkauf', { ...DEFAULT_PARTNER_DETAILS, dealModel: 'agency' }, 'test', clock.now()),
  );
  const codes = [
    'VK-OFFEN',
    'VK-GEREIST',
    'VK-TEIL',
    'VK-ERSTATTET',
    'VK-VORHER',
    'VK-RESTLICH',
    'VK-NEUER-CODE',
    'VK-PREIS',
  ];
  const ids = new Map<string, string>();
  for (const code of codes) {
    const body = {
      type: 'deal',
      title: code,
      code,
      paidAt: '2029-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
      restrictions: { partner: 'verkauf' },
    };
    ids.set(code, made(await api.post('/vouchers', body)).id);
  }
  const travel = async (code: string, price: number): Promise<string> => {
    const id = await redeem(code, price, { partner: 'verkauf' });
    await jobsDone(database);
    return id;
  };
  const about = { partner: 'verkauf', from: today, to: today, currency: 'EUR' };
  await travel('VK-VORHER', 15_000);
  const report = await upload(
    parts,
    { ...about, documentNumber: 'VM-1' },
    `Code;Preis\n${codes.map((code) => `${code};99,00\n`).join('')}`,
  );
  await jobOf(parts, await first.post(`${report}/bookings`, {}));
  await jobsDone(database);
  await travel('VK-GEREIST', 19_900);
  await travel('VK-RESTLICH', 8000);
  await giveBack(await travel('VK-TEIL', 19_900), { lines: [{ code: 'VK-TEIL', amount: 9950 }] });
  await jobsDone(database);
  expect(
    (await api.post(`/vouchers/${ids.get('VK-NEUER-CODE') ?? ''}/reissue`, { reason: 'verloren' })).status,
  ).to.be.oneOf([200, 201]);
  const later = await upload(
    parts,
    { ...about, documentNumber: 'VM-2' },
    'Code;Preis\nVK-ERSTATTET;-99,00\nVK-PREIS;89,00\n',
  );
  await jobOf(parts, await first.post(`${later}/bookings`, {}));
  const line = await database
    .knex('partner_statement_lines')
    .where({ finding: 'price_differs' })
    .first<{ id: number | string }>('id');
  await first.get(later);
  expect((await first.post(`${later}/lines/${line.id}`, { do: 'accepted', note: '' })).status).to.equal(303);
  for (const [commissionNumber, commissionNet] of [
    ['PR-1', '70,00'],
    ['PR-2', '100,01'],
  ]) {
    await first.get(report);
    await jobOf(
      parts,
      await first.post(`${report}/commission`, {
        commissionNumber: commissionNumber ?? '',
        commissionOn: today,
        commissionNet: commissionNet ?? '',
        commissionVat: '19,00',
      }),
    );
  }
  await first.get(report);
  const payout = (codes.length * 9900 - 1000 - 10_001 - 1900) / 100;
  await jobOf(
    parts,
    await first.post(`${report}/payout`, {
      payoutOn: today,
      payoutAmount: payout.toFixed(2).replace('.', ','),
      payoutReference: 'SEPA 3',
    }),
  );
}

async function upload(
  { url, first }: EveryEvent,
  fields: Readonly<Record<string, string>>,
  content: string,
): Promise<string> {
  const page = await first.get('/admin/partner-settlements/statements');
  const form = new FormData();
  for (const [key, value] of Object.entries({
    _csrf: /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '',
    ...fields,
  }))
    form.set(key, value);
  form.set('file', new Blob([content]), 'aufstellung.csv');
  const answer = await fetch(`${url}/admin/partner-settlements/statements`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { Cookie: [...first.cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
  });
  expect(answer.status).to.equal(303);
  const location = answer.headers.get('location') ?? '';
  await first.get(location);
  return location;
}

async function jobOf({ api }: EveryEvent, answer: Answer): Promise<void> {
  const id = /jobs\/(\d+)/.exec(answer.location ?? '')?.[1] ?? `none: ${answer.status} ${answer.html.slice(0, 2000)}`;
  expect((await api.jobEnd(id)).body.state).to.equal('done');
}
