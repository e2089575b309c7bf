import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { triggerNames } from '../records/tampering.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, testEnvironment, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

const PATH = '/admin/accounting/proof';
const ROOT = join(import.meta.dirname, '../../../..');
const NOW = '2026-08-05T10:00:00Z';

describeOnBothDatabases('the check of the books', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let accountant: Visitor;
  let voucherId = '';

  before(async () => {
    const clock = turningClock(() => NOW);
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    accountant = await signedIn(server.url);
    await allowEverything();
    await makeHistory();
    await closeMonth(database(), '2026-06', 'test', { today: '2026-08-05', now: Date.parse(NOW) });
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyEverything(database().knex, Date.parse(NOW))).problem).to.equal(null);
  });

  /** What somebody could do who has the whole database. */
  async function allowEverything(): Promise<void> {
    for (const name of await triggerNames(database())) await database().knex.raw(`drop trigger ${name}`);
  }

  /** A purchase of 100,00 with two entries, one with a bonus, and a campaign's code, redeemed and given back in part. */
  async function makeHistory(): Promise<void> {
    const sold = { type: 'purchase', paidAt: '2026-06-01' };
    const { body } = await api.post('/vouchers', {
      ...sold,
      title: 'Karte',
      code: 'KARTE-1',
      value: { originalValue: 10_000 },
    });
    voucherId = body.id as string;
    await api.post('/vouchers', {
      ...sold,
      title: 'Bonuskarte',
      code: 'BONUS-1',
      issuePrice: 9000,
      value: { originalValue: 10_000 },
    });
    const campaign = await api.post('/campaigns', {
      type: 'discount',
      title: 'Frühling',
      paidAt: '2026-01-01',
      budget: 100_000,
      value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
    });
    const job = await api.post(`/campaigns/${campaign.body.id as string}/codes`, { codes: ['FRUEH-1'] });
    await api.jobEnd(job.body.id as string);
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(20_000),
      codes: ['KARTE-1'],
      bookingNumber: 'R-4711',
    });
    expect(redeemed.status, JSON.stringify(redeemed.body)).to.equal(201);
    const cheaper = { booking: bookingOf(20_000), codes: ['FRUEH-1'], bookingNumber: 'R-4712' };
    expect((await api.post('/redemptions', cheaper)).status).to.equal(201);
    const back = await api.post(`/redemptions/${redeemed.body.id as string}/reversals`, {
      reason: 'Teilstorno',
      lines: [{ code: 'KARTE-1', amount: 3000 }],
    });
    expect(back.status, JSON.stringify(back.body)).to.equal(201);
    const held = await api.post('/holds', { booking: bookingOf(2000, { reference: 'korb-1' }), codes: ['KARTE-1'] });
    expect(held.status, JSON.stringify(held.body)).to.equal(201);
  }

  interface Tampered {
    readonly found: string;
    readonly table: string;
    readonly where: () => object;
    readonly columns: Readonly<Record<string, unknown>>;
    readonly says: string;
  }

  const ofVoucher = () => ({ id: voucherId });
  const ofBonus = () => ({ bonus_value: 1000 });
  const firstEntry = () => ({ voucher_id: voucherId, position: 1 });
  const paidLine = () => ({ voucher_id: voucherId });
  const TAMPERED: readonly Tampered[] = [
    {
      found: 'a balance',
      table: 'vouchers',
      where: ofVoucher,
      columns: { balance: 9000 },
      says: 'Gutschein G-2026-000001: Der Restwert ist 90,00 €, nach den Buchungen müsste er 30,00 € sein.',
    },
    {
      found: 'uses',
      table: 'vouchers',
      where: ofVoucher,
      columns: { uses: 7 },
      says: 'Vermerkte Einlösungen: 7, gezählte Einlösungen: 1',
    },
    {
      found: 'what is held',
      table: 'hold_lines',
      where: paidLine,
      columns: { amount: 3001 },
      says: 'Reserviert sind 30,01 €, der Restwert ist aber nur 30,00 €',
    },
    {
      found: 'a number of entries',
      table: 'vouchers',
      where: ofVoucher,
      columns: { ledger_count: 5 },
      says: 'Gebucht wurde 5-mal, im Journal stehen 3 Buchungen',
    },
    {
      found: 'the head of a chain',
      table: 'vouchers',
      where: ofVoucher,
      columns: { ledger_head: 'c'.repeat(64) },
      says: 'gehört nicht zu seiner letzten Buchung',
    },
    {
      found: 'an entry',
      table: 'ledger_entries',
      where: firstEntry,
      columns: { cents: 9999 },
      says: 'Gutschein G-2026-000001, Buchung 1: Der Inhalt passt nicht zur Prüfsumme',
    },
    {
      found: 'a link',
      table: 'ledger_entries',
      where: firstEntry,
      columns: { previous_hash: 'c'.repeat(64) },
      says: 'Die Prüfsumme der Buchung davor passt nicht',
    },
    {
      found: 'a bonus',
      table: 'vouchers',
      where: ofBonus,
      columns: { bonus_balance: 1 },
      says: 'Der Bonus im Restwert ist 0,01 €, nach Ausgabepreis und O-Wert müsste er 10,00 € sein',
    },
    {
      found: 'what was given back',
      table: 'redemption_lines',
      where: paidLine,
      columns: { reversed: 3100 },
      says: 'Buchung R-4711, Gutschein G-2026-000001: Als zurückgegeben vermerkt sind 31,00 €, die Stornos ergeben 30,00 €',
    },
    {
      found: 'a booking',
      table: 'redemptions',
      where: () => ({ booking_number: 'R-4711' }),
      columns: { payable: 0 },
      says: 'Buchung R-4711: Die Gutscheine decken zusammen 100,00 €, nach Reisepreis und Zahlbetrag müssten es 200,00 € sein',
    },
    {
      found: 'the sum of a booking',
      table: 'bookings',
      where: () => ({ number_key: 'r-4711' }),
      columns: { redeemed: 9900 },
      says: 'Buchung R-4711: Vermerkt sind 99,00 € als eingelöst, ihre Einlösungen ergeben ohne Stornos 70,00 €',
    },
    {
      found: 'the clearing of a deal',
      table: 'redemption_lines',
      where: paidLine,
      columns: { deal_redeemed_at: 1 },
      says: 'Auf dem Verrechnungskonto des Deals stehen 0,00 €',
    },
    {
      found: 'a budget',
      table: 'campaigns',
      where: () => ({ budget: 100_000 }),
      columns: { budget_used: 2500 },
      says: 'Aktion „Frühling“: Vom Budget verbraucht sind laut Aktion 25,00 €, nach den Einlösungen müssten es 10,00 € sein',
    },
    {
      found: 'a seal',
      table: 'ledger_seals',
      where: () => ({ id: 1 }),
      columns: { hash: 'c'.repeat(64) },
      says: 'Siegel 1: Sein Inhalt passt nicht zu seiner Prüfsumme',
    },
    {
      found: 'sealed entries',
      table: 'ledger_seals',
      where: () => ({ id: 1 }),
      columns: { entries: 4 },
      says: 'Siegel 1: Versiegelt wurden Einträge: 4, im Journal stehen dort: 5',
    },
    {
      found: 'the start of a seal',
      table: 'ledger_seals',
      where: () => ({ id: 1 }),
      columns: { from_id: 2 },
      says: 'Siegel 1 beginnt mit Eintrag 2, nach dem Siegel davor müsste es mit Eintrag 1 beginnen',
    },
    {
      found: 'daily totals',
      table: 'ledger_totals',
      where: () => ({ event: 'redemption' }),
      columns: { cents: 1 },
      says: 'Siegel 1: Die Tagessummen ergeben',
    },
    {
      found: 'a closed month',
      table: 'closed_periods',
      where: () => ({ month: '2026-06' }),
      columns: { entries: 9 },
      says: 'Juni 2026: Beim Abschluss hatte der Monat Einträge: 9, jetzt sind es: 3',
    },
    {
      found: 'a number circle',
      table: 'number_circles',
      where: () => ({ circle: 'voucher' }),
      columns: { last: 8 },
      says: 'Nummernkreis Gutscheinnummer 2026: Die letzte Nummer ist 8, vergeben sind',
    },
  ];

  for (const { found, table, where, columns, says } of TAMPERED) {
    it(`says in German what is off with ${found}, in words and euros, and what to do`, async () => {
      await tampered(table, where(), columns, async () => {
        await accountant.post(`${PATH}/checks`, {});
        const { html } = await accountant.get(PATH);
        const flash = /alert-danger[^]*?<\/div>/.exec(html)?.[0] ?? '';
        const cell = textOfFirstCheck(html);
        expect(plain(cell)).to.contain(says);
        expect(plain(flash)).to.contain(`Die Prüfung fand eine Abweichung. `).and.contain(says);
        expect(plain(cell))
          .to.match(/Bitte .*\./)
          .and.not.match(/≠|\bvoucher\b|\bbalance\b|\bledger\b|c{8}/);
      });
    });
  }

  it('links to the voucher that is off', async () => {
    await tampered('vouchers', ofVoucher(), { balance: 9000 }, async () => {
      await accountant.post(`${PATH}/checks`, {});
      expect(textOfFirstCheck((await accountant.get(PATH)).html)).to.contain(`href="/admin/vouchers/${voucherId}"`);
      expect(plain(textOfFirstCheck((await accountant.get(`${PATH}?lang=en`)).html))).to.contain(
        'Voucher G-2026-000001: its balance is €90.00, by its entries it should be €30.00.',
      );
      await accountant.get(`${PATH}?lang=de`);
    });
  });

  it('asks to check again where an earlier release wrote its finding down in words', async () => {
    const problem = JSON.stringify({ what: 'balance', where: 'voucher 1', expected: '10000', actual: '9000' });
    const row = { started_at: 1, ended_at: 1, vouchers: 1, entries: 1, seals: 0, problem, actor: 'test' };
    await database().knex('verifications').insert(row);
    const { html } = await accountant.get(PATH);
    expect(html).to.contain('Bitte prüfen Sie noch einmal').and.not.contain('voucher 1');
  });

  it('on the command line speaks English, writes amounts plainly and ends with 1', async () => {
    const { url } = database();
    const run = promisify(execFile);
    const verify = (): Promise<{ stdout: string }> =>
      run(process.execPath, [join(ROOT, 'src/verify.ts')], { env: testEnvironment({ DATABASE_URL: url }) });
    expect((await verify()).stdout).to.match(/^The books agree: \d+ vouchers, \d+ ledger entries, \d+ seals\./);
    await tampered('vouchers', ofVoucher(), { balance: 9000 }, async () => {
      const failed = await verify().then(
        () => null,
        (error: unknown) => error as { code: number; stderr: string },
      );
      expect(failed?.code).to.equal(1);
      expect(failed?.stderr).to.contain(
        'The books do not agree. Voucher G-2026-000001: its balance is 90.00 EUR, by its entries it should be 30.00 EUR. Please',
      );
    });
  });

  it('lets the accountant accept a record that somebody put right by hand, with a reason', async () => {
    const path = '/admin/accounting/proof';
    await accountant.get(path);
    await accountant.post(`${path}/seals`, {});
    await database().knex('redemptions').where({ booking_number: 'R-4711' }).update({ channel: 'counter' });
    await accountant.post(`${path}/checks`, {});
    const named = await accountant.get(path);
    expect(plain(named.html))
      .to.contain('Einlösung 1: Der Inhalt ist nicht mehr der')
      .and.contain('Mit Grund anerkennen');
    await accountant.post(`${path}/acceptances`, { table: 'redemptions', key: '1', reason: '' });
    expect(plain((await accountant.get(path)).html)).to.contain('Bitte nennen Sie den Grund.');
    await accountant.post(`${path}/acceptances`, { table: 'orders', key: '1', reason: 'falsch' });
    expect(plain((await accountant.get(path)).html)).to.contain('ist nicht mehr die letzte');
    await accountant.post(`${path}/acceptances`, { table: 'redemptions', key: '1', reason: 'war an der Kasse' });
    expect(plain((await accountant.get(path)).html)).to.contain('Anerkannt. Bitte prüfen Sie noch einmal.');
    await accountant.post(`${path}/checks`, {});
    expect(plain((await accountant.get(path)).html)).to.contain('fand auch diese Stelle in Ordnung');
  });

  async function tampered(
    table: string,
    where: object,
    columns: Readonly<Record<string, unknown>>,
    look: () => Promise<void>,
  ): Promise<void> {
    const { knex } = database();
    const kept = await knex(table)
      .where(where)
      .first<Record<string, unknown>>(...Object.keys(columns));
    await knex(table).where(where).update(columns);
    try {
      await look();
    } finally {
      await knex(table).where(where).update(kept);
    }
  }
});

function textOfFirstCheck(html: string): string {
  return /<h2 class="card-title">(?:Prüfungen|Checks)<\/h2>[^]*?<tbody>([^]*?)<\/tr>/.exec(html)?.[1] ?? '';
}

function plain(html: string): string {
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&nbsp;|\u00a0/g, ' ')
    .replaceAll(/\s+/g, ' ');
}
