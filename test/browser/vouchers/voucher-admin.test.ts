import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import { systemClock } from '../../../src/platform/process/clock.ts';
import type { Page } from 'puppeteer';
import { listVouchers } from '../../../src/features/vouchers/list/voucher-list-service.ts';
import { findVoucherByCode } from '../../../src/features/vouchers/record/voucher-service.ts';
import { createVoucher } from '../../../src/features/vouchers/life/voucher-create-service.ts';
import { changeVoucher } from '../../../src/features/vouchers/life/voucher-change-service.ts';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { settled } from '../../support/page-checks.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOnBothDatabases('in a browser, the vouchers of the admin', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  const moment = { now: Date.now(), today: systemClock('Europe/Berlin').today() };
  const stored = (code: string) => findVoucherByCode(database(), code, moment);

  const signedIn = (options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(server.url, options, async (page) => {
      // Leaving a form with something typed in it asks first.
      page.on('dialog', (dialog) => void dialog.accept());
      await work(page);
    });

  async function create(page: Page, type: string, fields: Readonly<Record<string, string>>): Promise<void> {
    await page.goto(`${server.url}/admin/vouchers/new?type=${type}`);
    for (const [name, value] of Object.entries(fields)) {
      const field = `[name="${name}"]`;
      if ((await page.$eval(field, (element) => element.tagName)) === 'SELECT') await page.select(field, value);
      else await page.type(field, value);
    }
    await submit(page);
  }

  async function submit(page: Page): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click('.form-actions button[value=save]')]);
  }

  for (const options of [{}, { javaScript: false }] as VisitOptions[]) {
    it(`take a lock back for ten seconds${options.javaScript === false ? ' without JavaScript' : ''}`, async () => {
      const { id } = await createVoucher(
        database(),
        { actor: 'user:1', moment: { ...moment, now: Date.now() } },
        { type: 'discount', title: 'Versehen', value: { tiers: [{ minTripPrice: 0, percent: 10 }] } },
      );
      await signedIn(options, async (page) => {
        await page.goto(`${server.url}/admin/vouchers/${id}/lock`);
        await page.type('[name=reason]', 'Versehen');
        await submitAct(page);
        if (options.javaScript !== false)
          expect(await page.$eval('[data-undo-left]', (left) => left.textContent)).to.match(/^(10|9) s$/);
        const { violations } =
          options.javaScript === false
            ? { violations: [] }
            : await new AxePuppeteer(page).setLegacyMode().options({ iframes: false }).analyze();
        expect(violations.map((one) => one.id)).to.deep.equal([]);
        await Promise.all([page.waitForNavigation(), page.click('.flash-undo button')]);
        expect(await page.$eval('.alert', (alert) => alert.textContent)).to.contain('wieder entsperrt');
      });
    });
  }

  async function submitAct(page: Page): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click('main form .btn-primary, main form .btn-danger')]);
  }

  for (const options of [{}, { javaScript: false }] as VisitOptions[]) {
    const suffix = options.javaScript === false ? '-OHNE-JS' : '';
    it(`create one of each type${suffix === '' ? '' : ' without JavaScript'}`, async () => {
      await signedIn(options, async (page) => {
        await create(page, 'discount', {
          title: 'Ostern',
          code: `OSTERN${suffix}`,
          'tiers[0][worth]': '12,5',
          bookUntil: '31.3.2027',
          maxAmount: '1.150,00',
        });
        expect(await page.$eval('.alert', (alert) => alert.textContent)).to.contain('„Ostern“ ist angelegt');
        expect(await page.$eval('.alert input', (input) => input.value)).to.equal(`OSTERN${suffix}`);
        await create(page, 'purchase', {
          title: 'Geschenk',
          code: `GESCHENK7X4Q9M2${suffix}`,
          originalValue: '250,00',
          paidAt: '01.11.2026',
        });
        await create(page, 'settlement', {
          title: 'Kulanz',
          code: `KULANZ8K3W5P7${suffix}`,
          originalValue: '80',
          funding: 'goodwill',
        });
        await create(page, 'deal', { title: 'Deal', code: `DEAL${suffix}`, paidAt: '01.11.2026' });
        expect(await page.$eval('.error-summary', (summary) => summary.textContent)).to.contain(
          'Mindestens eine Wertestaffel wird gebraucht.',
        );
        await page.focus('[name=paysInFull]');
        await page.keyboard.press('Space');
        await submit(page);
      });
      const discount = await stored(`OSTERN${suffix}`);
      expect(discount?.value).to.deep.equal({
        multiplier: 'booking',
        tiers: [{ minTripPrice: 0, percent: 12.5 }],
        maxAmount: 115_000,
        originalValue: null,
      });
      expect(discount?.validity.bookUntil).to.equal('2027-03-31');
      expect(await stored(`GESCHENK7X4Q9M2${suffix}`)).to.include({
        balance: 25_000,
        paidAt: '2026-11-01',
        status: 'active',
      });
      expect(await stored(`KULANZ8K3W5P7${suffix}`)).to.include({ funding: 'goodwill', status: 'unpaid' });
      expect((await stored(`DEAL${suffix}`))?.deal).to.include({ paysInFull: true, entry: 'deal_page' });
    });
  }

  it('keep what was typed when something is wrong, name it, and save once it is right', async () => {
    await signedIn({}, async (page) => {
      await create(page, 'discount', {
        title: 'Fehler',
        code: 'FEHLER',
        'tiers[0][worth]': '125',
        bookUntil: '31.12.2027',
      });
      expect(await page.$eval('[role=alert], .error-summary', (alert) => alert.textContent)).to.contain('100 %');
      expect(await page.$eval('[name="tiers[0][worth]"]', (field) => (field as HTMLInputElement).value)).to.equal(
        '125',
      );
      expect(await page.$eval('[name=bookUntil]', (field) => (field as HTMLInputElement).value)).to.equal('31.12.2027');
      await page.$eval('[name="tiers[0][worth]"]', (field) => ((field as HTMLInputElement).value = '25'));
      await submit(page);
    });
    expect((await stored('FEHLER'))?.value.tiers).to.deep.equal([{ minTripPrice: 0, percent: 25 }]);
  });

  it('add tiers and restrictions row by row, change a voucher, and tell a stale save', async () => {
    await database().knex('catalogue_entries').insert({ kind: 'theme', id: 'wandern', name: 'Wandern', updated_at: 1 });
    await signedIn({ javaScript: false }, async (page) => {
      await create(page, 'discount', { title: 'Staffel', code: 'STAFFEL', 'tiers[0][worth]': '5' });
      const url = page.url();
      for (const action of ['add:tiers', 'add:themes'])
        await Promise.all([page.waitForNavigation(), page.click(`button[value="${action}"]`)]);
      await page.type('[name="tiers[1][minTripPrice]"]', '1.000,00');
      await page.type('[name="tiers[1][worth]"]', '10');
      await page.type('[name="themes[0][entry]"]', 'wandern');
      await page.click('[name="themes[0][not]"]');
      await submit(page);
      expect((await stored('STAFFEL'))?.value.tiers).to.deep.equal([
        { minTripPrice: 0, percent: 5 },
        { minTripPrice: 100_000, percent: 10 },
      ]);
      expect((await stored('STAFFEL'))?.restrictions.themes).to.deep.equal({ include: [], exclude: ['wandern'] });
      await page.goto(url);
      const id = (await stored('STAFFEL'))?.id ?? '';
      await changeVoucher(database(), { actor: 'user:1', moment }, id, {
        change: { validity: { bookUntil: '2027-05-01' } },
        ifMatch: null,
      });
      await page.type('[name=title]', 'Neu: ');
      await submit(page);
      const conflict = await page.$eval('.voucher-conflict', (alert) => alert.textContent.replaceAll(/\s+/g, ' '));
      expect(conflict)
        .to.contain('Inzwischen hat Administration gespeichert')
        .and.contain('Buchung bis')
        .and.contain('01.05.2027');
      expect(await page.$eval('[name=title]', (field) => (field as HTMLInputElement).value)).to.equal('Neu: Staffel');
      expect(await page.$eval('[name=bookUntil]', (field) => (field as HTMLInputElement).value)).to.equal('01.05.2027');
      await submit(page);
      const saved = await stored('STAFFEL');
      expect([saved?.title, saved?.validity.bookUntil]).to.deep.equal(['Neu: Staffel', '2027-05-01']);
    });
  });

  it('take rows in place, find themes by typing, and show the history field by field', async () => {
    await signedIn({}, async (page) => {
      await create(page, 'discount', { title: 'Verlauf', code: 'VERLAUF', 'tiers[0][worth]': '5' });
      await page.click('[data-tab=products]');
      await page.click('button[value="add:themes"]');
      await page.waitForSelector('[name="themes[0][entry]"]');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).to.equal('themes[0][entry]');
      await page.type('[name="themes[0][entry]"]', 'wan');
      await page.waitForFunction(
        () => document.querySelector('#offered-themes option')?.getAttribute('value') === 'Wandern (wandern)',
      );
      await page.$eval(
        '[name="themes[0][entry]"]',
        (field) => ((field as HTMLInputElement).value = 'Wandern (wandern)'),
      );
      await submit(page);
      await page.click('[data-tab=history]');
      const story = await page.$eval('.voucher-story', (list) => list.textContent.replaceAll(/\s+/g, ' '));
      expect(story)
        .to.contain('geändert')
        .and.contain('Administration')
        .and.contain('Themen')
        .and.contain('leer')
        .and.contain('Wandern');
      expect((await stored('VERLAUF'))?.restrictions.themes.include).to.deep.equal(['wandern']);
    });
  });

  for (const options of [{}, { javaScript: false }] as VisitOptions[]) {
    it(`are locked with a reason and cancelled with what it means in figures${options.javaScript === false ? ' without JavaScript' : ''}`, async () => {
      const code = options.javaScript === false ? 'ENDE-OHNE-7X4Q9M2' : 'ENDE-MIT-7X4Q9M2';
      await signedIn(options, async (page) => {
        await create(page, 'purchase', { title: 'Ende', code, originalValue: '75', paidAt: '01.11.2026' });
        const act = async (name: string, reason: string): Promise<void> => {
          const form = `form[action$="/${name}"]`;
          if (options.javaScript === false)
            await Promise.all([page.waitForNavigation(), page.click(`a[href$="/${name}"]`)]);
          else await page.click(`a[href$="/${name}"]`);
          if (name === 'cancel') {
            expect(await page.$eval(form, (element) => element.textContent)).to.contain('75,00');
            await page.click(`${form} [name=refund][value=true]`);
          }
          await page.type(`${form} [name=reason]`, reason);
          await Promise.all([page.waitForNavigation(), page.click(`${form} .dialog-footer button:last-child`)]);
        };
        await act('lock', 'Verdacht auf Betrug');
        expect((await stored(code))?.status).to.equal('deactivated');
        await act('unlock', '');
        await act('cancel', 'Wunsch des Kunden');
        expect(await stored(code)).to.include({ status: 'refunded', balance: 0 });
        expect(await page.$eval('#history', (part) => part.textContent))
          .to.contain('Verdacht auf Betrug')
          .and.contain('75,00')
          .and.contain('Erstattung entschieden');
      });
    });
  }

  it('follow the fields with the summary, and say at once that a code is taken', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}/admin/vouchers/new?type=discount`);
      await page.type('[name="tiers[0][worth]"]', '10');
      await page.waitForFunction(() =>
        document.querySelector('[data-voucher-summary]')?.textContent.includes('1.080,00'),
      );
      await page.type('[name=code]', 'ostern');
      await page.waitForFunction(() =>
        document.querySelector('[data-code-answer]')?.textContent.includes('gibt es schon'),
      );
    });
  });

  it('are found by code in any spelling, and listed by filter, with a way on when nothing fits', async () => {
    await signedIn({}, async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('os-tern');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      expect(await page.$eval('h1', (heading) => heading.textContent)).to.contain('Ostern');
      await page.goto(`${server.url}/admin/vouchers?type=purchase&q=Geschenk`);
      expect(await page.$$eval('tbody tr', (rows) => rows.length)).to.equal(2);
      await page.goto(`${server.url}/admin/vouchers?q=gibtesnicht`);
      expect(await page.$eval('main', (main) => main.textContent)).to.contain('Kein Treffer');
    });
  });

  for (const options of [{}, { javaScript: false }] as VisitOptions[]) {
    it(`are chosen by keyboard or mouse and locked together, with how many before and each outcome after${options.javaScript === false ? ' without JavaScript' : ''}`, async () => {
      const name = options.javaScript === false ? 'Bündel ohne' : 'Bündel mit';
      for (const index of [1, 2, 3])
        await createVoucher(
          database(),
          { actor: 'user:1', moment },
          { type: 'discount', title: `${name} ${index}`, value: { tiers: [{ minTripPrice: 0, percent: 5 }] } },
        );
      await signedIn(options, async (page) => {
        await page.goto(`${server.url}/admin/vouchers?q=${encodeURIComponent(name)}`);
        if (options.javaScript === false) {
          for (const box of (await page.$$('input[name=ids]')).slice(0, 2)) await box.click();
        } else {
          for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key as 'j');
          expect(await page.$eval('[data-selected-count]', (count) => count.textContent)).to.equal('2 ausgewählt');
        }
        await page.select('[name=action]', 'lock');
        await Promise.all([page.waitForNavigation(), page.click('.voucher-bulk button')]);
        expect(await page.$eval('.voucher-headline', (line) => line.textContent)).to.equal('2 Gutscheine');
        // Without a reason it is not done, and says so.
        await Promise.all([page.waitForNavigation(), page.click('.form-actions button')]);
        expect(await page.$eval('.error-summary', (summary) => summary.textContent)).to.contain('Grund');
        if (options.javaScript !== false) expect(await barriers(page)).to.deep.equal([]);
        await page.type('[name=reason]', 'Fehldruck');
        await Promise.all([page.waitForNavigation(), page.click('.form-actions button')]);
        const job = page.url().split('/').at(-1) ?? '';
        for (
          let turn = 0;
          (await database().knex('jobs').where({ id: job }).first<{ state: string }>('state')).state !== 'done' &&
          turn < 100;
          turn++
        )
          await new Promise((resolve) => setTimeout(resolve, 50));
      });
      const found = await listVouchers(database(), { q: name, limit: 10 }, moment);
      expect(found.items.map(({ status }) => status)).to.deep.equal(['deactivated', 'deactivated', 'active']);
    });
  }

  it('are kept as a list under a name', async () => {
    await signedIn({ width: 360, height: 740 }, async (page) => {
      await page.goto(`${server.url}/admin/vouchers?type=purchase&sort=-balance`);
      await page.click('.voucher-save-view summary');
      await page.type('#view-name', 'Größte Restwerte');
      await Promise.all([page.waitForNavigation(), page.click('.voucher-save-view button')]);
      expect(page.url()).to.contain('type=purchase&sort=-balance');
      expect(await page.$eval('.voucher-view [aria-current]', (link) => link.textContent)).to.equal('Größte Restwerte');
      expect(await barriers(page)).to.deep.equal([]);
    });
  });

  for (const options of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { width: 360, height: 740 },
  ] as VisitOptions[]) {
    it(`have no barrier (${JSON.stringify(options)})`, async () => {
      await signedIn(options, async (page) => {
        for (const path of [
          '',
          '?q=gibtesnicht',
          '/new?type=discount',
          '/new?type=deal',
          '/new?type=settlement',
          '/1',
          '/1?tab=2#design',
          '/1?tab=5#history',
          '/1/cancel',
          '?state=active',
        ]) {
          await page.goto(`${server.url}/admin/vouchers${path}`);
          expect(await barriers(page), path).to.deep.equal([]);
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
            path,
          ).to.equal(true);
        }
      });
    });
  }
});

async function barriers(page: Page): Promise<string[]> {
  await settled(page);
  const { violations } = await new AxePuppeteer(page).setLegacyMode().options({ iframes: false }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}
