import { expect } from 'chai';
import { buffer } from 'node:stream/consumers';
import {
  filesOfRun,
  readRun,
  readRunFile,
  sealRun,
  writeRun,
} from '../../../../src/features/accounting/datev/export-run-service.ts';
import type { RunSummary } from '../../../../src/features/accounting/datev/export-protocol-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { openItems } from '../../../../src/features/accounting/reports/open-item-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import {
  changePartnerDetails,
  DEFAULT_PARTNER_DETAILS,
  type PartnerDetails,
} from '../../../../src/features/catalogue/partner-service.ts';
import {
  acceptDerecognition,
  proposeDerecognition,
} from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { reactivateVoucher } from '../../../../src/features/vouchers/ending/reactivation-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { checkBatch } from '../../accounting/datev/datev-checker.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { jobsDone } from '../../../support/jobs-done.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

const STATEMENTS = '/admin/partner-settlements/statements';

describeOnBothDatabases('deals that a partner sells for us', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let bookings = 0;
  const { today } = { today: systemClock('Europe/Berlin').today() };
  const shortToday = today.split('-').toReversed().join('.');

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await partner('agentur', { dealModel: 'agency', debtorAccount: '10088' });
    await partner('zurueck', { dealModel: 'agency', expiredDeals: 'partner' });
    await partner('andere', { dealModel: 'agency' });
  });
  after(() => server.close());
  afterEach('the books agree, and what is owed is the sum of the single vouchers', async () => {
    await jobsDone(database());
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    const report = await liabilityReport(database().knex, {
      from: `${today.slice(0, 7)}-01`,
      on: today,
      knownUntil: null,
    });
    for (const { check, expected, actual } of report.checks) expect(actual, check).to.equal(expected);
    const instants = await database()
      .knex('ledger_entries')
      .distinct('recorded_at')
      .orderBy('recorded_at', 'desc')
      .limit(6)
      .select<{ recorded_at: number | string }[]>('recorded_at');
    for (const { recorded_at: knownUntil } of instants) {
      const earlier = await liabilityReport(database().knex, {
        from: `${today.slice(0, 7)}-01`,
        on: today,
        knownUntil: Number(knownUntil),
      });
      for (const { check, expected, actual } of earlier.checks)
        expect(actual, `${check} as known on ${knownUntil}`).to.equal(expected);
    }
  });

  async function partner(id: string, more: Partial<PartnerDetails>): Promise<void> {
    await saveEntry(database(), 'partner', { id, name: `${id.toUpperCase()} GmbH`, parent: null }, 'test', Date.now());
    await inTransaction(database(), (trx) =>
      changePartnerDetails(trx, id, { ...DEFAULT_PARTNER_DETAILS, ...more }, 'test', Date.now()),
    );
  }

  async function deal(code: string, partnerId = 'agentur', more: object = {}): Promise<string> {
    const made = await api.post('/vouchers', {
      type: 'deal',
      title: `Deal ${code}`,
      code,
      paidAt: '2026-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
      restrictions: { partner: partnerId },
      ...more,
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return String(made.body.id);
  }

  async function redeem(code: string, price: number, partnerId = 'agentur'): Promise<string> {
    bookings += 1;
    const answer = await api.post('/redemptions', {
      booking: bookingOf(price, { partner: partnerId }),
      codes: [code],
      bookingNumber: `PV-${bookings}`,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    await jobsDone(database());
    return String(answer.body.id);
  }

  async function endOf(answer: Answer): Promise<Record<string, unknown>> {
    expect(answer.status, answer.html).to.equal(303);
    const job = (await api.jobEnd(answer.location?.split('/').at(-1) ?? '')).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    await jobsDone(database());
    return job.result as Record<string, unknown>;
  }

  /** Debits less credits of each role over all entries of these vouchers. */
  async function balances(...voucherIds: string[]): Promise<Record<string, number>> {
    const rows = await database()
      .knex('ledger_entries')
      .whereIn('voucher_id', voucherIds)
      .select<{ debit_role: string; credit_role: string; cents: number | string }[]>();
    const sums: Record<string, number> = {};
    for (const { debit_role: debit, credit_role: credit, cents } of rows) {
      sums[debit] = (sums[debit] ?? 0) + Number(cents);
      sums[credit] = (sums[credit] ?? 0) - Number(cents);
    }
    return Object.fromEntries(Object.entries(sums).filter(([, cents]) => cents !== 0));
  }

  async function report(
    documentNumber: string,
    rows: readonly string[],
    partnerId = 'agentur',
    heading = 'Code;Kaufpreis;Status',
  ): Promise<string> {
    const page = await admin.get(STATEMENTS);
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    for (const [key, value] of Object.entries({
      partner: partnerId,
      from: shortToday,
      to: shortToday,
      currency: 'EUR',
      documentNumber,
    }))
      form.set(key, value);
    form.set('file', new Blob([[heading, ...rows].join('\r\n')]), 'verkauf.csv');
    const answer = await fetch(server.url + STATEMENTS, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: {
        Cookie: [...admin.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'Accept-Language': 'de',
      },
    });
    expect(answer.status, await answer.text()).to.equal(303);
    return answer.headers.get('location') ?? '';
  }

  const findings = async (location: string): Promise<string[]> =>
    (
      await database()
        .knex('partner_statement_lines')
        .where({ statement_id: location.split('/').at(-1) })
        .orderBy('file_row')
        .select<{ finding: string }[]>('finding')
    ).map(({ finding }) => finding);
  const book = async (location: string): Promise<Record<string, unknown>> =>
    endOf(await admin.post(`${location}/bookings`, {}));
  const status = async (id: string): Promise<unknown> => (await api.get(`/vouchers/${id}`)).body.status;

  it('owes the holder the price from the sale on, and shares commission and payout out to the cent', async () => {
    const ids = [await deal('AG-EINS'), await deal('AG-ZWEI'), await deal('AG-DREI')];
    const location = await report('VM-1', [
      'AG-EINS;99,00;verkauft',
      'AG-ZWEI;33,33;verkauft',
      'AG-DREI;0,01;verkauft',
      'AG-EINS;99,00;verkauft',
      'AG-NIX;10,00;verkauft',
    ]);
    expect(await findings(location)).to.deep.equal(['sold', 'sold', 'sold', 'twice', 'unknown_code']);
    const early = await admin.post(`${location}/payout`, {
      payoutOn: shortToday,
      payoutAmount: '132,34',
      payoutReference: 'SEPA',
    });
    expect(early.status).to.equal(422);
    expect(early.html).to.contain('zuerst die offenen Verkäufe');
    expect(await book(location)).to.include({ settled: 3, untouched: 0 });
    expect(await balances(...ids)).to.deep.equal({ DEBITOR_PARTNER: 13_234, V_DEAL: -13_234 });
    const items = await openItems(database().knex, { day: today, knownUntil: null }, '0', 500);
    expect(items.filter(({ type }) => type === 'deal').map(({ cents, account }) => [cents, account])).to.deep.equal([
      [9900, '1603'],
      [3333, '1603'],
      [1, '1603'],
    ]);
    const tooHigh = await admin.post(`${location}/commission`, {
      commissionNumber: 'PR-1',
      commissionOn: shortToday,
      commissionNet: '132,34',
      commissionVat: '0,01',
    });
    expect(tooHigh.status).to.equal(422);
    expect(tooHigh.html).to.contain('höher als die Verkäufe von 132,34').and.contain('value="PR-1"');
    await endOf(
      await admin.post(`${location}/commission`, {
        commissionNumber: 'PR-1',
        commissionOn: shortToday,
        commissionNet: '10,00',
        commissionVat: '0',
      }),
    );
    await endOf(
      await admin.post(`${location}/commission`, {
        commissionNumber: 'PR-2',
        commissionOn: shortToday,
        commissionNet: '20,00',
        commissionVat: '3,80',
      }),
    );
    expect(await balances(...ids)).to.deep.equal({
      DEBITOR_PARTNER: 13_234 - 2380,
      V_DEAL: -13_234,
      COMMISSION: 2000,
      INPUT_VAT: 380,
    });
    const wrong = await admin.post(`${location}/payout`, {
      payoutOn: shortToday,
      payoutAmount: '108,55',
      payoutReference: 'SEPA 7',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.html)
      .to.contain('zahlt der Partner 108,54')
      .and.contain('value="SEPA 7"')
      .and.contain('value="108,55"');
    await endOf(
      await admin.post(`${location}/payout`, {
        payoutOn: shortToday,
        payoutAmount: '108,54',
        payoutReference: 'SEPA 7',
      }),
    );
    expect(await balances(...ids)).to.deep.equal({ BANK: 10_854, V_DEAL: -13_234, COMMISSION: 2000, INPUT_VAT: 380 });
    for (const id of ids) expect((await balances(id))['DEBITOR_PARTNER']).to.equal(undefined);
    expect(
      (
        await admin.post(`${location}/payout`, {
          payoutOn: shortToday,
          payoutAmount: '108,54',
          payoutReference: 'SEPA 7',
        })
      ).status,
    ).to.equal(422);
    expect((await admin.get(location)).html).to.contain('gezahlt am');
    const journal = await admin.get('/admin/accounting/journal?event=deal_sale');
    expect(journal.html).to.contain('>10088<').and.contain('Verkauf durch Partner').and.contain('VM-1');
  });

  it('takes the price paid from what is owed when the deal is redeemed, the rest being a price cut, and owes it again after a reversal', async () => {
    const id = await deal('AG-REISE');
    await book(await report('VM-2', ['AG-REISE;99,00;']));
    const redemption = await redeem('AG-REISE', 19_900);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 9900, DEBITOR: -19_900, RABATT: 10_000 });
    const page = await admin.get(
      `/admin/partner-settlements/lines?${new URLSearchParams({ partner: 'agentur', from: shortToday, to: shortToday }).toString()}`,
    );
    expect(page.html)
      .to.contain('aus Verkauf gedeckt')
      .and.contain('Auszahlung im Partnerkonto')
      .and.contain('/admin/accounting/partners/agentur')
      .and.not.contain('ausgeglichen')
      .and.not.contain('noch abzurechnen')
      .and.not.contain('weicht ab');
    expect(
      (
        await api.post(`/redemptions/${redemption}/reversals`, {
          lines: [{ code: 'AG-REISE', amount: 9950 }],
          reason: 'Ein Reisender weniger',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 9900, DEBITOR: -9950, RABATT: 5000, V_DEAL: -4950 });
    expect(
      (
        await api.post(`/redemptions/${redemption}/reversals`, {
          lines: [{ code: 'AG-REISE', amount: 9950 }],
          reason: 'Storno',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 9900, V_DEAL: -9900 });
    await redeem('AG-REISE', 8000);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 9900, DEBITOR: -8000, V_DEAL: -1900 });
  });

  it('makes the code of a deal work that nobody had set as paid, from the report on', async () => {
    const id = await deal('AG-OFFEN', 'agentur', { paidAt: null });
    const booking = bookingOf(5000, { partner: 'agentur' });
    const quote = async (): Promise<unknown> =>
      (await api.post('/quotes', { booking, codes: ['AG-OFFEN'] })).body.rejected[0]?.reason;
    expect(await quote()).to.equal('not_paid');
    await book(await report('VM-OFFEN', ['AG-OFFEN;99,00;verkauft']));
    expect(await quote()).to.equal(undefined);
    expect((await api.get(`/vouchers/${id}`)).body).to.include({ status: 'active', paidAt: today });
    await redeem('AG-OFFEN', 19_900);
    expect((await balances(id))['V_DEAL'] ?? 0).to.equal(0);
  });

  it('covers a journey by a sale that is reported after it, and shows journeys whose sale nobody reported', async () => {
    const [id, other] = [await deal('AG-SPAET'), await deal('AG-NIE-GEMELDET')];
    await redeem('AG-SPAET', 20_000);
    await redeem('AG-NIE-GEMELDET', 5000);
    expect(await balances(id)).to.deep.equal({ DEAL_CLEARING: 20_000, DEBITOR: -20_000 });
    const location = await report('VM-3', ['AG-SPAET;120,00;']);
    await book(location);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 12_000, DEBITOR: -20_000, RABATT: 8000 });
    const missing = await admin.get(`${location}?finding=not_paid`);
    expect(missing.html)
      .to.contain('eingelöst, nie als verkauft gemeldet')
      .and.contain(`/admin/vouchers/${other}`)
      .and.not.contain(`/admin/vouchers/${id}`);
  });

  it('cancels the code where the partner gave the price back, unless somebody travelled with it', async () => {
    const [back, gone, foreign] = [
      await deal('AG-ZURUECK'),
      await deal('AG-GEREIST'),
      await deal('AG-ANDERE', 'andere'),
    ];
    await book(await report('VM-4', ['AG-ZURUECK;50,00;', 'AG-GEREIST;60,00;']));
    await redeem('AG-GEREIST', 6000);
    const location = await report('VM-5', [
      'AG-ZURUECK;50,00;erstattet',
      'AG-GEREIST;-60,00;',
      'AG-ANDERE;10,00;',
      'AG-ZURUECK;40,00;erstattet',
      'AG-GEREIST;0,00;',
    ]);
    expect(await findings(location)).to.deep.equal([
      'refunded',
      'refunded_redeemed',
      'other_partner',
      'already_reported',
      'no_price',
    ]);
    expect(await book(location)).to.include({ settled: 1 });
    expect(await balances(back)).to.deep.equal({});
    expect(await status(back)).to.equal('cancelled');
    expect(await status(gone)).to.equal('redeemed');
    expect(await balances(foreign)).to.deep.equal({});
    const refused = await api.post('/quotes', {
      booking: bookingOf(10_000, { partner: 'agentur' }),
      codes: ['AG-ZURUECK'],
    });
    expect(refused.body).to.have.nested.property('rejected[0]');
    await endOf(
      await admin.post(`${location}/payout`, {
        payoutOn: shortToday,
        payoutAmount: '-50,00',
        payoutReference: 'Verrechnet',
      }),
    );
    expect(await balances(back)).to.deep.equal({ DEBITOR_PARTNER: 5000, BANK: -5000 });
  });

  it('gives back no earlier than it was sold, though the report tells of an earlier time', async () => {
    const id = await deal('AG-FRUEHER');
    await book(await report('VM-FRUEHER-1', ['AG-FRUEHER;50,00;']));
    const location = await report('VM-FRUEHER-2', ['AG-FRUEHER;50,00;erstattet']);
    const earlier = '2026-01-02';
    await database()
      .knex('partner_statements')
      .where({ id: location.split('/').at(-1) })
      .update({ from_on: earlier, to_on: earlier });
    expect(await book(location)).to.include({ settled: 1 });
    const days = await database()
      .knex('ledger_entries')
      .where({ voucher_id: id })
      .orderBy('position')
      .pluck('posted_on');
    expect(days).to.deep.equal([today, today]);
  });

  it('accepts another price for a deal nobody redeemed', async () => {
    const id = await deal('AG-PREIS');
    await book(await report('VM-6', ['AG-PREIS;90,00;']));
    const location = await report('VM-7', ['AG-PREIS;80,00;']);
    expect(await findings(location)).to.deep.equal(['price_differs']);
    const line = await database()
      .knex('partner_statement_lines')
      .where({ statement_id: location.split('/').at(-1) })
      .first<{ id: number | string }>('id');
    await admin.get(location);
    expect((await admin.post(`${location}/lines/${line.id}`, { do: 'accepted', note: '' })).status).to.equal(303);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 8000, V_DEAL: -8000 });
    await redeem('AG-PREIS', 8000);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 8000, DEBITOR: -8000 });
  });

  it('follows the deal to a new code', async () => {
    const id = await deal('AG-VERLOREN');
    await book(await report('VM-8', ['AG-VERLOREN;70,00;']));
    const answer = await api.post(`/vouchers/${id}/reissue`, { reason: 'Code verloren' });
    expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf([200, 201]);
    const replaced = String(answer.body.id);
    expect(await balances(id)).to.deep.equal({ DEBITOR_PARTNER: 7000, TRANSFER: -7000 });
    expect(await balances(replaced)).to.deep.equal({ TRANSFER: 7000, V_DEAL: -7000 });
    expect(await findings(await report('VM-9', ['AG-VERLOREN;70,00;']))).to.deep.equal(['ended']);
    const redemption = await redeem(String(answer.body.code), 10_000);
    expect(await balances(id, replaced)).to.deep.equal({ DEBITOR_PARTNER: 7000, DEBITOR: -10_000, RABATT: 3000 });
    await api.post(`/redemptions/${redemption}/reversals`, {
      lines: [{ code: String(answer.body.code), amount: 10_000 }],
      reason: 'Storno',
    });
    await jobsDone(database());
    expect(await balances(id, replaced)).to.deep.equal({ DEBITOR_PARTNER: 7000, V_DEAL: -7000 });
  });

  it('follows a redeemed deal to a new code, and what is given back afterwards too', async () => {
    const id = await deal('AG-WECHSEL', 'agentur', { usage: { maxUses: 2 } });
    await book(await report('VM-12', ['AG-WECHSEL;70,00;']));
    const redemption = await redeem('AG-WECHSEL', 10_000);
    expect(
      (
        await api.post(`/redemptions/${redemption}/reversals`, {
          lines: [{ code: 'AG-WECHSEL', amount: 5000 }],
          reason: 'Teil',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    const answer = await api.post(`/vouchers/${id}/reissue`, { reason: 'Code verloren' });
    expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf([200, 201]);
    expect(
      (
        await api.post(`/redemptions/${redemption}/reversals`, {
          lines: [{ code: 'AG-WECHSEL', amount: 2500 }],
          reason: 'Noch ein Teil',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    const replaced = String(answer.body.id);
    expect(await balances(id, replaced)).to.deep.equal({
      DEBITOR_PARTNER: 7000,
      DEBITOR: -2500,
      RABATT: 750,
      V_DEAL: -5250,
    });
    expect((await balances(replaced))['V_DEAL']).to.equal(-5250);
  });

  it('ends what nobody redeemed as income or as the partner’s, by the contract, after a second person agreed', async () => {
    const [ours, theirs] = [await deal('AG-VERJAEHRT'), await deal('ZU-VERJAEHRT', 'zurueck')];
    await book(await report('VM-10', ['AG-VERJAEHRT;45,00;']));
    await book(await report('VM-11', ['ZU-VERJAEHRT;55,00;'], 'zurueck'));
    const moment = { now: Date.now(), today };
    const barredOn = `${Number(today.slice(0, 4)) + 4}-01-01`;
    const run = await proposeDerecognition(database(), { actor: 'user:1', moment }, barredOn);
    if (run === null) throw new Error('nothing proposed');
    await api.jobEnd(await acceptDerecognition(database(), { actor: 'user:2', moment }, run));
    await jobsDone(database());
    expect(await balances(ours)).to.deep.equal({ DEBITOR_PARTNER: 4500, BREAKAGE: -4500 });
    expect(await balances(theirs)).to.deep.equal({});
    expect(await status(ours)).to.equal('derecognised');
    await inTransaction(database(), (trx) => reactivateVoucher({ trx, actor: 'system', moment }, theirs, 'Kulanz'));
    expect(await balances(theirs)).to.deep.equal({ DEBITOR_PARTNER: 5500, V_DEAL: -5500 });
  });

  it('are in the files of a run as they were sealed, whatever account the partner has by then', async () => {
    await deal('AG-DATEV');
    await book(await report('VM-DATEV', ['AG-DATEV;71,00;']));
    const { id: setupId, setup } = await currentSetup(database().knex);
    const datev = { ...setup.datev, consultant: '29098', client: '55003' };
    await saveSetup(database(), { ...setup, datev }, setupId, null, 'test', 1);
    const months = { fromMonth: today.slice(0, 7), toMonth: today.slice(0, 7) };
    const moment = { now: Date.now(), today, timeZone: 'Europe/Berlin' };
    const runId = await sealRun(database(), months, 'test', moment);
    await partner('agentur', { dealModel: 'agency', debtorAccount: '10099' });
    await writeRun(database(), runId, moment);
    const files = await filesOfRun(database().knex, runId);
    const datevFile = files.find(({ kind }) => kind === 'datev');
    if (datevFile === undefined) throw new Error('no file for DATEV');
    const { content } = await readRunFile(database().knex, runId, datevFile.name);
    const { bookings: written } = checkBatch(datevFile.name, await buffer(content));
    expect(written.filter(({ debit }) => debit === '10088').length).to.be.greaterThan(0);
    const sums = new Map<string, [debit: number, credit: number]>();
    for (const { debit, credit, cents } of written)
      for (const [account, side] of [
        [debit, 0],
        [credit, 1],
      ] as const) {
        const sum = sums.get(account) ?? [0, 0];
        sum[side] += cents;
        sums.set(account, sum);
      }
    const { accounts } = (await readRun(database().knex, runId)).summary as RunSummary;
    expect(accounts.map(({ account, debit, credit }) => [account, [debit, credit]])).to.deep.equal(
      [...sums].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    expect(await database().knex('export_bookings')).to.deep.equal([]);
    await partner('agentur', { dealModel: 'agency', debtorAccount: '10088' });
  });
});
