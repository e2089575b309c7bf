import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';

const CAMT = readFileSync(join(import.meta.dirname, '..', '..', '..', 'fixtures', 'statements', 'camt053.xml'), 'utf8');

describeOnBothDatabases('bank statements', (database) => {
  let server: TestServer;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    await openShop(database());
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  async function order(change: Readonly<Record<string, string>> = {}): Promise<{ id: string; number: string }> {
    await orderInShop(createVisitor(server.url), change);
    const row = await database()
      .knex('orders')
      .orderBy('id', 'desc')
      .first<{ id: number; number: string }>('id', 'number');
    return { id: String(row.id), number: row.number };
  }

  /** Sends a file as a browser does; the visitor's own `post` knows no files. */
  async function upload(name: string, content: string | Buffer) {
    const page = await agent.get('/admin/orders/statements');
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    form.set('file', new Blob([content as BlobPart]), name);
    const answer = await fetch(`${server.url}/admin/orders/statements`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: {
        Cookie: [...agent.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'Accept-Language': 'de',
      },
    });
    return { status: answer.status, html: await answer.text() };
  }

  const lines = () => database().knex('bank_lines').orderBy('id').select();
  const stateOf = async (id: string): Promise<string> =>
    (await database().knex('orders').where({ id }).first<{ state: string }>('state')).state;

  it('in CAMT.053 become credits, each with what it is for, and are booked once', async () => {
    const one = await order();
    const two = await order({ quantity: '1' });
    const file = CAMT.replace('@ONE@', one.number.toLowerCase())
      .replace('@TWO', two.number.slice(0, 9))
      .replace('>@<', `>${two.number.slice(9)}<`);
    expect((await upload('auszug.xml', file)).status).to.equal(303);
    const page = await agent.get('/admin/orders/statements');
    expect(page.html)
      .to.contain('3 neue Gutschriften')
      .and.contain('übergangen: 3')
      .and.contain('Müller &amp; Söhne')
      .and.contain('passt genau')
      .and.contain('zu wenig')
      .and.contain('ohne Bestellung');
    const rows = await lines();
    expect(rows.map((row: { cents: number | string }) => Number(row.cents))).to.deep.equal([20_000, 5000, 3050]);
    const exact = String(rows[0].id);
    expect(page.html).to.match(new RegExp(`name="ids" value="${exact}" checked`));
    const book = () =>
      agent.post('/admin/orders/statements/bookings', { ids: [exact], do: 'book', [`number[n${exact}]`]: one.number });
    const answers = await Promise.all([book(), book(), book()]);
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(await stateOf(one.id)).to.equal('fulfilled');
    expect(await database().knex('order_payments').where({ order_id: one.id })).to.have.lengthOf(1);
    expect(
      (
        await database()
          .knex('vouchers as v')
          .join('order_vouchers as o', 'o.voucher_id', 'v.id')
          .where('o.order_id', one.id)
          .first<{ paid_on: string }>('v.paid_on')
      ).paid_on,
    ).to.equal('2026-05-04');
    const part = String(rows[1].id);
    await agent.post('/admin/orders/statements/bookings', { do: `book:${part}`, [`number[n${part}]`]: two.number });
    expect(await stateOf(two.id)).to.equal('partly_paid');
    await agent.post('/admin/orders/statements/bookings', { do: `ignore:${String(rows[2].id)}` });
    expect((await lines()).map((row: { state: string }) => row.state)).to.deep.equal(['booked', 'booked', 'ignored']);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  it('are the same lines when the file, or one that overlaps it, comes again', async () => {
    const before = (await lines()).length;
    await upload('noch einmal.xml', CAMT);
    expect((await lines()).length).to.equal(before);
    expect((await agent.get('/admin/orders/statements')).html).to.contain('0 neue Gutschriften');
  });

  it('in CSV are read as German banks write them, with two equal lines told apart', async () => {
    const { number } = await order();
    const csv = Buffer.from(
      [
        'Umsatzanzeige;01.05.2026',
        '',
        'Buchungstag;Valuta;Begünstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Währung',
        `06.05.26;06.05.26;Jürgen Groß;Gutschein ${number.replaceAll('-', ' ')};1.200,00;EUR`,
        '06.05.26;06.05.26;Jürgen Groß;Spende;5,00;EUR',
        '06.05.26;06.05.26;Jürgen Groß;Spende;5,00;EUR',
        '07.05.26;07.05.26;Strom;Abschlag;-80,00;EUR',
      ].join('\r\n'),
      'latin1',
    );
    const before = (await lines()).length;
    expect((await upload('umsaetze.csv', csv)).status).to.equal(303);
    expect((await lines()).length).to.equal(before + 3);
    await upload('umsaetze.csv', csv);
    expect((await lines()).length).to.equal(before + 3);
    const page = await agent.get('/admin/orders/statements');
    expect(page.html).to.contain('Jürgen Groß').and.contain('zu viel').and.contain('1.200,00');
  });

  it('of CAMT that come again as CSV are shown as known, and booked a second time only with a reason', async () => {
    const one = await order();
    await upload(
      'mai.xml',
      CAMT.replace('@ONE@', one.number)
        .replaceAll('REF-', 'NEU-')
        .replaceAll('2026-05-04', '2026-05-11')
        .replaceAll('2026-05-05', '2026-05-12'),
    );
    const first = String(
      (await database().knex('bank_lines').where({ booked_on: '2026-05-11' }).first<{ id: number }>('id')).id,
    );
    await upload(
      'mai.csv',
      `Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung\r\n11.05.2026;MUELLER & SOEHNE;SVWZ+${one.number.replaceAll('-', '')};200,00;EUR\r\n`,
    );
    const again = String((await database().knex('bank_lines').orderBy('id', 'desc').first<{ id: number }>('id')).id);
    const page = await agent.get('/admin/orders/statements');
    expect(page.html)
      .to.contain('Bereits importiert in „mai.xml“, dort noch offen.')
      .and.match(new RegExp(`value="${first}" checked`))
      .and.not.match(new RegExp(`value="${again}" checked`));
    expect(page.html, 'Enter presses the first button of a form').to.match(
      /action="\/admin\/orders\/statements\/bookings"[^>]*>(?:(?!<button)[\s\S])*<button type="submit" disabled hidden>/,
    );
    const book = (id: string, reason = '') =>
      agent.post('/admin/orders/statements/bookings', {
        do: `book:${id}`,
        [`number[n${id}]`]: one.number,
        [`reason[r${id}]`]: reason,
      });
    const payments = async (): Promise<number[]> =>
      (
        await database()
          .knex('order_payments')
          .where({ order_id: one.id })
          .select<{ cents: number | string }[]>('cents')
      ).map(({ cents }) => Number(cents));
    await Promise.all([book(again), book(again, '   '), book(first)]);
    await book(again);
    expect(await payments()).to.deep.equal([20_000]);
    const refused = await agent.get('/admin/orders/statements');
    expect(refused.html)
      .to.contain('schon aus einer anderen Datei eingelesen')
      .and.contain('Bereits importiert in „mai.xml“ und gebucht.');
    expect((await database().knex('bank_lines').where({ id: again }).first<{ state: string }>('state')).state).to.equal(
      'open',
    );
    await Promise.all([book(again, 'zweimal überwiesen'), book(again, 'zweimal überwiesen')]);
    expect(await payments()).to.deep.equal([20_000, 20_000]);
    const audited = await database()
      .knex('audit_log')
      .where({ action: 'statement.book_again' })
      .select<{ entity_id: string; changes: string }[]>('entity_id', 'changes');
    expect(audited.map((row) => [row.entity_id, row.changes.includes('zweimal überwiesen')])).to.deep.equal([
      [again, true],
    ]);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  for (const [what, name, content] of [
    ['another XML', 'a.xml', '<Document><Other/></Document>'],
    ['XML that breaks off', 'b.xml', CAMT.slice(0, 900)],
    [
      'XML with entities of its own',
      'c.xml',
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${CAMT.slice(40)}`,
    ],
    ['a table without amounts', 'd.csv', 'Name;Ort\nAnna;Kiel\n'],
    ['nothing of the kind', 'e.csv', Buffer.from([0, 1, 2, 3, 0, 255])],
  ] as const) {
    it(`that are ${what} are refused in a sentence, and nothing is kept`, async () => {
      const before = (await lines()).length;
      const answer = await upload(name, content as string);
      expect([answer.status, answer.html.includes('kein lesbarer Kontoauszug')]).to.deep.equal([422, true]);
      expect((await lines()).length).to.equal(before);
    });
  }

  it('book nothing on an order that is not there', async () => {
    const [line] = await database().knex('bank_lines').where({ state: 'open' }).limit(1).select('id');
    await agent.post('/admin/orders/statements/bookings', {
      do: `book:${String(line.id)}`,
      [`number[n${String(line.id)}]`]: 'B-1999-000001',
    });
    expect((await agent.get('/admin/orders/statements')).html).to.contain('Es gibt keine Bestellung B-1999-000001');
  });
});
