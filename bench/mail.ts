import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { connectMailServer } from '../src/features/documents/mail/delivery-mail.ts';
import { createMailDelivery } from '../src/features/documents/mail/mail-delivery-service.ts';
import { createMailRoom } from '../src/features/documents/mail/mail-service.ts';
import { createAssets } from '../src/platform/html/assets.ts';
import { systemClock } from '../src/platform/process/clock.ts';
import { inTransaction, openDatabase } from '../src/platform/data/db.ts';
import { createI18n } from '../src/platform/html/i18n.ts';
import { migrateToLatest } from '../src/platform/data/migrations.ts';
import { createViews } from '../src/platform/html/views.ts';

/** Mails of the queue to a real SMTP server on this machine, beside the same mails given to the same connection one after the other. */
const ROOT = join(import.meta.dirname, '..');
const COUNT = Number(process.argv[2] ?? 1000);
const directory = mkdtempSync(join(tmpdir(), 'reisebon-bench-'));
const database = openDatabase(`sqlite:${join(directory, 'mail.sqlite')}`);
let received = 0;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    stream.resume();
    stream.on('end', () => {
      received += 1;
      done();
    });
  },
});
await new Promise<void>((resolve) => {
  smtp.listen(0, '127.0.0.1', resolve);
});
const url = `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`;
try {
  await migrateToLatest(database);
  const clock = systemClock('Europe/Berlin');
  const assets = createAssets({ root: ROOT, cache: true });
  const views = createViews({
    directory: join(ROOT, 'views'),
    assets,
    timeZone: 'Europe/Berlin',
    strict: false,
    cache: true,
  });
  const mails = createMailRoom(createI18n({ directory: join(ROOT, 'locales'), strict: false }));
  const delivery = createMailDelivery({
    database,
    clock,
    server: connectMailServer(url),
    mails,
    host: 'reisebon.example',
    renderView: (view, data) => views.render(view, data).toString(),
    filesFor: () => Promise.resolve([]),
    pictureOf: () => Promise.resolve(null),
    reportFailure: (error) => {
      throw error as Error;
    },
  });
  await inTransaction(database, async (trx) => {
    for (let index = 0; index < COUNT; index++) {
      const values = {
        partnerName: 'Citydeal GmbH',
        invoiceNumber: `AB-2026-${index}`,
        amount: '714,00 €',
        dueOn: '07.12.2026',
      };
      const about = {
        event: 'partner_invoice',
        dedupeKey: `bench:${index}`,
        locale: 'de',
        brand: null,
        secrets: [],
        attachments: [],
        about: null,
      } as const;
      await mails.queue(
        trx,
        { ...about, to: { email: `a${index}@example.org`, name: null }, values, sendAfter: clock.now() },
        clock.now(),
      );
    }
  });
  const perSecond = await rate(() => delivery.deliverDue());
  if (received !== COUNT) throw new Error(`${received} of ${COUNT} mails came in`);
  await delivery.stop();
  const direct = connectMailServer(url);
  const limitPerSecond = await rate(async () => {
    for (let index = 0; index < COUNT; index++) {
      const text = 'Guten Tag,\n\nanbei die Rechnung.'.padEnd(200);
      await direct.send({
        from: 'a@example.org',
        to: 'b@example.org',
        toName: null,
        subject: 'Rechnung',
        text,
        html: `<p>${text}</p>`,
        messageId: `<${index}@example.org>`,
        attachments: [],
      });
    }
  });
  direct.close();
  console.log(JSON.stringify({ perSecond, limitPerSecond }));
} finally {
  await new Promise<void>((resolve) => {
    smtp.close(resolve);
  });
  await database.close();
  rmSync(directory, { recursive: true, force: true });
}

async function rate(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((COUNT / (performance.now() - started)) * 10_000) / 10;
}
