import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import type { VoucherBody } from '../../../../src/features/vouchers/record/voucher-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, type Visitor } from '../../../support/pages.ts';

const clock = fixedClock('2026-11-23T10:00:00Z');
const moment = clock.moment();
const TRIP = 'wien-walzer';

describeOnBothDatabases('the deal page', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database(), clock });
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal', parent: null }, 'test', moment.now);
    for (const id of ['stadt', 'wandern'])
      await saveEntry(database(), 'theme', { id, name: id, parent: null }, 'test', moment.now);
  });
  after(() => server.close());
  beforeEach(() => database().knex('rate_limits').del());

  const deal = (code: string, more: Partial<VoucherBody> = {}): Promise<unknown> =>
    createVoucher(
      database(),
      { actor: 'test', moment },
      {
        type: 'deal',
        title: `Deal ${code}`,
        code,
        paidAt: moment.today,
        deal: { paysInFull: true, entry: 'deal_page', invoicePartner: false, partnerPrice: null },
        restrictions: { partner: 'citydeal', themes: { include: ['stadt'] } },
        ...more,
      },
    );
  const enter = async (visitor: Visitor, code: string) => {
    await visitor.get('/demo/deals');
    return visitor.post('/demo/deals', { code });
  };
  const choose = async (visitor: Visitor, fields: Record<string, string | readonly string[]> = {}) => {
    const page = await visitor.get(`/demo/deals/trips/${TRIP}`);
    const departure = /name="departure" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    return visitor.post(`/demo/deals/trips/${TRIP}`, {
      departure,
      adults: '2',
      children: '0',
      infants: '0',
      email: '',
      ...fields,
    });
  };
  const confirm = async (visitor: Visitor) => {
    const { html } = await visitor.get('/demo/deals/checkout');
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? '';
    return {
      html,
      answer: await visitor.post('/demo/deals/checkout/confirm', {
        key: field('key'),
        expectedPayable: field('expectedPayable'),
      }),
    };
  };

  it('shows only the trips the code pays, books one, and leaves the extras to be paid', async () => {
    await deal('STADTDEAL');
    const visitor = createVisitor(server.url);
    expect((await enter(visitor, ' stadt-deal ')).location).to.equal('/demo/deals/trips');
    const list = (await visitor.get('/demo/deals/trips')).html;
    expect(list)
      .to.contain(`/demo/deals/trips/${TRIP}`)
      .and.contain('komplett bezahlt')
      .and.not.contain('/demo/deals/trips/lofoten-wandern');
    expect((await choose(visitor, { extras: ['rail', 'excursion', 'nothing'] })).location).to.equal(
      '/demo/deals/checkout',
    );
    const { html, answer } = await confirm(visitor);
    // Two adults: 2 × 78,00 and 2 × 59,00.
    expect(html).to.contain('Zug zum Flug').and.contain('156,00').and.contain('118,00').and.contain('Für 274,00');
    expect(answer.status).to.equal(303);
    const done = await visitor.get(answer.location ?? '');
    expect(done.html).to.contain('Gute Reise').and.contain('274,00');
    const redemption = await database()
      .knex('redemptions')
      .orderBy('id', 'desc')
      .first<{ id: number; payable: number; booking: string }>();
    expect(Number(redemption.payable)).to.equal(0);
    expect(JSON.parse(redemption.booking)).to.include({ entry: 'deal_page', partner: 'citydeal', product: TRIP });
    const entries = await database()
      .knex('ledger_entries')
      .where({ redemption_id: redemption.id })
      .select('debit_role', 'credit_role');
    expect(entries).to.deep.equal([{ debit_role: 'DEAL_CLEARING', credit_role: 'DEBITOR' }]);
    expect((await enter(createVisitor(server.url), 'STADTDEAL')).html).to.contain('role="alert"');
    expect((await verifyBooks(database().knex, moment.now)).problem).to.equal(null);
  });

  it('books once when the last form is sent twice, and shows that booking again', async () => {
    await deal('ZWEIMAL');
    const visitor = createVisitor(server.url);
    await enter(visitor, 'ZWEIMAL');
    await choose(visitor);
    const { answer } = await confirm(visitor);
    const again = await visitor.post('/demo/deals/checkout/confirm', { key: 'another', expectedPayable: '0' });
    expect(again.location).to.equal(answer.location);
    const lines = await database()
      .knex('redemption_lines as l')
      .join('vouchers as v', 'v.id', 'l.voucher_id')
      .where('v.code', 'ZWEIMAL');
    expect(lines).to.have.lengthOf(1);
  });

  it('does not count the visitor’s own booking in hand against the code', async () => {
    await deal('NOCHMAL');
    const visitor = createVisitor(server.url);
    await enter(visitor, 'NOCHMAL');
    await choose(visitor);
    expect((await visitor.get('/demo/deals/trips')).status).to.equal(200);
    expect((await choose(visitor, { adults: '3' })).location).to.equal('/demo/deals/checkout');
    expect((await enter(createVisitor(server.url), 'NOCHMAL')).status).to.equal(422);
  });

  it('keeps a deal of another amount as a part and asks for the rest', async () => {
    await deal('TEILDEAL', {
      value: { tiers: [{ minTripPrice: 0, amount: 20_000 }] },
      deal: { paysInFull: false, entry: 'both', invoicePartner: false, partnerPrice: null },
    });
    const visitor = createVisitor(server.url);
    await enter(visitor, 'TEILDEAL');
    expect((await visitor.get('/demo/deals/trips')).html).to.contain('noch zu zahlen');
    await choose(visitor);
    const { html } = await confirm(visitor);
    // 1.055,00 less 200,00.
    expect(html).to.contain('855,00');
  });

  for (const [what, prepare, code, sentence] of [
    ['an unknown code', null, 'GIBTESNICHT', 'Code'],
    ['no code', null, '', 'Bitte den Code Ihres Deals eingeben.'],
    [
      'a deal of the booking flow only',
      () =>
        deal('NURBUCHUNG', {
          deal: { paysInFull: true, entry: 'booking_flow', invoicePartner: false, partnerPrice: null },
        }),
      'NURBUCHUNG',
      '',
    ],
    [
      'a discount',
      () =>
        createVoucher(
          database(),
          { actor: 'test', moment },
          { type: 'discount', title: 'Rabatt', code: 'NURRABATT', value: { tiers: [{ minTripPrice: 0, percent: 5 }] } },
        ),
      'NURRABATT',
      'nur Deal-Gutscheine',
    ],
    ['an expired deal', () => deal('ALTERDEAL', { validity: { bookUntil: '2026-01-31' } }), 'ALTERDEAL', '31.01.2026'],
    [
      'a deal no trip fits',
      () => deal('KEINEREISE', { validity: { travelFrom: '2031-01-01' } }),
      'KEINEREISE',
      'gerade keine passende Reise',
    ],
  ] as const) {
    it(`refuses ${what} in a sentence and keeps what was typed`, async () => {
      await prepare?.();
      const answer = await enter(createVisitor(server.url), code);
      expect(answer.status).to.equal(422);
      expect(answer.html).to.contain('role="alert"').and.contain(sentence).and.contain(`value="${code}"`);
    });
  }

  it('takes a partner’s deal in the normal booking flow where the deal allows it', async () => {
    await deal('BEIDES', { deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null } });
    await deal('NURSEITE');
    const visitor = createVisitor(server.url);
    const page = await visitor.get(`/demo/trips/${TRIP}`);
    const departure = /name="departure" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    await visitor.post(`/demo/trips/${TRIP}`, {
      departure,
      adults: '2',
      children: '0',
      infants: '0',
      email: '',
      code: '',
    });
    await visitor.get('/demo/checkout');
    expect((await visitor.post('/demo/checkout/codes', { code: 'NURSEITE' })).html).to.contain(
      'auf der Deal-Seite ein',
    );
    expect((await visitor.post('/demo/checkout/codes', { code: 'BEIDES' })).status).to.equal(303);
    expect((await visitor.get('/demo/checkout')).html).to.contain('Nichts mehr zu zahlen');
  });

  it('sends a visitor without a deal to its first page', async () => {
    const visitor = createVisitor(server.url);
    for (const path of ['/demo/deals/trips', `/demo/deals/trips/${TRIP}`, '/demo/deals/checkout']) {
      expect((await visitor.get(path)).location, path).to.equal('/demo/deals');
    }
    expect((await visitor.get('/demo/deals/confirmation/1')).status).to.equal(404);
  });

  // The last one: the block stays with the process.
  it('throttles guessing', async () => {
    const visitor = createVisitor(server.url);
    const statuses: number[] = [];
    for (let turn = 0; turn < 14; turn++) statuses.push((await enter(visitor, `RATEN${turn}`)).status);
    expect(statuses.at(-1)).to.equal(429);
  });
});
