import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime, { type Email } from 'postal-mime';
import type { Page } from 'puppeteer';
import { verifyEverything } from '../../src/features/accounting/proof/proof-service.ts';
import { signInBrowser, visit, type Visit } from '../support/browser.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startFragileServer, type FragileServer } from './fragile-server.ts';
import { PRINTING, qrOfPdf, textOfPdf } from '../support/pdf.ts';
import { openShop } from '../support/shop.ts';
import { startSmtpServer, type TestMailServer } from '../support/smtp.ts';

const BUYER = 'petra@example.org';
const AGENCY = 'agentur@example.org';

/** How each click of the path is made: straight on, or with the server dying around it. */
type Do = (page: Page, step: Step) => Promise<void>;

interface Step {
  readonly click: () => Promise<unknown>;
  readonly isDone: () => Promise<boolean>;
  /** What somebody does, or sees, who goes back to the form after it was done. */
  readonly back: () => Promise<unknown>;
}

describeOnBothDatabases('in a browser, the whole path of a voucher', (database) => {
  let server: FragileServer;
  let smtp: TestMailServer;
  let phone: Visit;
  let desk: Visit;

  before(async () => {
    smtp = await startSmtpServer();
    await openShop(database());
    server = await startFragileServer(database(), { ...PRINTING, SMTP_URL: smtp.url });
  });
  after(async () => {
    await server.close();
    await smtp.close();
  });
  beforeEach(async () => {
    phone = await visit({ width: 390, height: 840 });
    desk = await visit();
    await signInBrowser(desk.page, server.url);
  });

  const rows = async (table: string, where: object = {}): Promise<number> =>
    Number((await database().knex(table).where(where).count({ n: '*' }).first<{ n: number }>()).n);
  const last = async <T>(table: string): Promise<T> =>
    (await database().knex(table).orderBy('id', 'desc').first()) as T;
  const mailsTo = async (count: number): Promise<(Email & { readonly to1: string })[]> =>
    Promise.all(
      (await smtp.received(count)).map(async ({ recipients, source }) => ({
        ...(await PostalMime.parse(source)),
        to1: recipients[0] ?? '',
      })),
    );

  /** A server that dies is the only thing the browsers may have complained about. */
  async function leave(): Promise<void> {
    expect(
      [...phone.complaints(), ...desk.complaints()].filter(
        (one) =>
          !/net::ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONTENT_LENGTH_MISMATCH|SOCKET_NOT_CONNECTED)|Origin-Agent-Cluster/.test(
            one,
          ),
      ),
    ).to.deep.equal([]);
    await phone.close();
    await desk.close();
  }

  /** Orders two vouchers; the two mails of it bring no code. */
  async function order(act: Do): Promise<void> {
    const { page } = phone;
    const before = await rows('orders');
    await page.goto(`${server.url}/shop`);
    await page.click('input[name=amountChoice][value=free]');
    await page.type('[name=freeAmount]', '150');
    await page.$eval('[name=quantity]', (field) => ((field as unknown as { value: string }).value = '2'));
    await page.type('[name=recipientName]', 'Oma Inge');
    await page.type('[name=buyerName]', 'Petra Muster');
    await page.type('[name=buyerEmail]', BUYER);
    await page.click('[name=terms]');
    await go(page, 'button[value=review]');
    // The way back is a form of its own, and so a new order; the mail leads to the one that is there.
    const isNewForm = async (): Promise<void> => void expect(await page.$('button[value=review]')).not.to.equal(null);
    await act(page, {
      click: () => go(page, 'button[value=order]'),
      isDone: async () => (await rows('orders')) > before,
      back: isNewForm,
    });
    expect(await rows('orders')).to.equal(before + 1);
    const first = await mailsTo(2);
    expect(first.map(({ to1 }) => to1).sort()).to.deep.equal([AGENCY, BUYER]);
    expect(
      first.every(
        ({ attachments, text }) =>
          attachments.every(({ mimeType }) => mimeType === 'image/png') && !/([0-9A-Z]{4}-){3}/.test(text ?? ''),
      ),
    ).to.equal(true);
    const link = /http\S+\/order\/[\w-]{43}/.exec(first.find(({ to1 }) => to1 === BUYER)?.text ?? '')?.[0] ?? '';
    if (!page.url().includes('/order/')) await page.goto(link);
    expect(await textOf(page, '.pay-data')).to.contain('300,00 €');
  }

  async function settle(act: Do): Promise<void> {
    const { page } = desk;
    const { id } = await last<{ id: number }>('orders');
    await page.goto(`${server.url}/admin/orders`);
    const click = async (): Promise<void> => {
      await page.$eval(
        `input[name=ids][value="${id}"]`,
        (box) => ((box as unknown as { checked: boolean }).checked = true),
      );
      await go(page, '.voucher-bulk .btn-primary');
    };
    const back = async (): Promise<void> => {
      await page.goto(`${server.url}/admin/orders`);
      expect(await page.$(`input[name=ids][value="${id}"]`), 'nothing is left to be done').to.equal(null);
    };
    await act(page, { click, isDone: async () => (await rows('orders', { id, state: 'fulfilled' })) === 1, back });
  }

  async function redeem(act: Do, code: string): Promise<string> {
    const { page } = phone;
    const before = await rows('redemptions');
    await page.goto(`${server.url}/demo/trips/wien-walzer?code=${code}`);
    await go(page, 'main form .btn-primary');
    if ((await page.$('.code-list')) === null)
      await Promise.all([page.waitForSelector('.code-list'), page.click('.code-entry button')]);
    expect(await textOf(page, '.price-total dd')).to.equal('905,00 €');
    // The way back leads to the booking that was made.
    const back = async (): Promise<void> => void expect(page.url()).to.contain('/demo/confirmation/');
    await act(page, {
      click: () => go(page, '[data-confirm] .btn-primary'),
      isDone: async () => (await rows('redemptions')) > before,
      back,
    });
    return textOf(page, '[data-booking-number]');
  }

  async function giveBack(act: Do): Promise<void> {
    const { page } = desk;
    const { id } = await last<{ id: number }>('redemptions');
    await page.goto(`${server.url}/admin/redemptions/${id}/reversal`);
    await page.click('input[name=mode][value=amount]');
    await page.type('[name=amount]', '50');
    await go(page, '.card-footer .btn-primary');
    expect(await textOf(page, '#preview .total dd')).to.equal('50,00 €');
    await page.type('[name=reason]', 'Eine Reisende weniger');
    const back = async (): Promise<void> =>
      void expect(await textOf(page, '[data-given]'))
        .to.contain('bereits 50,00 €')
        .and.contain('Eine Reisende weniger');
    await act(page, {
      click: () => go(page, '#preview .btn-danger'),
      isDone: async () => (await rows('reversals', { redemption_id: id })) > 0,
      back,
    });
  }

  async function reissue(act: Do, id: number): Promise<void> {
    const { page } = desk;
    await page.goto(`${server.url}/admin/vouchers/${id}/family`);
    const form = 'form[action$="/reissue"]';
    await page.$eval(form, (element) => element.closest('details')?.setAttribute('open', ''));
    await page.type(`${form} [name=reason]`, 'Code verloren');
    const back = async (): Promise<void> => void expect(await page.$(form)).to.equal(null);
    await act(page, {
      click: () => go(page, `${form} .btn-primary`),
      isDone: async () => (await rows('voucher_links', { from_id: id })) > 0,
      back,
    });
  }

  /** Opens the mail with the codes: both PDFs, and what their QR codes say. */
  async function codesOf(mail: Email | undefined): Promise<string[]> {
    const codes = mail?.text?.match(/([0-9A-Z]{4}-){3}[0-9A-Z]{4}/g) ?? [];
    expect(codes).to.have.length(2);
    expect(mail?.attachments.map(({ mimeType }) => mimeType)).to.deep.equal(['application/pdf', 'application/pdf']);
    for (const [index, code] of codes.entries()) {
      const pdf = new Uint8Array(mail?.attachments[index]?.content as ArrayBuffer);
      expect(await textOfPdf(pdf))
        .to.contain(code)
        .and.contain('150,00');
      expect(await qrOfPdf(pdf)).to.equal(`${server.url}/v#${code.replaceAll('-', '')}`);
    }
    return codes;
  }

  /** One of everything of the order that came last, and books that agree to the cent. */
  async function expectOneOfEverything(bookingNumber: string): Promise<void> {
    const { id, state, paid } = await last<{ id: number; state: string; paid: number }>('orders');
    expect({ state, paid: Number(paid) }).to.deep.equal({ state: 'fulfilled', paid: 30_000 });
    expect(await rows('order_payments', { order_id: id })).to.equal(1);
    const vouchers = (await database()
      .knex('order_vouchers')
      .where({ order_id: id })
      .orderBy('position')
      .select('voucher_id')) as { voucher_id: number }[];
    expect(vouchers).to.have.length(2);
    const [first, second] = vouchers.map(({ voucher_id }) => voucher_id);
    const links = (await database().knex('voucher_links').where({ from_id: first })) as { to_id: number }[];
    expect(links).to.have.length(1);
    const balance = async (one: number | undefined): Promise<number> =>
      Number((await database().knex('vouchers').where({ id: one }).first<{ balance: number }>('balance')).balance);
    expect([await balance(first), await balance(second), await balance(links[0]?.to_id)]).to.deep.equal([
      0, 15_000, 5000,
    ]);
    const redemptions = (await database().knex('redemptions').where({ booking_number: bookingNumber })) as {
      id: number;
    }[];
    expect(redemptions).to.have.length(1);
    const reversals = (await database().knex('reversals').where({ redemption_id: redemptions[0]?.id })) as {
      amount: number;
    }[];
    expect(reversals.map(({ amount }) => Number(amount))).to.deep.equal([5000]);
    const ids = [first, second, links[0]?.to_id];
    expect(await sums(ids as number[])).to.deep.equal({
      sale: 30_000,
      redemption: 15_000,
      redemption_reversal: 5000,
      transfer_out: 5000,
      transfer_in: 5000,
    });
    const { problem } = await verifyEverything(database().knex, Date.now());
    expect(problem).to.equal(null);
  }

  /** The cents of each event that touches what the vouchers are worth. */
  async function sums(ids: readonly number[]): Promise<Record<string, number>> {
    const entries = (await database()
      .knex('ledger_entries')
      .whereIn('voucher_id', ids)
      .groupBy('event')
      .select('event')
      .sum({ cents: 'cents' })) as { event: string; cents: number }[];
    return Object.fromEntries(entries.map(({ event, cents }) => [event, Number(cents)]));
  }

  it('leads from the shop over mail, PDF and trip to what is left under a new code', async () => {
    const straight: Do = async (_page, { click }) => {
      await click();
    };
    await order(straight);
    await settle(straight);
    expect(await textOf(desk.page, '.alert-success')).to.contain('300,00 €');
    const [code = ''] = await codesOf((await mailsTo(1))[0]);
    const bookingNumber = await redeem(straight, code);
    await giveBack(straight);
    await reissue(straight, await voucherOf(code));
    await expectOneOfEverything(bookingNumber);
    await leave();
  }).timeout(60_000);

  const voucherOf = async (code: string): Promise<number> =>
    (
      await database()
        .knex('vouchers')
        .where({ normalised_code: code.replaceAll('-', '') })
        .first<{ id: number }>('id')
    ).id;

  it('sends the mail with the codes once, wherever the server dies on its way', async () => {
    const straight: Do = async (_page, { click }) => {
      await click();
    };
    await order(straight);
    const { id } = await last<{ id: number }>('orders');
    const mail = async (): Promise<{ id: number; state: string; lease_until: number | null } | undefined> =>
      (await database()
        .knex('mails')
        .where({ event: 'order_fulfilled', entity_id: String(id) })
        .first()) as { id: number; state: string; lease_until: number | null } | undefined;
    const leaseRunsOut = (): Promise<number> =>
      database()
        .knex('mails')
        .where({ event: 'order_fulfilled', entity_id: String(id) })
        .update({ lease_until: 1 });

    // While the PDFs are made nothing has left the house: the next process makes them anew, by itself.
    await settle((_page, { click }) => server.dieWhen(async () => Number((await mail())?.lease_until ?? 0) > 0, click));
    expect(await mail()).to.include({ state: 'queued' });
    await leaseRunsOut();
    const isTaken = smtp.takeSilentlyOnce();
    await server.start();
    await isTaken;

    // The mail server has it, and we died before it could say so: only a person may send it again.
    await server.dieWhen(() => Promise.resolve(true));
    expect(await mail()).to.include({ state: 'sending' });
    await leaseRunsOut();
    await server.start();
    const [first] = await mailsTo(1);
    const { page } = desk;
    await until(async () => (await mail())?.state === 'uncertain');
    await page.goto(`${server.url}/admin/outbox/${(await mail())?.id ?? 0}`);
    await go(page, 'form[action$="/resend"] button');
    const [again] = await mailsTo(1);
    await until(async () => (await mail())?.state === 'sent');
    // A reader's program shows one mail, because both say they are the same.
    expect(again?.messageId).to.equal(first?.messageId);
    expect(await codesOf(again)).to.deep.equal(await codesOf(first));
    expect(await rows('mails', { event: 'order_fulfilled', entity_id: String(id) })).to.equal(1);
    await leave();
  }).timeout(60_000);

  it('leaves no browser behind when it dies amid a PDF', async () => {
    const page = desk.page;
    const { id } = await last<{ id: number }>('vouchers');
    expect(
      await page.evaluate(`fetch('/admin/vouchers/${id}/document/pdf?format=a4').then((answer) => answer.status)`),
    ).to.equal(200);
    const children = childrenOf(server.pid);
    expect(children).not.to.deep.equal([]);
    await server.dieWhen(() => Promise.resolve(true));
    await until(() => Promise.resolve(children.every((pid) => !existsSync(`/proc/${pid}`))));
    await server.start();
    await leave();
  }).timeout(30_000);

  for (const how of ['sending the form once more', 'going back to it']) {
    it(`gives one of everything when the server dies around each commit and the click is repeated by ${how}`, async () => {
      const fragile: Do = async (page, { click, isDone, back }) => {
        if (how === 'going back to it') {
          await server.dieBeforeAnswer(click, isDone);
          await server.start();
          await page.goBack().catch(() => null);
          // A page that came by a form is asked for once more.
          if ((await page.$('main')) === null) await page.reload();
          await back();
          return;
        }
        await server.dieBeforeCommit(click);
        expect(await isDone(), 'nothing is half done').to.equal(false);
        await server.start();
        await server.dieBeforeAnswer(() => page.reload(), isDone);
        await server.start();
        await page.reload();
      };
      await order(fragile);
      await settle(fragile);
      const [code = ''] = await codesOf((await mailsTo(1))[0]);
      const bookingNumber = await redeem(fragile, code);
      await giveBack(fragile);
      await reissue(fragile, await voucherOf(code));
      await expectOneOfEverything(bookingNumber);
      const { id } = await last<{ id: number }>('orders');
      expect(await rows('mails', { entity: 'order', entity_id: String(id), state: 'sent' })).to.equal(3);
      await leave();
    }).timeout(120_000);
  }
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((one) => one !== '')
    .map(Number);
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await isTrue()); await sleep(20))
    if (Date.now() > deadline) throw new Error('it never came true');
}

async function go(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

async function textOf(page: Page, selector: string): Promise<string> {
  const text = await page.$eval(selector, (element) => element.textContent);
  return text.replaceAll(/[\s ]+/g, ' ').trim();
}
