import { expect } from 'chai';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Visitor } from '../../support/pages.ts';

describeOnBothDatabases('the pages of the master data', (database) => {
  let server: TestServer;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const entry = (kind: string, id: string) => database().knex('catalogue_entries').where({ kind, id }).first();
  const create = (plural: string, fields: Readonly<Record<string, string>>) =>
    agent.post(`/admin/catalogue/${plural}`, fields);

  async function upload(path: string, content: string): Promise<{ status: number; html: string }> {
    const page = await agent.get(path);
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    form.set('file', new Blob([content]), 'liste.csv');
    const answer = await fetch(server.url + path, {
      method: 'POST',
      body: form,
      headers: { cookie: [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    return { status: answer.status, html: await answer.text() };
  }

  it('create, change, archive and delete an entry, and keep its id', async () => {
    const created = await create('themes', { id: 'wandern', name: 'Wandern' });
    expect(created.location).to.equal('/admin/catalogue/themes/entries/wandern');
    await agent.post('/admin/catalogue/themes/entries/wandern', { id: 'anders', name: 'Wandern & Trekking' });
    expect(await entry('theme', 'wandern')).to.include({ name: 'Wandern & Trekking' });
    expect((await agent.get('/admin/catalogue/themes')).html).to.contain('Wandern &amp; Trekking');
    await agent.post('/admin/catalogue/themes/entries/wandern/archive', { archived: 'true' });
    expect((await agent.get('/admin/catalogue/themes')).html).not.to.contain('entries/wandern');
    expect((await agent.get('/admin/catalogue/themes?archived=true')).html).to.contain('entries/wandern');
    expect((await agent.post('/admin/catalogue/themes/entries/wandern/deletion', {})).location).to.equal(
      '/admin/catalogue/themes',
    );
    expect(await entry('theme', 'wandern')).to.equal(undefined);
    const actions = await database()
      .knex('audit_log')
      .where({ entity: 'theme', entity_id: 'wandern' })
      .orderBy('id')
      .pluck('action');
    expect(actions).to.deep.equal(['catalogue.create', 'catalogue.save', 'catalogue.archive', 'catalogue.delete']);
  });

  it('keep what was typed when the id is taken or a name is missing', async () => {
    await create('brands', { id: 'alpin', name: 'Alpin' });
    const taken = await create('brands', { id: 'alpin', name: 'Anderer Name' });
    expect([
      taken.status,
      taken.html.includes('Diese Kennung gibt es schon.'),
      taken.html.includes('value="Anderer Name"'),
    ]).to.deep.equal([422, true, true]);
    const nameless = await create('brands', { id: 'neu', name: '' });
    expect([
      nameless.status,
      nameless.html.includes('Bitte geben Sie einen Namen ein.'),
      nameless.html.includes('value="neu"'),
    ]).to.deep.equal([422, true, true]);
    expect(await entry('brand', 'alpin')).to.include({ name: 'Alpin' });
  });

  it('refuse to delete what a voucher names, and offer the archive instead', async () => {
    await create('products', { id: 'T1', name: 'Toskana' });
    const rules = {
      type: 'discount',
      title: 'x',
      currency: 'EUR',
      multiplier: 'booking',
      channels: '[]',
      residual: 'keep',
    };
    const [rulesId] = await database().knex('voucher_rules').insert(rules);
    await database()
      .knex('rule_restrictions')
      .insert({ rules_id: rulesId, kind: 'product', entry_id: 'T1', is_excluded: false });
    const page = await agent.get('/admin/catalogue/products/entries/T1');
    expect(page.html).to.contain('Regeln von 1 Gutschein').and.not.contain('delete-entry');
    const refused = await agent.post('/admin/catalogue/products/entries/T1/deletion', {});
    expect((await agent.get(refused.location as string)).html).to.contain('wird noch benutzt');
    expect(await entry('product', 'T1')).to.include({ name: 'Toskana' });
  });

  it('know of a partner what invoices and books need', async () => {
    const fields = {
      id: 'portal',
      name: 'Portal',
      dealModel: 'agency',
      commission: '12,5',
      paymentDays: '30',
      invoiceAddress: 'Portal GmbH\r\nWeg 1',
      debtorAccount: '10042',
    };
    expect((await create('partners', { ...fields, commission: '112,5' })).html)
      .to.contain('von 0 bis 100')
      .and.contain('value="112,5"');
    expect((await create('partners', fields)).status).to.equal(303);
    const stored = (await entry('partner', 'portal')) as { details: string };
    expect(JSON.parse(stored.details)).to.include({
      dealModel: 'agency',
      commissionBasisPoints: 1250,
      paymentDays: 30,
      invoiceAddress: 'Portal GmbH\nWeg 1',
      debtorAccount: '10042',
    });
  });

  it('move regions in the tree, and never into themselves', async () => {
    for (const [id, name] of [
      ['AT', 'AA Österreich'],
      ['AT-7', 'AB Tirol'],
      ['AT-9', 'AC Wien'],
    ] as const)
      await create('regions', { id, name, parent: '' });
    await agent.post('/admin/catalogue/regions/entries/AT-7/place', { shift: 'in' });
    expect(await entry('region', 'AT-7')).to.include({ parent_id: 'AT' });
    await agent.post('/admin/catalogue/regions/entries/AT-9/place', { into: 'AT' });
    const tree = await agent.get('/admin/catalogue/regions?open=AT');
    expect([...tree.html.matchAll(/data-region="([^"]+)"/g)].map(([, id]) => id)).to.deep.equal(['AT', 'AT-7', 'AT-9']);
    const circle = await agent.post('/admin/catalogue/regions/entries/AT/place', { into: 'AT-9' });
    expect((await agent.get(circle.location as string)).html).to.contain('nicht in sich selbst');
    await agent.post('/admin/catalogue/regions/entries/AT-9/place', { shift: 'out' });
    expect(await entry('region', 'AT-9')).to.include({ parent_id: null });
  });

  it('take over a list as a whole after showing what it would do', async () => {
    await create('regions', { id: 'FR', name: 'Frankreich', parent: '' });
    const plan = await upload(
      '/admin/catalogue/regions/import',
      'ID;Name;Liegt in\r\nFR-COR;Korsika;FR\r\nFR;France;\r\nIT-21;Piemont;IT\r\nIT;Italien;\r\n',
    );
    expect(plan.status).to.equal(200);
    const token = /name="token" value="([^"]+)"/.exec(plan.html)?.[1] ?? '';
    const started = await agent.post('/admin/catalogue/regions/import/start', { token });
    expect(started.location).to.match(/^\/admin\/jobs\/\d+$/);
    const id = started.location?.split('/').at(-1);
    let job = { state: '', result: '' };
    for (let tries = 0; tries < 100 && job.state !== 'done'; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      job = (await database().knex('jobs').where({ id }).first()) as typeof job;
    }
    expect(JSON.parse(job.result)).to.deep.equal({ created: 3, changed: 1, unchanged: 0 });
    expect(await entry('region', 'IT-21')).to.include({ name: 'Piemont', parent_id: 'IT' });
    expect(await entry('region', 'FR')).to.include({ name: 'France' });
  });

  it('name every bad row of a list, and take over nothing of it', async () => {
    const plan = await upload(
      '/admin/catalogue/regions/import',
      'ID;Name;Liegt in\nX1;Eins;GIBTSNICHT\nX2;;\nX1;Doppelt;\nA;A;B\nB;B;A\n',
    );
    expect(plan.status).to.equal(422);
    for (const text of [
      '„GIBTSNICHT“ gibt es nicht',
      'Der Name fehlt (X2)',
      '„X1“ kommt schon weiter oben vor',
      '„A“ läge in sich selbst',
    ])
      expect(plan.html).to.contain(text);
    expect(plan.html).not.to.contain('import/start');
    expect(await entry('region', 'X2')).to.equal(undefined);
    expect((await upload('/admin/catalogue/themes/import', 'foo;bar\n1;2\n')).html).to.contain('fehlen die Spalten');
  });

  it('change the stacking rules, show them at work before, and who changed them', async () => {
    const path = '/admin/settings/stacking';
    const fields = {
      maxVouchers: '2',
      maxPerCampaign: '1',
      'maxPerType[deal]': '1',
      pairs: ['discount+purchase', 'purchase+purchase'],
      strategy: 'best',
      discountOrder: 'percent_first',
      percentBase: 'original',
    };
    await agent.get(path);
    const preview = await agent.post(`${path}/preview`, fields);
    expect(preview.html).to.contain('900,00').and.contain('700,00').and.not.contain('850,00');
    const wrong = await agent.post(path, { ...fields, maxVouchers: '11' });
    expect([wrong.status, wrong.html.includes('von 1 bis 10'), wrong.html.includes('value="11"')]).to.deep.equal([
      422,
      true,
      true,
    ]);
    await agent.post(path, fields);
    const stored = JSON.parse(
      ((await database().knex('settings').where({ name: 'stacking' }).first()) as { value: string }).value,
    ) as { forbiddenPairs: string[][]; maxVouchers: number; maxPerType: object };
    expect(stored).to.deep.include({
      maxVouchers: 2,
      maxPerType: { discount: null, deal: 1, purchase: null, settlement: null },
    });
    expect(stored.forbiddenPairs).to.have.length(8).and.not.deep.include(['discount', 'purchase']);
    expect((await agent.get(path)).html).to.contain('Codes je Buchung: 1 → 2');
  });
});
