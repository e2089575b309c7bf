import { expect } from 'chai';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

const PATH = '/admin/booking-test';

describeOnBothDatabases('the booking test', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
    await api.put('/catalogue/regions/AT', { name: 'Österreich' });
    await api.put('/catalogue/regions/AT-9', { name: 'Wien', parent: 'AT' });
    await api.put('/catalogue/themes/wandern', { name: 'Wandern' });
  });
  after(() => server.close());

  const booking = {
    currency: 'EUR',
    tripPrice: '1.155,00',
    'travellers[0][kind]': 'adult',
    'travellers[0][price]': '',
    channel: 'web',
    entry: 'booking_flow',
  };
  const test = async (fields: Record<string, string>) => {
    const answer = await agent.post(PATH, { ...booking, do: 'test', ...fields });
    return { ...answer, text: answer.html.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/\s+/g, ' ') };
  };
  const voucher = async (body: object): Promise<string> => {
    const answer = await api.post('/vouchers', {
      type: 'discount',
      title: 'Prüfling',
      value: { tiers: [{ minTripPrice: 124_000, percent: 10 }] },
      usage: { maxUses: null },
      ...body,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id as string;
  };

  it('says what would make a code fit, and shows every check with required and actual', async () => {
    await voucher({
      code: 'ZUTEUER',
      restrictions: { themes: { include: ['wandern'] }, regions: { exclude: ['AT'] } },
      validity: { bookUntil: '2026-01-31' },
    });
    const { status, text } = await test({ codes: 'zu teuer', regions: 'Wien', bookOn: '01.02.2026' });
    expect(status).to.equal(200);
    expect(text)
      .to.contain('Gilt ab 1.240,00 € (es fehlen 85,00 €).')
      .and.contain('Galt bis 31.01.2026; verlängern Sie den Gutschein.');
    expect(text).to.contain('nur: Wandern').and.contain('nicht: Österreich').and.contain('Wien, Österreich');
    expect(text).to.contain('17 von 22 Prüfungen bestanden');
    expect(
      (
        await test({
          codes: 'ZUTEUER',
          regions: 'Wien',
          themes: 'Wandern',
          tripPrice: '1240',
          bookOn: '31.1.2026',
          paidAt: '',
        })
      ).text,
    ).to.contain('Gilt für Regionen');
  });

  it('tells an unknown code, a duplicate and a code that only the stacking rules keep out', async () => {
    await voucher({ code: 'ERSTER', value: { tiers: [{ minTripPrice: 0, amount: 5000 }] } });
    await voucher({ code: 'ZWEITER', value: { tiers: [{ minTripPrice: 0, amount: 4000 }] } });
    const { text } = await test({ codes: 'ERSTER\nERSTER\nZWEITER = 10,00\nGIBTESNICHT' });
    expect(text)
      .to.contain('angewendet: 50,00 €')
      .and.contain('Diesen Gutschein haben Sie schon eingegeben.')
      .and.contain('Diesen Code kennen wir nicht.');
    expect(text).to.contain('Für sich genommen gilt der Code');
  });

  it('names a voucher by its number, from its own page, without the code in the address', async () => {
    const id = await voucher({ code: 'GEHEIM-4711', value: { tiers: [{ minTripPrice: 0, amount: 5000 }] } });
    expect((await agent.get(`/admin/vouchers/${id}`)).html).to.contain(`href="${PATH}?voucher=${id}"`);
    expect((await agent.get(`${PATH}?voucher=${id}`)).html)
      .to.contain(`#${id}</textarea>`)
      .and.not.contain('4711');
    expect((await test({ codes: `#${id}` })).text).to.contain('angewendet: 50,00 €');
    expect((await agent.get(`${PATH}?code=GEHEIM-4711`)).html).to.contain('GEHEIM-4711</textarea>');
  });

  it('keeps what was typed, names what is wrong, and adds and removes travellers without losing anything', async () => {
    const wrong = await test({
      tripPrice: 'viel',
      codes: 'A = nichts',
      'travellers[1][kind]': 'child',
      'travellers[1][price]': '10',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.text)
      .to.contain('value="viel"')
      .and.contain('Reisepreis: Bitte einen Betrag')
      .and.contain('„nichts“ ist kein Betrag')
      .and.contain('bitte Preise für alle angeben oder für keinen');
    const more = await agent.post(PATH, { ...booking, do: 'add', reference: 'warenkorb' });
    expect(more.html).to.contain('travellers[1][kind]').and.contain('value="warenkorb"');
    const fewer = await agent.post(PATH, { ...booking, do: 'remove:0' });
    expect(fewer.html).not.to.contain('travellers[0][kind]');
    const unknown = await test({ product: 'mondreise', codes: '' });
    expect(unknown.text).to.contain('Nicht in den Stammdaten und daher ohne Treffer: mondreise');
  });

  it('keeps samples without the customer, renames and deletes them', async () => {
    const sample = { ...booking, customerEmail: 'anna@example.org', themes: 'Wandern', sampleName: 'Wanderwoche' };
    const saved = await agent.post(`${PATH}/samples`, sample);
    expect(saved.status).to.equal(303);
    const opened = await agent.get(saved.location ?? '');
    expect(opened.html)
      .to.contain('value="1155,00"')
      .and.contain('>wandern</textarea>')
      .and.not.contain('anna@example.org');
    expect((await agent.post(`${PATH}/samples`, sample)).html).to.contain(
      'Diesen Namen hat schon eine andere Vorlage.',
    );
    const id = saved.location?.split('=').at(-1) ?? '';
    expect((await agent.post(`${PATH}/samples/${id}`, { do: 'rename', name: 'Gipfelwoche' })).status).to.equal(303);
    expect((await agent.get(`${PATH}/samples`)).html).to.contain('value="Gipfelwoche"');
    expect((await agent.post(`${PATH}/samples/${id}`, { do: 'rename', name: '' })).status).to.equal(422);
    expect((await agent.post(`${PATH}/samples/${id}`, { do: 'delete' })).status).to.equal(303);
    expect((await agent.get(`${PATH}/samples`)).html).to.contain('Noch keine Vorlagen');
  });

  it('opens the booking of a redemption and the invented trips', async () => {
    await voucher({ code: 'EINGELOEST', value: { tiers: [{ minTripPrice: 0, amount: 5000 }] } });
    const redeemed = await api.post('/redemptions', {
      booking: { currency: 'EUR', tripPrice: 77_700, travellers: [{ kind: 'adult' }], departure: '2027-05-01' },
      codes: ['EINGELOEST'],
      bookingNumber: 'T-1',
    });
    const { html } = await agent.get(`${PATH}?redemption=${redeemed.body.id as string}`);
    expect(html).to.contain('value="777,00"').and.contain('value="01.05.2027"');
    const demo = /href="([^"]*\?demo[^"]+)"/.exec(html)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    expect((await agent.get(demo)).html).to.match(/name="departure"[^>]*value="\d\d\.\d\d\.\d{4}"/);
  });
});
