import { expect } from 'chai';
import { fixedClock } from '../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../src/platform/secrets/passwords.ts';
import { checkBatch } from './datev/datev-checker.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { historyOf } from '../../support/history.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Visitor } from '../../support/pages.ts';

const PATH = '/admin/accounting';

describeOnBothDatabases('the pages of the accounting', (database) => {
  let server: TestServer;
  let admin: Visitor;
  const { sell, spend, giveBack } = historyOf(database);
  before(async () => {
    server = await startTestServer({ database: database(), clock: fixedClock('2026-07-03T10:00:00Z') });
    admin = await signedIn(server.url);
    await sell('Kauf', 10_000, '2026-06-01', { code: 'KAUF' });
    const redemptionId = (await spend(['KAUF'], 6000, 'RE-2026-4711', '2026-06-09')) ?? '';
    await giveBack(redemptionId, 1000, '2026-06-15');
  });
  after(() => server.close());

  const signIn = async (role: string): Promise<Visitor> => {
    const login = { email: `${role}@example.org`, password: 'a password of somebody' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: role,
        role,
        password_hash: await hashPassword(login.password),
        created_at: 0,
      });
    return signedIn(server.url, login);
  };
  const fields = (html: string): Record<string, string> => {
    const form = html.slice(html.indexOf('<form method="post" action="/admin/accounting/accounts"'));
    const values: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]+)"/.exec(tag)?.[1];
      if (name === undefined || name === '_csrf' || (tag.includes('type="radio"') && !tag.includes(' checked')))
        continue;
      values[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
    }
    for (const [, name = '', options = ''] of form.matchAll(/<select[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g))
      values[name] = /<option value="([^"]*)" selected>/.exec(options)?.[1] ?? '';
    return values;
  };

  it('are for the accountant to write, for the auditor to read, and for nobody else', async () => {
    const [accountant, auditor, agent] = [await signIn('accountant'), await signIn('auditor'), await signIn('agent')];
    for (const page of [
      'journal',
      'balances',
      'payments',
      'exports',
      'periods',
      'accounts',
      'accounts/history',
      'numbers',
      'proof',
      'exports/preview?fromMonth=2026-06&toMonth=2026-06',
    ]) {
      expect((await accountant.get(`${PATH}/${page}`)).status, page).to.equal(200);
      expect((await auditor.get(`${PATH}/${page}`)).status, page).to.equal(200);
      expect((await agent.get(`${PATH}/${page}`)).status, page).to.equal(403);
    }
    for (const action of ['exports', 'periods/2026-06/close', 'accounts', 'proof/seals', 'proof/checks'])
      expect((await auditor.post(`${PATH}/${action}`, {})).status, action).to.equal(403);
    expect((await auditor.get(`${PATH}/accounts`)).html).to.contain('<fieldset class="accounting-setup" disabled>');
    expect((await agent.get('/admin/vouchers')).html).not.to.contain(`${PATH}/journal`);
  });

  it('show the journal with the balance after each entry, filtered and followed', async () => {
    const all = await admin.get(`${PATH}/journal?from=01.06.2026&to=30.06.2026`);
    expect(all.html)
      .to.contain('Storno der Einlösung')
      .and.contain('50,00')
      .and.contain('G-2026-000001')
      .and.contain('1796');
    const booking = await admin.get(`${PATH}/journal?booking=RE-2026-4711`);
    expect(booking.html).to.contain('Einlösung').and.not.contain('>Verkauf</a>');
    expect((await admin.get(`${PATH}/journal?voucher=g-2026-000001&event=sale`)).html).to.contain('>Verkauf</a>');
    expect((await admin.get(`${PATH}/journal?voucher=G-2026-999999`)).status).to.equal(422);
    expect((await admin.get(`${PATH}/journal?from=1.1.2020&to=1.6.2026`)).html).to.contain('höchstens ein Jahr');
    const account = await admin.get(`${PATH}/journal?account=1360&from=1.6.2026&to=30.6.2026`);
    expect(account.html).to.contain('>Verkauf</a>').and.not.contain('>Einlösung</a>');
    expect((await admin.get(`${PATH}/journal?account=9999&from=1.6.2026&to=30.6.2026`)).html).to.contain(
      'Kein Eintrag gefunden',
    );
    const entry = /href="(\/admin\/accounting\/journal\/\d+)">Einlösung/.exec(booking.html)?.[1] ?? '';
    expect((await admin.get(entry)).html)
      .to.contain('Weitere Einträge derselben Einlösung')
      .and.contain('href="/admin/vouchers/')
      .and.contain('noch in keinem Lauf');
    expect((await admin.get(`${PATH}/journal/999999`)).status).to.equal(404);
  });

  it('add up every account, debit equal to credit', async () => {
    const { html } = await admin.get(`${PATH}/balances?from=01.06.2026&to=30.06.2026`);
    expect(html).to.contain('Soll &#x3D; Haben').and.contain('170,00').and.contain('-50,00');
    expect((await admin.get(`${PATH}/balances?from=2.7.2026&to=1.7.2026`)).status).to.equal(422);
  });

  it('tell what vouchers paid on a booking, with their money account', async () => {
    const { html } = await admin.get(`${PATH}/payments?booking=RE-2026-4711`);
    expect(html.replaceAll('\u00a0', ' ')).to.contain('60,00 €').and.contain('-10,00 €').and.contain('1796');
  });

  it('keep every version of the accounts, and what was typed when it is wrong', async () => {
    const typed = fields((await admin.get(`${PATH}/accounts`)).html);
    expect(typed).to.include({ 'accounts[V_KAUF]': '1796', 'datev[accountLength]': '4', discountMethod: 'net' });
    const wrong = await admin.post(`${PATH}/accounts`, {
      ...typed,
      'accounts[BANK]': '12x',
      'datev[consultant]': '7',
      'exceptions[1][role]': 'V_KAUF',
      'exceptions[1][account]': '1797',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.html)
      .to.contain('Bitte 3 Angaben prüfen')
      .and.contain('value="12x"')
      .and.contain('Bitte einen Typ oder eine Marke wählen.');
    const right = {
      ...typed,
      'datev[consultant]': '29098',
      'datev[client]': '55003',
      'company[name]': 'Sonne GmbH',
      'money[purchase]': '1371',
      'accounts[V_DEAL]': '8400',
      note: 'mit Steuerbüro',
    };
    expect((await admin.post(`${PATH}/accounts`, right)).location).to.equal(`${PATH}/accounts`);
    const saved = await admin.get(`${PATH}/accounts`);
    expect(saved.html).to.contain('Gespeichert als Fassung 1.').and.contain('8400').and.contain('Automatikkonto');
    expect((await admin.post(`${PATH}/accounts`, right)).html).to.contain('Inzwischen hat jemand anderes gespeichert');
    expect((await admin.get(`${PATH}/accounts/history`)).html)
      .to.contain('mit Steuerbüro')
      .and.contain('<del>1603</del>');
    expect((await admin.get(`${PATH}/payments?booking=RE-2026-4711`)).html).to.contain('1371');
    expect((await admin.get(`${PATH}/accounts?chart=SKR04`)).html)
      .to.contain('value="3786"')
      .and.contain('Sie gelten erst, wenn Sie speichern');
  });

  it('make a run that can be fetched byte by byte, and taken back only with a reason', async () => {
    expect((await admin.get(`${PATH}/exports/preview?fromMonth=2026-06&toMonth=2026-06`)).html)
      .to.contain('Lauf erstellen')
      .and.contain('1796');
    expect((await admin.get(`${PATH}/exports/preview?fromMonth=2026-06&toMonth=2026-01`)).status).to.equal(422);
    const made = await admin.post(`${PATH}/exports`, { fromMonth: '2026-06', toMonth: '2026-06' });
    const run = made.location ?? '';
    const page = await admin.get(run);
    expect(page.html).to.contain('Lauf EX-2026-000001').and.contain('Verbindlichkeiten');
    const file = /href="([^"]+EXTF_[^"]+)"/.exec(page.html)?.[1] ?? '';
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const fetchBytes = async (): Promise<Buffer> =>
      Buffer.from(await (await fetch(server.url + file, { headers: { cookie } })).arrayBuffer());
    const [first, second] = [await fetchBytes(), await fetchBytes()];
    expect(first.equals(second)).to.equal(true);
    const batch = checkBatch(file.split('/').at(-1) ?? '', first);
    expect(batch.problems).to.deep.equal([]);
    expect(batch.bookings).to.have.length(3);
    expect((await admin.get(`${PATH}/journal?run=${run.split('/').at(-1) ?? ''}`)).html).to.contain('EX-2026-000001');
    expect((await admin.post(`${PATH}/exports`, { fromMonth: '2026-06', toMonth: '2026-06' })).location).to.contain(
      'preview',
    );
    expect((await admin.post(`${run}/undo`, { reason: ' ' })).status).to.equal(422);
    expect((await admin.post(`${run}/undo`, { reason: 'falscher Mandant' })).location).to.equal(run);
    expect((await admin.get(run)).html)
      .to.contain('falscher Mandant')
      .and.contain('zurückgenommen');
    expect((await admin.get(`${run}/undo`)).status).to.equal(409);
    expect((await admin.get(`${run}/files/none.csv`)).status).to.equal(404);
  });

  it('close months in order, and say when one cannot be closed', async () => {
    const page = await admin.get(`${PATH}/periods`);
    expect(page.html)
      .to.contain('Juni 2026 abschließen?')
      .and.contain('3 Einträge davon stehen noch in keinem Export-Lauf');
    await admin.post(`${PATH}/periods/2026-07/close`, {});
    expect((await admin.get(`${PATH}/periods`)).html).to.contain('der Reihe nach');
    await admin.post(`${PATH}/periods/2026-06/close`, {});
    expect((await admin.get(`${PATH}/periods`)).html)
      .to.contain('Juni 2026 ist abgeschlossen: 3 Einträge.')
      .and.contain('abgeschlossen</span>');
    expect((await admin.post(`${PATH}/periods/juni/close`, {})).status).to.equal(404);
  });

  it('seal, check and report numbers', async () => {
    await sell('Neu', 2500, '2026-07-03');
    await admin.post(`${PATH}/proof/seals`, {});
    await admin.post(`${PATH}/proof/checks`, {});
    const { html } = await admin.get(`${PATH}/proof`);
    expect(html)
      .to.contain('Siegel 2 umfasst 1 Eintrag.')
      .and.contain('Alles stimmt: 4 Einträge geprüft.')
      .and.contain('alles stimmt');
    expect((await admin.get(`${PATH}/numbers`)).html)
      .to.contain('G-2026-000002')
      .and.contain('Export-Lauf')
      .and.not.contain('fehlen Nummern');
  });

  it('pack the data for an auditor, and fill the procedure documentation from the settings', async () => {
    await admin.post(`${PATH}/proof/audit-data`, { from: '30.6.2026', to: '1.6.2026' });
    expect((await admin.get(`${PATH}/proof`)).html).to.contain('Bitte zwei Tage');
    const { location } = await admin.post(`${PATH}/proof/audit-data`, { from: '1.6.2026', to: '30.6.2026' });
    for (
      const deadline = Date.now() + 10_000;
      !(await admin.get(location ?? '')).html.includes('Z3_Gutscheine_2026-06-01_2026-06-30.zip') &&
      Date.now() < deadline;
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await admin.get(location ?? '')).html).to.contain('Z3_Gutscheine_2026-06-01_2026-06-30.zip');
    expect((await admin.get(`${location ?? ''}/file`)).status).to.equal(200);
    const procedure = await admin.get(`${PATH}/proof/procedure`);
    expect(procedure.html)
      .to.contain('29098')
      .and.contain('Offen ist derzeit ab 01.07.2026')
      .and.contain('Sonne GmbH')
      .and.contain('1796');
  });

  it('post a discount once the gross method is chosen, and take it back in the same way', async () => {
    await sell('Rabatt', 0, '2026-07-03', {
      type: 'discount',
      code: 'ZEHN',
      usage: { maxUses: 9 },
      value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
    });
    const entries = () =>
      database()
        .knex('ledger_entries')
        .where('booking_number', 'like', 'GROSS-%')
        .orderBy('id')
        .select('booking_number', 'event', 'debit_role', 'credit_role', 'cents');
    const net = (await spend(['ZEHN'], 5000, 'GROSS-0', '2026-07-03')) ?? '';
    expect(await entries()).to.deep.equal([]);
    const changed = await admin.post(`${PATH}/accounts`, {
      ...fields((await admin.get(`${PATH}/accounts`)).html),
      discountMethod: 'gross',
    });
    expect(changed.status).to.equal(303);
    const gross = (await spend(['ZEHN'], 5000, 'GROSS-1', '2026-07-03')) ?? '';
    await giveBack(net, null, '2026-07-03');
    await giveBack(gross, 400, '2026-07-03');
    expect(
      (await entries()).map((row: Record<string, unknown>) => [
        row['booking_number'],
        row['event'],
        row['debit_role'],
        row['credit_role'],
        Number(row['cents']),
      ]),
    ).to.deep.equal([
      ['GROSS-1', 'redemption', 'RABATT', 'DEBITOR', 1000],
      ['GROSS-1', 'redemption_reversal', 'DEBITOR', 'RABATT', 400],
    ]);
    expect((await admin.get(`${PATH}/payments?booking=GROSS-1`)).html).to.contain('Keine Zahlsätze');
    await admin.post(`${PATH}/proof/checks`, {});
    expect((await admin.get(`${PATH}/proof`)).html).to.contain('Alles stimmt');
  });
});
