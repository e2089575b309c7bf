import { expect } from 'chai';
import { join } from 'node:path';
import { createMailDelivery } from '../../../../src/features/documents/mail/mail-delivery-service.ts';
import { createMailRoom } from '../../../../src/features/documents/mail/mail-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** Longer than any test may take: a delivery that does not hear the signal never looks again. */
const NEVER_MS = 3_600_000;

describeOnBothDatabases('delivery of mails', (database) => {
  it('takes a mail as soon as the transaction that queued it is committed', async () => {
    const clock = systemClock('Europe/Berlin');
    const mails = createMailRoom(createI18n({ directory: join(ROOT, 'locales'), strict: true }));
    const delivery = createMailDelivery({
      database: database(),
      clock,
      server: null,
      mails,
      host: 'example.org',
      renderView: () => '',
      filesFor: () => Promise.resolve([]),
      pictureOf: () => Promise.resolve(null),
      reportFailure: (error) => {
        throw error;
      },
      lookEveryMs: NEVER_MS,
    });
    delivery.start();
    await inTransaction(database(), (trx) =>
      mails.queue(
        trx,
        {
          event: 'invitation',
          dedupeKey: 'test:1',
          locale: 'de',
          brand: null,
          to: { email: 'ada@example.org', name: 'Ada' },
          values: { name: 'Ada', link: 'https://example.org/password', hours: '72' },
          secrets: [],
          attachments: [],
          sendAfter: clock.now(),
          about: null,
        },
        clock.now(),
      ),
    );
    const stateOf = async (): Promise<string> =>
      (await database().knex('mails').first<{ state: string }>('state')).state;
    while ((await stateOf()) === 'queued') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await stateOf()).to.equal('kept');
    await delivery.stop();
  });
});
