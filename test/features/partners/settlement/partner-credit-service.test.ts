import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { openCredits } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../../../src/features/catalogue/partner-service.ts';
import { creditsOfLines } from '../../../../src/features/partners/settlement/partner-credit-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { jobsDone } from '../../../support/jobs-done.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { balanceOfRole, debtorsOn } from '../../accounting/reports/debtor-books.ts';

describeOnBothDatabases('what a partner paid and no longer owes', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  const clock = turningClock(() => '2026-07-03T10:00:00Z');
  const LINES = '/admin/partner-settlements/lines';
  const knex = () => database().knex;

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
    await saveEntry(database(), 'partner', { id: 'city', name: 'CityDeal GmbH', parent: null }, 'test', clock.now());
    await inTransaction(database(), (trx) =>
      changePartnerDetails(trx, 'city', { ...DEFAULT_PARTNER_DETAILS, invoiceTiming: 'at_once' }, 'test', clock.now()),
    );
  });
  after(() => server.close());

  const redeem = async (
    code: string,
    price: number,
  ): Promise<{ id: string; invoice: { id: string; number: string } }> => {
    await api.post('/vouchers', {
      ...{ type: 'deal', title: code, code, paidAt: '2026-07-01', restrictions: { partner: 'city' } },
      deal: { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice: null },
    });
    const body = { booking: bookingOf(price, { partner: 'city' }), codes: [code], bookingNumber: `R-${code}` };
    const { id } = (await api.post('/redemptions', body)).body as { id: string };
    await jobsDone(database());
    const invoice = await knex()('partner_invoices').where({ redemption_id: id }).first('id', 'number');
    return { id, invoice: { id: String(invoice.id), number: invoice.number as string } };
  };
  const pay = async (id: string): Promise<void> => {
    await agent.get(`/admin/partner-invoices/${id}`);
    await agent.post(`/admin/partner-invoices/${id}/payment`, { paidOn: '03.07.2026', reference: 'SEPA 1' });
  };
  const giveBack = async (id: string, amount: number | null): Promise<void> => {
    await api.post(`/redemptions/${id}/reversals`, { reason: 'Storno', ...(amount === null ? {} : { amount }) });
    await jobsDone(database());
  };
  const page = async (): Promise<string> =>
    (await agent.get(`${LINES}?partner=city&from=01.07.2026&to=31.07.2026`)).html;

  it('is a task that names the partner, and is told on the settlement until it is paid', async () => {
    const { id, invoice } = await redeem('STORNIERT', 8000);
    await pay(invoice.id);
    expect(await page()).to.contain('ausgeglichen');
    await giveBack(id, null);
    const [credit, ...others] = await openCredits(knex(), 'city');
    expect([credit?.cents, credit?.payee, others.length]).to.deep.equal([8000, 'CityDeal GmbH', 0]);
    expect(await page())
      .to.contain(credit?.number)
      .and.contain('Guthaben des Partners')
      .and.not.contain('>ausgeglichen<');
    expect(await debtorsOn(knex(), '2026-07-03')).to.deep.equal({ refunds: 8000 });
    await agent.get(`/admin/refunds/${credit?.id ?? ''}`);
    await agent.post(`/admin/refunds/${credit?.id ?? ''}/payment`, { paidOn: '03.07.2026', reference: 'SEPA 2' });
    expect(await balanceOfRole(knex(), 'DEBITOR_PARTNER', '2026-07-03')).to.equal(0);
    expect(await balanceOfRole(knex(), 'BANK', '2026-07-03')).to.equal(0);
    expect(await page())
      .to.contain('ausgeglichen')
      .and.not.contain(credit?.number);
  });

  it('pays the invoice about the rest, and only what is more is owed back', async () => {
    const { id, invoice } = await redeem('HALB', 10_000);
    await pay(invoice.id);
    await giveBack(id, 4000);
    const [live] = await knex()('partner_invoices').where({ redemption_id: id }).whereNotNull('live_line_id').select();
    expect([live.state, Number(live.owed)]).to.deep.equal(['paid', 6000]);
    const [credit] = await openCredits(knex(), 'city');
    expect(credit?.cents).to.equal(4000);
    expect((await creditsOfLines(knex(), [String(live.live_line_id)])).get(String(live.live_line_id))).to.deep.equal({
      credited: 4000,
      given: 0,
      received: 0,
    });
  });

  it('is set off against an open invoice, whose rest alone is paid then', async () => {
    const { invoice } = await redeem('OFFEN', 9000);
    const [credit] = await openCredits(knex(), 'city');
    await page();
    const setOff = (invoiceNumber: string) =>
      agent.post(`${LINES}/credits/${credit?.id ?? ''}`, { partner: 'city', invoiceNumber });
    await setOff('AB-2026-999999');
    expect(await page()).to.contain('gibt es nicht');
    await setOff(invoice.number);
    expect(await openCredits(knex(), 'city')).to.deep.equal([]);
    await pay(invoice.id);
    expect(await balanceOfRole(knex(), 'DEBITOR_PARTNER', '2026-07-03')).to.equal(0);
    // 6000 of the rest and 9000 of the new one, of which 4000 had been paid before.
    expect(await balanceOfRole(knex(), 'BANK', '2026-07-03')).to.equal(15_000);
    expect(await page())
      .to.contain('ausgeglichen')
      .and.not.contain('Guthaben des Partners');
    await setOff(invoice.number);
    expect(await page()).to.contain('schon gezahlt, verrechnet');
    expect((await verifyEverything(knex(), clock.now())).problem).to.equal(null);
  });
});
