import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

const PATH = '/admin/accounting/document-numbers';

describeOnBothDatabases('the page of document numbers', (database) => {
  let server: TestServer;
  let accountant: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    accountant = await signedIn(server.url);
    const { sell, spend } = historyOf(database);
    await sell('Buch', 10_000, '2026-06-01', { code: 'BUCH' });
    await spend(['BUCH'], 1000, 'TOMA@4712', '2026-06-02');
  });
  after(() => server.close());

  it('comes filled from the preview of an export that names the number', async () => {
    const preview = await accountant.get('/admin/accounting/exports/preview?fromMonth=2026-06&toMonth=2026-06');
    const page = await accountant.get(`${PATH}?number=${encodeURIComponent('TOMA@4712')}&document=TOMA-4712`);
    expect(preview.html).to.contain(`href="${PATH}?number&#x3D;TOMA%404712&amp;document&#x3D;TOMA-4712-`);
    expect(page.html).to.contain('value="TOMA@4712"').and.contain('value="TOMA-4712"');
  });

  it('gives a number in the books another one, lists it and takes it back', async () => {
    const given = await accountant.post(PATH, { number: 'TOMA@4712', document: 'TOMA-4712' });
    expect(given.status).to.equal(303);
    const page = await accountant.get(PATH);
    expect(page.html).to.contain('<code>TOMA-4712</code>').and.contain('ab dem nächsten Lauf TOMA-4712');
    await accountant.post(PATH, { number: 'TOMA@4712', document: 'TOMA-2' });
    expect(await database().knex('document_numbers').select('number', 'document')).to.deep.equal([
      { number: 'TOMA@4712', document: 'TOMA-2' },
    ]);
    const { id } = (await database().knex('document_numbers').first('id')) as { id: number };
    expect((await accountant.post(`${PATH}/${id}/removal`, {})).status).to.equal(303);
    expect(await database().knex('document_numbers').select('id')).to.deep.equal([]);
    expect((await accountant.post(`${PATH}/${id}/removal`, {})).status).to.equal(404);
    expect(
      (
        await database()
          .knex('audit_log')
          .where('action', 'like', 'accounting.document%')
          .orderBy('id')
          .select('action')
      ).map(({ action }: { action: string }) => action),
    ).to.deep.equal(['accounting.document_given', 'accounting.document_given', 'accounting.document_taken_back']);
  });

  for (const [what, typed, said] of [
    ['a number nobody entered', { number: 'UNBEKANNT', document: 'X-1' }, 'steht in keiner Buchung'],
    ['signs the field does not take', { number: 'TOMA@4712', document: 'TOMA@1' }, 'höchstens 36 Zeichen'],
    ['too many signs', { number: 'TOMA@4712', document: 'A'.repeat(37) }, 'höchstens 36 Zeichen'],
    ['nothing', { number: 'TOMA@4712', document: '' }, 'Bitte ausfüllen'],
  ] as const)
    it(`refuses ${what} and keeps what was typed`, async () => {
      const page = await accountant.post(PATH, typed);
      expect(page.status).to.equal(422);
      expect(page.html).to.contain(said).and.contain(`value="${typed.number}"`);
      expect(await database().knex('document_numbers').select('id')).to.deep.equal([]);
    });
});
