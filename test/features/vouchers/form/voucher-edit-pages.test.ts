import { expect } from 'chai';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { readLedgerPage } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { changeVoucher } from '../../../../src/features/vouchers/life/voucher-change-service.ts';
import {
  countHits,
  listVouchers,
  vouchersInChunks,
  type ListQuery,
} from '../../../../src/features/vouchers/list/voucher-list-service.ts';
import { VOUCHER_STATUSES } from '../../../../src/core/engine/lifecycle.ts';
import type { VoucherView } from '../../../../src/features/vouchers/record/voucher-view-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the vouchers of the admin over HTTP', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  const moment = { now: Date.now(), today: systemClock('Europe/Berlin').today() };
  const discount = { type: 'discount', title: 'Rabatt', value: { tiers: [{ minTripPrice: 0, percent: 10 }] } };

  async function voucher(body: object): Promise<string> {
    const answer = await api.post('/vouchers', { ...discount, ...body });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id as string;
  }

  async function person(role: string, canSeeCodes: boolean): Promise<Visitor> {
    const email = `${role}-${String(canSeeCodes)}@example.org`;
    const password = 'a password for this test';
    await database()
      .knex('users')
      .insert({
        email,
        name: role,
        role,
        password_hash: await hashPassword(password),
        can_see_codes: canSeeCodes,
        created_at: 1,
      });
    return signedIn(server.url, { email, password });
  }

  async function all(query: ListQuery, limit: number): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listVouchers(database(), { ...query, limit, cursor }, moment);
      expect(page.items.length).to.be.at.most(limit);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  describe('lists', () => {
    before(async () => {
      for (let index = 0; index < 60; index++) {
        await voucher({
          title: `Titel ${String((index * 7) % 30).padStart(2, '0')}`,
          validity: { bookUntil: index % 3 === 0 ? null : `2027-0${1 + (index % 9)}-15` },
        });
        if (index % 4 === 0)
          await voucher({
            type: 'purchase',
            title: 'Kauf',
            paidAt: index % 8 === 0 ? '2026-01-02' : null,
            value: { originalValue: 1000 * (1 + (index % 5)) },
          });
      }
      const { body } = await api.post('/campaigns', { ...discount, title: 'Titel 15' });
      await api.jobEnd(
        (await api.post(`/campaigns/${body.id as string}/codes`, { count: 130 }, { idempotencyKey: 'walk' })).body
          .id as string,
      );
    });

    for (const sort of [
      'createdAt',
      '-createdAt',
      'title',
      '-title',
      'balance',
      '-balance',
      'bookUntil',
      '-bookUntil',
    ]) {
      it(`show every voucher once, in order, by ${sort}, with a filter and without`, async () => {
        const rows = await database()
          .knex('vouchers as v')
          .join('voucher_rules as r', 'r.id', 'v.rules_id')
          .select<{ id: number; title: string; balance: number | null; book_until: string | null; type: string }[]>(
            'v.id',
            'r.title',
            'v.balance',
            'r.book_until',
            'v.type',
          );
        const valueOf = new Map(
          rows.map((row) => [
            String(row.id),
            {
              createdAt: Number(row.id),
              title: row.title,
              balance: row.balance === null ? null : Number(row.balance),
              bookUntil: row.book_until,
            }[sort.replace('-', '')] ?? null,
          ]),
        );
        for (const [query, expected] of [
          [{ sort }, rows],
          [{ sort, type: 'purchase' as const }, rows.filter(({ type }) => type === 'purchase')],
          [{ sort, q: 'Titel 15' }, rows.filter(({ title }) => title === 'Titel 15')],
        ] as const) {
          const ids = await all(query, 37);
          expect([...ids].sort(), JSON.stringify(query)).to.deep.equal(expected.map(({ id }) => String(id)).sort());
          const values = ids.map((id) => valueOf.get(id) ?? null);
          const known = values.filter((value) => value !== null);
          // What has no value comes last in either direction.
          expect(values.slice(0, known.length)).to.deep.equal(known);
          const sorted = [...known].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(known).to.deep.equal(sort.startsWith('-') ? sorted.reverse() : sorted);
        }
      });
    }

    it('find the codes of a campaign that somebody types', async () => {
      const campaign = await api.post('/campaigns', {
        type: 'discount',
        title: 'Tippfilter Herbst',
        value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
      });
      const id = campaign.body.id as string;
      await api.jobEnd((await api.post(`/campaigns/${id}/codes`, { codes: ['TIPPFILTER-1'] })).body.id as string);
      for (const typed of ['tippfilter', id, `Tippfilter Herbst (${id})`]) {
        const page = await admin.get(`/admin/vouchers?campaign=${encodeURIComponent(typed)}`);
        expect(page.html, typed)
          .to.contain('TIPPFILTER-1')
          .and.contain(`value="Tippfilter Herbst (${id})"`)
          .and.contain(`name="query" value="campaign&#x3D;${id}"`);
      }
      const unknown = await admin.get('/admin/vouchers?campaign=gibtesnicht');
      expect(unknown.status).to.equal(422);
      expect(unknown.html).to.contain('value="gibtesnicht"').and.not.contain('TIPPFILTER-1');
    });

    it('find by every filter what the vouchers themselves say, in every sort, also among the codes of campaigns', async () => {
      for (const [index, campaign] of [
        { ...discount, paidAt: '2026-01-01', validity: { bookUntil: '2027-01-01' } },
        { ...discount, paidAt: '2026-01-01', validity: { bookUntil: '2026-01-01' } },
        { ...discount, paidAt: null },
        { type: 'purchase', paidAt: '2026-01-01', value: { originalValue: 3000 } },
      ].entries()) {
        const { body } = await api.post('/campaigns', { ...campaign, title: `Reihe ${index}` });
        await api.jobEnd(
          (
            await api.post(
              `/campaigns/${body.id as string}/codes`,
              { codes: [1, 2, 3, 4, 5].map((code) => `REIHE-${index}-${code}`) },
              { idempotencyKey: `reihe-${index}` },
            )
          ).body.id as string,
        );
        const { items } = (await api.get(`/campaigns/${body.id as string}/codes`)).body as { items: { id: string }[] };
        await api.post(`/vouchers/${items[0]?.id ?? ''}/deactivate`, { reason: 'Test' });
        await api.post(`/vouchers/${items[1]?.id ?? ''}/cancel`, { refund: true, reason: 'Test' });
        await api.post(
          '/redemptions',
          { booking: bookingOf(50_000), codes: [`REIHE-${index}-3`], bookingNumber: `R-${index}` },
          { idempotencyKey: `reihe-rot-${index}` },
        );
      }
      await api.patch(`/campaigns/${(await api.get('/campaigns?limit=1')).body.items[0].id as string}`, {
        active: false,
      });
      const views: VoucherView[] = [];
      for await (const { items } of vouchersInChunks(database(), {}, moment)) views.push(...items);
      const isPaid = ({ paidAt }: VoucherView): boolean => paidAt !== null && paidAt <= moment.today;
      const isUsedUp = ({ balance, usage, uses }: VoucherView): boolean =>
        balance === 0 || (usage.maxUses !== null && uses >= usage.maxUses);
      const isExpired = ({ validity }: VoucherView): boolean =>
        validity.bookUntil !== null && validity.bookUntil < moment.today;
      const filters: [ListQuery, (view: VoucherView) => boolean][] = [
        ...VOUCHER_STATUSES.map((status): [ListQuery, (view: VoucherView) => boolean] => [
          { status },
          (view) => view.status === status,
        ]),
        [{ paid: 'yes' }, isPaid],
        [{ paid: 'no' }, (view) => !isPaid(view)],
        [{ redeemed: 'no' }, ({ uses }) => uses === 0],
        [{ redeemed: 'partly' }, (view) => view.uses > 0 && !isUsedUp(view)],
        [{ redeemed: 'full' }, (view) => view.uses > 0 && isUsedUp(view)],
        [{ state: 'active' }, ({ status }) => status === 'active' || status === 'partly_redeemed'],
        [
          { state: 'inactive' },
          (view) =>
            isPaid(view) &&
            view.status !== 'cancelled' &&
            view.status !== 'refunded' &&
            (isUsedUp(view) || isExpired(view)),
        ],
        [{ type: 'purchase', paid: 'no' }, (view) => view.type === 'purchase' && !isPaid(view)],
        [{ q: 'Reihe', status: 'refunded' }, ({ title, status }) => title.startsWith('Reihe') && status === 'refunded'],
      ];
      for (const [query, isHit] of filters) {
        const expected = views
          .filter(isHit)
          .map(({ id }) => id)
          .sort();
        for (const sort of ['-createdAt', 'title', '-balance', 'bookUntil'])
          expect((await all({ ...query, sort }, 20)).sort(), JSON.stringify({ ...query, sort })).to.deep.equal(
            expected,
          );
      }
      const [campaign] = views.filter(({ title }) => title === 'Reihe 0').map((view) => view.campaign);
      expect((await all({ campaign: campaign ?? '', redeemed: 'full' }, 2)).length).to.equal(1);
    });

    it('stop after twenty thousand rows and go on from there, and count up to a bound', async () => {
      const query = { status: 'refunded' as const };
      expect((await listVouchers(database(), { ...query, limit: 10 }, moment)).isPartial).to.equal(false);
      expect(await countHits(database(), { type: 'purchase' }, moment, 10_000)).to.deep.equal({
        count: (await all({ type: 'purchase' }, 50)).length,
        isMore: false,
      });
      expect(await countHits(database(), {}, moment, 40)).to.deep.include({ isMore: false });
      let seen = 0;
      for await (const { items } of vouchersInChunks(database(), {}, moment)) seen += items.length;
      expect(seen).to.equal((await all({}, 200)).length);
    });
  });

  it('narrow by paid, redeemed, active and inactive, and hatch what is inactive', async () => {
    const past = await voucher({ title: 'Zustand alt', code: 'ZUSTAND-ALT', validity: { bookUntil: '2026-01-01' } });
    const fresh = await voucher({ title: 'Zustand neu', code: 'ZUSTAND-NEU' });
    const unpaid = await voucher({ title: 'Zustand offen', code: 'ZUSTAND-OFFEN', paidAt: null });
    const cancelled = await voucher({
      title: 'Zustand storniert',
      code: 'ZUSTAND-STORNO',
      validity: { bookUntil: '2026-01-01' },
    });
    await api.post(`/vouchers/${cancelled}/cancel`, { refund: false, reason: 'Test' });
    const used = await voucher({ title: 'Zustand benutzt', code: 'ZUSTAND-BENUTZT' });
    await api.post(
      '/redemptions',
      { booking: bookingOf(50_000), codes: ['ZUSTAND-BENUTZT'], bookingNumber: 'B-4711' },
      { idempotencyKey: 'zustand' },
    );
    const ids = async (filter: object): Promise<string[]> => (await all({ q: 'Zustand', ...filter }, 2)).sort();
    expect(await ids({ state: 'inactive' })).to.deep.equal([past, used].sort());
    expect(await ids({ state: 'active' })).to.deep.equal([fresh]);
    expect(await ids({ paid: 'no' })).to.deep.equal([unpaid]);
    expect(await ids({ redeemed: 'full' })).to.deep.equal([used]);
    expect(await ids({ redeemed: 'no', paid: 'yes' })).to.deep.equal([past, fresh, cancelled].sort());
    const { html } = await admin.get('/admin/vouchers?q=Zustand');
    expect(html.match(/<tr class="inactive">/g)).to.have.lengthOf(2);
    // One look for a code in any spelling, a number, an id, and a booking that used one voucher only.
    const { number } = (await database().knex('vouchers').where({ id: used }).first('number')) as { number: string };
    for (const q of ['zustand benutzt', used, number, 'B-4711']) {
      expect((await admin.get(`/admin/search?q=${encodeURIComponent(q)}`)).location, q).to.equal(
        `/admin/vouchers/${used}`,
      );
    }
    expect((await admin.get('/admin/search?q=Zustand')).location).to.equal('/admin/vouchers?q=Zustand');
    expect((await admin.get(`/admin/vouchers/${used}`)).html.replaceAll('&#x3D;', '=')).to.contain(
      '/admin/redemptions?bookingNumber=B-4711',
    );
  });

  it('keep a list under a name for one person, as its address has it', async () => {
    await admin.get('/admin/vouchers');
    const saved = await admin.post('/admin/vouchers/views', {
      name: 'Offene Deals',
      query: 'type=deal&paid=no&unknown=1',
    });
    expect(saved.location).to.equal('/admin/vouchers?type=deal&paid=no');
    const page = (await admin.get('/admin/vouchers')).html;
    expect(page).to.contain('Offene Deals');
    const agent = await person('agent', true);
    expect((await agent.get('/admin/vouchers')).html).not.to.contain('Offene Deals');
    const { id } = (await database().knex('saved_lists').first('id')) as { id: number };
    await agent.post(`/admin/vouchers/views/${id}/delete`, {});
    expect((await admin.get('/admin/vouchers')).html).to.contain('Offene Deals');
    await admin.post(`/admin/vouchers/views/${id}/delete`, {});
    expect((await admin.get('/admin/vouchers')).html).not.to.contain('Offene Deals');
  });

  it('do one thing to many as a job, with what it meets before and one outcome for each after', async () => {
    const open = await voucher({ title: 'Stapel offen', type: 'purchase', value: { originalValue: 5000 } });
    const paid = await voucher({
      title: 'Stapel bezahlt',
      type: 'purchase',
      value: { originalValue: 5000 },
      paidAt: '2026-01-02',
    });
    await admin.get('/admin/vouchers');
    const nothing = await admin.post('/admin/vouchers/bulk', { action: 'pay', scope: 'selected', query: 'q=Stapel' });
    expect(nothing.location).to.equal('/admin/vouchers?q=Stapel');
    const preview = await admin.post('/admin/vouchers/bulk', {
      action: 'pay',
      scope: 'selected',
      ids: [open, paid],
      query: 'q=Stapel',
    });
    expect(preview.html).to.contain('2 Gutscheine').and.contain('Bei 1 davon').and.contain('Stapel offen');
    const fields = { action: 'pay', scope: 'selected', ids: `${open},${paid}`, query: 'q=Stapel', method: 'cash' };
    const wrong = await admin.post('/admin/vouchers/bulk/start', { ...fields, paidAt: '31.02.2026' });
    expect([wrong.status, wrong.html.includes('31.02.2026')]).to.deep.equal([422, true]);
    const started = await admin.post('/admin/vouchers/bulk/start', { ...fields, paidAt: '03.02.2026' });
    expect(started.location).to.match(/^\/admin\/jobs\/\d+$/);
    const job = started.location?.split('/').at(-1) ?? '';
    const end = await api.jobEnd(job);
    expect(end.body).to.deep.include({ state: 'done', done: 2, total: 2 });
    expect(end.body.result).to.include({ changed: 1, failed: 1 });
    expect((await api.get(`/vouchers/${open}`)).body).to.include({ paidAt: '2026-02-03', balance: 5000 });
    const file = await admin.get(`/admin/jobs/${job}/file`);
    expect(file.html).to.contain('bezahlt gesetzt').and.contain('Der Gutschein ist gültig. Möglich ist: ');
    expect(await database().knex('voucher_bulk_outcomes').where({ job_id: job })).to.deep.equal([]);
  });

  it('mail to those who have an address, once for a job', async () => {
    const one = await voucher({ title: 'Post', recipient: { name: 'Frau Muster', email: 'muster@example.org' } });
    const none = await voucher({ title: 'Post ohne' });
    await admin.get('/admin/vouchers');
    const started = await admin.post('/admin/vouchers/bulk/start', {
      action: 'mail',
      scope: 'selected',
      ids: `${one},${none}`,
      query: '',
    });
    const end = await api.jobEnd(started.location?.split('/').at(-1) ?? '');
    expect(end.body.result).to.include({ changed: 1, failed: 1 });
    expect((await api.get(`/vouchers/${one}/history`)).body.items[0].action).to.equal('voucher.mail');
  });

  it('do it to all hits of a list, and refuse codes that follow a campaign', async () => {
    const { body } = await api.post('/campaigns', {
      ...discount,
      title: 'Zug Aktion',
      validity: { bookUntil: '2027-01-01' },
    });
    await api.jobEnd(
      (await api.post(`/campaigns/${body.id as string}/codes`, { count: 3 }, { idempotencyKey: 'zug' })).body
        .id as string,
    );
    const own = await voucher({ title: 'Zug eigen', validity: { bookUntil: '2027-01-01' } });
    await admin.get('/admin/vouchers');
    const started = await admin.post('/admin/vouchers/bulk/start', {
      action: 'extend',
      scope: 'all',
      query: 'q=Zug',
      bookUntil: '31.12.2028',
      reason: 'Kulanz',
    });
    const end = await api.jobEnd(started.location?.split('/').at(-1) ?? '');
    expect(end.body.result).to.include({ changed: 1, failed: 3 });
    expect((await api.get(`/vouchers/${own}`)).body.validity.bookUntil).to.equal('2028-12-31');
  });

  it('tell the second of two what the first changed, and keep what both typed', async () => {
    const id = await voucher({ title: 'Zwei', code: 'ZWEI' });
    const { html } = await admin.get(`/admin/vouchers/${id}`);
    const form = fieldsOf(html);
    await changeVoucher(database(), { actor: 'user:1', moment }, id, {
      change: { validity: { bookUntil: '2027-07-31' } },
      ifMatch: null,
    });
    const second = await admin.post(`/admin/vouchers/${id}`, { ...form, title: 'Zwei neu', do: 'save' });
    expect(second.status).to.equal(412);
    expect(second.html).to.contain('Inzwischen hat').and.contain('31.07.2027').and.contain('value="Zwei neu"');
    const third = await admin.post(`/admin/vouchers/${id}`, { ...fieldsOf(second.html), do: 'save' });
    expect(third.status).to.equal(303);
    const { body } = await api.get(`/vouchers/${id}`);
    expect([body.title, body.validity.bookUntil]).to.deep.equal(['Zwei neu', '2027-07-31']);
    const { changes } = (await api.get(`/vouchers/${id}/history`)).body.items[0] as { changes: object };
    expect(changes).to.deep.equal({ title: { before: 'Zwei', after: 'Zwei neu' } });
  });

  it('lose nothing when the type is changed and changed back, and ask again when it was changed unseen', async () => {
    const form = {
      ...fieldsOf((await admin.get('/admin/vouchers/new?type=purchase')).html),
      title: 'Hin und her',
      originalValue: '123,45',
      method: 'cash',
    };
    const asDeal = await admin.post('/admin/vouchers', { ...form, type: 'deal', do: 'take' });
    const deal = { ...fieldsOf(asDeal.html), paysInFull: 'true', partnerPrice: '99,00' };
    expect(deal).to.include({
      title: 'Hin und her',
      type: 'deal',
      shownType: 'deal',
      originalValue: '123,45',
      method: 'cash',
    });
    const back = fieldsOf((await admin.post('/admin/vouchers', { ...deal, type: 'purchase', do: 'take' })).html);
    expect(back).to.include({
      type: 'purchase',
      originalValue: '123,45',
      method: 'cash',
      paysInFull: 'true',
      partnerPrice: '99,00',
    });
    const unseen = await admin.post('/admin/vouchers', { ...back, type: 'settlement', do: 'save' });
    expect([unseen.status, unseen.html.includes('Sie haben den Typ geändert')]).to.deep.equal([200, true]);
    const saved = await admin.post('/admin/vouchers', { ...back, do: 'save' });
    expect((await api.get(`/vouchers/${saved.location?.split('/').at(-1) ?? ''}`)).body).to.deep.include({
      type: 'purchase',
      deal: null,
    });
  });

  it('make one voucher of a form that is sent twice, and another only when asked again', async () => {
    const form = {
      ...fieldsOf((await admin.get('/admin/vouchers/new?type=purchase')).html),
      title: 'Doppelklick',
      originalValue: '10,00',
      do: 'save',
    };
    const [first, second] = await Promise.all([
      admin.post('/admin/vouchers', form),
      admin.post('/admin/vouchers', form),
    ]);
    const third = await admin.post('/admin/vouchers', form);
    expect((await all({ q: 'Doppelklick' }, 10)).length).to.equal(1);
    expect([first.status, second.status].includes(303) && third.status === 303).to.equal(true);
    const changed = await admin.post('/admin/vouchers', { ...form, originalValue: '20,00' });
    expect([changed.status, changed.html.includes('schon gespeichert')]).to.deep.equal([422, true]);
    expect((await admin.post('/admin/vouchers', { ...fieldsOf(changed.html), do: 'save' })).status).to.equal(303);
    expect((await all({ q: 'Doppelklick' }, 10)).length).to.equal(2);
  });

  it('tell one of two who save at the same moment', async () => {
    const id = await voucher({ title: 'Zugleich' });
    const form = fieldsOf((await admin.get(`/admin/vouchers/${id}`)).html);
    const answers = await Promise.all(
      ['A', 'B'].map((title) =>
        admin.post(`/admin/vouchers/${id}`, { ...form, title: `Zugleich ${title}`, do: 'save' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 412]);
  });

  it('keep an internal note, which stays with the voucher under a new code', async () => {
    const id = await voucher({
      type: 'purchase',
      title: 'Mit Notiz',
      paidAt: '2026-01-02',
      value: { originalValue: 9000 },
    });
    const { html } = await admin.get(`/admin/vouchers/${id}`);
    expect(html).to.contain('Interne Notiz').and.contain('Nur für Mitarbeitende');
    const form = { ...fieldsOf(html), note: 'Reklamation läuft\r\nFrist 31.12.', do: 'save' };
    expect((await admin.post(`/admin/vouchers/${id}`, { ...form, note: 'x'.repeat(1001) })).html)
      .to.contain('1000')
      .and.contain('is-invalid');
    expect((await admin.post(`/admin/vouchers/${id}`, form)).status).to.equal(303);
    const saved = (await api.get(`/vouchers/${id}`)).body;
    expect(saved.note).to.equal('Reklamation läuft\nFrist 31.12.');
    const page = (await admin.get(`/admin/vouchers/${id}`)).html;
    expect(page)
      .to.contain('Reklamation läuft\nFrist 31.12.</textarea>')
      .and.contain('voucher-note m-0">Reklamation läuft');
    // Saved again as browsers send it, nothing is another.
    await admin.post(`/admin/vouchers/${id}`, {
      ...fieldsOf(page),
      note: 'Reklamation läuft\r\nFrist 31.12.',
      do: 'save',
    });
    expect(
      (await api.get(`/vouchers/${id}/history`)).body.items.filter(
        ({ action }: { action: string }) => action === 'voucher.change',
      ),
    ).to.have.lengthOf(1);
    const fresh = (await api.post(`/vouchers/${id}/reissue`, { reason: 'verloren' })).body;
    expect(fresh.note).to.equal(saved.note);
    const parts = (await api.post(`/vouchers/${fresh.id as string}/splits`, { parts: [4000, 5000], reason: 'zwei' }))
      .body.items as { note: string }[];
    expect(parts.map(({ note }) => note)).to.deep.equal([saved.note, saved.note]);
  });

  it('copy a voucher without its code, payment, recipient and note', async () => {
    const id = await voucher({
      title: 'Vorlage',
      code: 'VORLAGE',
      recipient: { name: 'Frau Muster', email: null },
      bookingId: 'B-1',
      note: 'Vermerk',
    });
    const { html } = await admin.get(`/admin/vouchers/new?copy=${id}`);
    expect(html)
      .to.contain('value="Vorlage"')
      .and.not.contain('VORLAGE')
      .and.not.contain('Frau Muster')
      .and.not.contain('value="B-1"')
      .and.not.contain('Vermerk');
  });

  it('show the entries of the books page by page, each with the balance after it', async () => {
    const id = await voucher({
      type: 'purchase',
      title: 'Viel bewegt',
      paidAt: '2026-01-02',
      value: { originalValue: 1000 },
    });
    for (const amount of [100, 200, 300, 400]) {
      const answer = await api.post(
        `/vouchers/${id}/topups`,
        { amount, method: 'cash' },
        { idempotencyKey: `topup-${amount}` },
      );
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    }
    const seen: [number, number][] = [];
    for (let before: number | null = null; ;) {
      const { entries, next } = await readLedgerPage(database().knex, id, ['V_KAUF'], { before, limit: 2 });
      seen.push(...entries.map(({ cents, balance }): [number, number] => [cents, balance]));
      if (next === null) break;
      before = next;
    }
    expect(seen).to.deep.equal([
      [400, 2000],
      [300, 1600],
      [200, 1300],
      [100, 1100],
      [1000, 1000],
    ]);
    const page = (await admin.get(`/admin/vouchers/${id}/ledger?cursor=3`)).html.replaceAll(/[\u00a0\s]+/g, ' ');
    expect(page).to.contain('11,00 €').and.contain('10,00 €').and.contain('Anfang<').and.not.contain('20,00 €');
    expect((await admin.get(`/admin/vouchers/${id}`)).html)
      .to.contain('20,00')
      .and.not.contain('Ältere Buchungen');
  });

  describe('within ten seconds', () => {
    const undoOf = (html: string): Record<string, string> => ({
      path: /action="([^"]*\/undo)"/.exec(html)?.[1] ?? '',
      version: /name="version" value="(\d+)"><button class="btn btn-sm">/.exec(html)?.[1] ?? '',
    });
    const plain = (html: string): string => html.replaceAll(/\s+/g, ' ');
    const press = async ({ path = '', version = '' }: Record<string, string>): Promise<string> =>
      plain((await admin.get((await admin.post(path, { version })).location ?? '')).html);

    it('take a lock back, and put it on again', async () => {
      const id = await voucher({ title: 'Versehen' });
      await admin.post(`/admin/vouchers/${id}/lock`, { reason: 'aus Versehen' });
      expect(await press(undoOf((await admin.get(`/admin/vouchers/${id}`)).html)))
        .to.contain('wieder entsperrt')
        .and.not.contain('data-undo');
      expect((await api.get(`/vouchers/${id}`)).body.status).to.equal('active');
      await admin.post(`/admin/vouchers/${id}/lock`, { reason: 'mit Absicht' });
      await admin.post(`/admin/vouchers/${id}/unlock`, {});
      expect(await press(undoOf((await admin.get(`/admin/vouchers/${id}`)).html))).to.contain('wieder gesperrt');
      expect((await api.get(`/vouchers/${id}`)).body.status).to.equal('deactivated');
    });

    it('take texts back, but nothing else', async () => {
      const id = await voucher({ title: 'Alter Titel', message: 'Alt' });
      const form = fieldsOf((await admin.get(`/admin/vouchers/${id}`)).html);
      await admin.post(`/admin/vouchers/${id}`, { ...form, title: 'Neuer Titel', message: 'Neu', do: 'save' });
      expect((await api.get(`/vouchers/${id}`)).body).to.include({ title: 'Neuer Titel', message: 'Neu' });
      expect(await press(undoOf((await admin.get(`/admin/vouchers/${id}`)).html))).to.contain(
        'Texte sind wieder wie vorher',
      );
      expect((await api.get(`/vouchers/${id}`)).body).to.include({ title: 'Alter Titel', message: 'Alt' });
      const again = fieldsOf((await admin.get(`/admin/vouchers/${id}`)).html);
      await admin.post(`/admin/vouchers/${id}`, { ...again, title: 'Wieder neu', maxAmount: '10,00', do: 'save' });
      const after = await admin.get(`/admin/vouchers/${id}`);
      expect(after.html).to.contain('Wieder neu').and.not.contain('data-undo');
      expect(
        await press({
          path: `/admin/vouchers/${id}/undo`,
          version: String((await api.get(`/vouchers/${id}`)).body.version),
        }),
      ).to.contain('etwas anderes geändert');
      expect((await api.get(`/vouchers/${id}`)).body.title).to.equal('Wieder neu');
    });

    it('but not later, not by somebody else and not when something has happened since', async () => {
      const id = await voucher({ title: 'Zu spät' });
      await admin.post(`/admin/vouchers/${id}/lock`, { reason: 'Grund' });
      const late = undoOf((await admin.get(`/admin/vouchers/${id}`)).html);
      await database().knex.raw('drop trigger if exists audit_log_no_update');
      await database()
        .knex('audit_log')
        .where({ entity: 'voucher', entity_id: id, action: 'voucher.deactivate' })
        .update({ recorded_at: Date.now() - 14_000 });
      expect(await press(late)).to.contain('zehn Sekunden sind vorbei');
      await admin.post(`/admin/vouchers/${id}/unlock`, {});
      const overtaken = undoOf((await admin.get(`/admin/vouchers/${id}`)).html);
      await api.patch(`/vouchers/${id}`, { bookingId: 'B-1' });
      expect(await press(overtaken)).to.contain('etwas anderes geändert');
      await api.post(`/vouchers/${id}/deactivate`, {});
      expect(
        await press({ ...overtaken, version: String((await api.get(`/vouchers/${id}`)).body.version) }),
      ).to.contain('etwas anderes geändert');
      expect((await api.get(`/vouchers/${id}`)).body.status).to.equal('deactivated');
    });
  });

  it('show auditors everything and let them change nothing, and codes whole only to those who may see them', async () => {
    const id = await voucher({ title: 'Geheim', code: 'GEHEIMCODE' });
    const auditor = await person('auditor', false);
    for (const path of ['', '?q=Geheim', `/${id}`]) {
      const { status, html } = await auditor.get(`/admin/vouchers${path}`);
      expect([status, html.includes('GEHEIMCODE'), html.includes('data-form-actions')]).to.deep.equal([
        200,
        false,
        false,
      ]);
    }
    for (const path of [`/${id}`, `/${id}/lock`, '/bulk', ''])
      expect((await auditor.post(`/admin/vouchers${path}`, { reason: 'x' })).status).to.equal(403);
    const agent = await person('agent', false);
    expect((await agent.get(`/admin/vouchers/${id}`)).html)
      .to.contain('data-form-actions')
      .and.not.contain('GEHEIMCODE');
  });
});

/** The fields of the form as a browser would send them back. */
function fieldsOf(html: string): Record<string, string> {
  const form = html.slice(html.indexOf('data-voucher-form'), html.indexOf('<aside>\n    <div class="card">'));
  const fields: Record<string, string> = {};
  const text = (value: string): string =>
    value
      .replaceAll('&quot;', '"')
      .replaceAll('&#x3D;', '=')
      .replaceAll('&amp;', '&')
      .replaceAll('&#x27;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const attribute = (name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    const name = attribute('name');
    if (
      name === undefined ||
      tag.includes(' disabled') ||
      (/type="(checkbox|radio)"/.test(tag) && !tag.includes(' checked'))
    )
      continue;
    fields[name] = text(attribute('value') ?? '');
  }
  for (const [, tag = '', options = ''] of form.matchAll(/<select([^>]*)>([^]*?)<\/select>/g)) {
    const name = / name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined && !tag.includes(' disabled'))
      fields[name] = text(
        /<option value="([^"]*)" selected/.exec(options)?.[1] ?? /<option value="([^"]*)"/.exec(options)?.[1] ?? '',
      );
  }
  for (const [, name = '', value = ''] of form.matchAll(/<textarea[^>]* name="([^"]*)"[^>]*>([^]*?)<\/textarea>/g))
    fields[name] = text(value);
  return fields;
}
