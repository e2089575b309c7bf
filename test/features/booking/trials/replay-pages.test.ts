import { expect } from 'chai';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

const PATH = '/admin/booking-test/replay';

describeOnBothDatabases('the replay of a campaign', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  let campaign: string;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
    await api.put('/catalogue/regions/AT', { name: 'Österreich' });
    await api.put('/catalogue/regions/AT-9', { name: 'Wien', parent: 'AT' });
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Egal',
      code: 'EGAL',
      value: { tiers: [{ minTripPrice: 0, amount: 1 }] },
      usage: { maxUses: null },
    });
    const bookings = [
      [50_000, 'AT-9'],
      [120_000, 'AT-9'],
      [200_000, 'IT'],
    ] as const;
    for (const [index, [price, region]] of bookings.entries()) {
      await api.post('/redemptions', {
        booking: bookingOf(price, { regions: [region] }),
        codes: ['EGAL'],
        bookingNumber: `P-${index}`,
      });
    }
    const body = {
      type: 'discount',
      title: 'Herbst',
      budget: 5000,
      value: { tiers: [{ minTripPrice: 100_000, percent: 10 }] },
      restrictions: { regions: { include: ['AT'] } },
      validity: { bookFrom: '2030-01-01' },
    };
    campaign = (await api.post('/campaigns', body)).body.id as string;
  });
  after(() => server.close());

  const plain = (html: string): string => html.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/\s+/g, ' ');
  async function formOf(): Promise<Record<string, string>> {
    const { html } = await agent.get(`${PATH}?campaign=${campaign}`);
    const tiers = /<textarea[^>]*name="tiers"[^>]*>([^<]*)</.exec(html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    const value = (name: string): string => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '';
    const regions = /<textarea[^>]*name="regions"[^>]*>([^<]*)</.exec(html)?.[1] ?? '';
    return {
      campaign,
      regions,
      tiers,
      multiplier: 'booking',
      from: value('from'),
      until: value('until'),
      past: 'true',
    };
  }
  async function resultOf(answer: Answer): Promise<{ text: string; csv: string }> {
    expect(answer.status, answer.html).to.equal(303);
    const id = answer.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body.state).to.equal('done');
    expect((await agent.get(`/admin/jobs/${id}`)).html).to.contain(`href="${PATH}/${id}"`);
    return {
      text: plain((await agent.get(`${PATH}/${id}`)).html),
      csv: (await agent.get(`/admin/jobs/${id}/file`)).html,
    };
  }
  /** A form with a file is sent as browsers send it. */
  async function upload(fields: Record<string, string>, list: string): Promise<Answer> {
    const page = await agent.get(`${PATH}?campaign=${campaign}`);
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    for (const [name, text] of Object.entries(fields)) form.set(name, text);
    form.set('list', new Blob([list]), 'buchungen.csv');
    const cookie = [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(server.url + PATH, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'de' },
    });
    return {
      status: answer.status,
      headers: answer.headers,
      html: await answer.text(),
      location: answer.headers.get('location'),
    };
  }

  it('says how many past bookings qualify, what it costs, by tier, and why the others do not', async () => {
    expect((await agent.get(PATH)).html).to.contain('Herbst');
    const { text, csv } = await resultOf(await agent.post(PATH, await formOf()));
    expect(text)
      .to.contain('Würden gelten</dt><dd>1 (33,33 %)')
      .and.contain('120,00 €')
      .and.contain('mehr als das Budget von 50,00 €');
    expect(text).to.contain('Mindestreisepreis (Min-RP)').and.contain('Regionen').and.not.contain('geänderte Regeln');
    expect(csv.split('\r\n').filter((line) => line.startsWith('P-'))).to.have.lengthOf(3);
    expect(csv).to.contain('P-1;EUR;1200,00;ja;120,00;1080,00;1000,00;');
  });

  it('takes a changed version, which changes nothing of the campaign', async () => {
    const { text } = await resultOf(
      await agent.post(PATH, { ...(await formOf()), tiers: '0 = 25,00\n1.000,00 = 5 %' }),
    );
    expect(text).to.contain('Würden gelten</dt><dd>2 (66,67 %)').and.contain('85,00 €').and.contain('geänderte Regeln');
    expect((await api.get(`/campaigns/${campaign}`)).body.value.tiers).to.deep.equal([
      { minTripPrice: 100_000, percent: 10 },
    ]);
  });

  it('takes other regions, products and channels, and names what it does not know', async () => {
    const form = await formOf();
    expect(form['regions']).to.equal('Österreich (AT)');
    const everywhere = await resultOf(await agent.post(PATH, { ...form, regions: '' }));
    expect(everywhere.text)
      .to.contain('Würden gelten</dt><dd>2 (66,67 %)')
      .and.contain('320,00 €')
      .and.contain('geänderte Regeln');
    const without = await resultOf(await agent.post(PATH, { ...form, regions: 'Österreich\nnicht: Wien (AT-9)' }));
    expect(without.text).to.contain('Würden gelten</dt><dd>0');
    const atCounter = await resultOf(await agent.post(PATH, { ...form, channels: 'counter' }));
    expect(atCounter.text).to.contain('Würden gelten</dt><dd>0');
    const unknown = await agent.post(PATH, { ...form, products: 'Mondfahrt', regions: 'Österreich\nAtlantis' });
    expect(unknown.status).to.equal(422);
    expect(plain(unknown.html))
      .to.contain('Produkte: „Mondfahrt“ ist nicht bekannt')
      .and.contain('Regionen: „Atlantis“ ist nicht bekannt')
      .and.contain('Atlantis</textarea>');
    const same = await resultOf(await agent.post(PATH, form));
    expect(same.text).to.contain('Würden gelten</dt><dd>1 (33,33 %)').and.not.contain('geänderte Regeln');
    expect((await api.get(`/campaigns/${campaign}`)).body.restrictions.regions.include).to.deep.equal(['AT']);
  });

  it('takes a list of bookings, and names every wrong row before anything is computed', async () => {
    const wrong = await upload(
      { ...(await formOf()), past: '' },
      'Buchungsnummer;Reisepreis;Abreise;Kinder\nA;viel;;\nB;100;bald;\nC;100;;-1\nD;100;;\n',
    );
    expect(wrong.status).to.equal(422);
    expect(plain(wrong.html))
      .to.contain('3 Zeilen stimmen nicht')
      .and.contain('Reisepreis „viel“ ist kein Betrag.')
      .and.contain('Abreise „bald“')
      .and.contain('Zahl der Reisenden „-1“');
    const right = await upload(
      { ...(await formOf()), past: '' },
      'Buchungsnummer;Reisepreis;Regionen;Abreise\nA;"1.500,00";AT-9;01.05.2027\nB;900;AT;\n',
    );
    const { text, csv } = await resultOf(right);
    expect(text).to.contain('Würden gelten</dt><dd>1 (50 %)').and.contain('150,00 €');
    expect(csv).to.contain('A;EUR;1500,00;ja;150,00');
    const noTable = await upload(await formOf(), 'PK\u0003\u0004kein Excel');
    expect(noTable.status).to.equal(422);
  });

  it('keeps what was typed when something is wrong, and asks for something to compute with', async () => {
    const wrong = await agent.post(PATH, {
      ...(await formOf()),
      tiers: 'ganz viel',
      minTravellers: '0',
      until: '1.1.2001',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.html)
      .to.contain('>ganz viel</textarea>')
      .and.contain('ist keine Staffel')
      .and.contain('bitte eine Zahl von 1 bis 99')
      .and.contain('liegt vor dem Anfang');
    const twice = await agent.post(PATH, { ...(await formOf()), tiers: '0 = 1\n0 = 2' });
    expect(twice.html).to.contain('Jeder Mindestreisepreis darf nur einmal vorkommen.');
    expect((await agent.post(PATH, { ...(await formOf()), past: '' })).html).to.contain(
      'Bitte wählen Sie vergangene Einlösungen oder eine Liste.',
    );
  });
});
