import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { currentSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { DEFAULT_PARTNER_DETAILS } from '../../../../src/features/catalogue/partner-service.ts';
import { documentSettings } from '../../../../src/features/settings/document-settings-service.ts';
import { fourEyesSettings } from '../../../../src/features/settings/four-eyes-settings-service.ts';
import { securitySettings } from '../../../../src/features/settings/security-settings-service.ts';
import { generalSettings } from '../../../../src/features/settings/general-settings-service.ts';
import { reversalSettings } from '../../../../src/features/settings/reversal-settings-service.ts';
import { stackingPolicy } from '../../../../src/features/settings/stacking/stacking-policy-service.ts';
import { shopSettings } from '../../../../src/features/settings/shop-settings-service.ts';
import { tidyingSettings } from '../../../../src/features/settings/tidying-settings-service.ts';
import { namesOfReferences } from '../../../../src/features/staff/audit/audit-names-service.ts';
import { changesOf, newestAudit, type AuditRow } from '../../../../src/features/staff/audit/audit-service.ts';
import { changeLines, referencesOf } from '../../../../src/features/staff/audit/audit-words-view.ts';
import { createI18n, LOCALES } from '../../../../src/platform/html/i18n.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOn } from '../../../support/databases.ts';
import { playEveryEvent, WEBHOOK_SECRET } from '../../../support/every-event.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const I18N = createI18n({ directory: join(ROOT, 'locales'), strict: true });
const EVERYTHING = { actor: null, entity: null, entityId: null, action: null, from: null, until: null };

describeOn('SQLite', 'the log', (database) => {
  let server: TestServer;
  let first: Visitor;
  let rows: readonly AuditRow[] = [];
  const clock = fixedClock('2030-01-05T10:00:00Z');

  before(async function play() {
    this.timeout(60_000);
    server = await startTestServer({ database: database(), clock, env: { PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET } });
    const login = { email: 'zweite@example.org', password: 'correct horse battery' };
    const { knex } = database();
    const password = { password_hash: await hashPassword(login.password), created_at: 1 };
    await knex('users').insert({ email: login.email, name: 'Zweite Person', role: 'accountant', ...password });
    first = await signedIn(server.url);
    const second = await signedIn(server.url, login);
    await playEveryEvent({ url: server.url, database: database(), api: apiClient(server.url), clock, first, second });
    const settings = {
      general: await generalSettings(knex),
      stacking: await stackingPolicy(knex),
      reversal: await reversalSettings(knex),
      documents: await documentSettings(knex),
      shop: await shopSettings(knex),
      four_eyes: await fourEyesSettings(knex),
      security: await securitySettings(knex),
      tidying: await tidyingSettings(knex),
    };
    const { setup } = await currentSetup(knex);
    rows = [
      ...(await newestAudit(database(), EVERYTHING, 10_000)),
      ...Object.entries(settings).map(([name, after]) => rowOf('settings', name, { before: {}, after })),
      rowOf('partner', 'citydeal', { before: {}, after: DEFAULT_PARTNER_DETAILS }),
      rowOf('accounting', '1', { before: {}, after: setup }),
    ];
  });
  after(() => server.close());

  const rowOf = (entity: string, entityId: string, changes: unknown): AuditRow => ({
    ...{ id: '0', at: clock.now(), actor: 'user:1', action: `${entity}.change`, entity, entityId },
    changes,
  });

  for (const locale of LOCALES) {
    it(`says in ${locale} what every entry changed by the labels of the forms, in words, days and amounts`, async () => {
      const words = {
        t: I18N.translator(locale),
        locale,
        hasText: (key: string) => I18N.has(key),
        timeZone: 'Europe/Berlin',
        ...(await namesOfReferences(database(), referencesOf(rows), clock.moment())),
      };
      const raw = new Set<string>();
      for (const row of rows) {
        const changes = changesOf(row.changes);
        changeLines(row, words).forEach(({ field, before, after }, index) => {
          if (field === changes[index]?.path) raw.add(`label ${row.entity} ${field}`);
          for (const text of [before, after])
            if (text !== null && /[{}"[\]]|\b(?:true|false|null)\b|^[a-z]+(?:_[a-z]+)+$|\d{4}-\d{2}-\d{2}/.test(text))
              raw.add(`value ${row.action} ${field} ${text}`);
        });
      }
      expect([...raw].sort()).to.deep.equal([]);
    });
  }

  it('shows amounts in the currency of what they are about, and vouchers by their title', async () => {
    const { html } = await first.get('/admin/audit?entity=voucher&action=split');
    expect(html).to.match(
      /Neue Gutscheine<\/span> <ins>[^<]+ \(ID \d+\), Betrag: 40,00\s€; [^<]+ \(ID \d+\), Betrag: 50,00\s€/,
    );
  });

  it('has a text for everything that is written into it', () => {
    const missing = new Set<string>();
    for (const file of readdirSync(join(ROOT, 'src'), { recursive: true }).map(String)) {
      if (!file.endsWith('.ts')) continue;
      const source = readFileSync(join(ROOT, 'src', file), 'utf8');
      const written = /(?:action: |audit\w*\([^)]*?)'([a-z_]+\.[a-z_]+)'/g;
      for (const [, action = ''] of source.matchAll(written))
        if (!I18N.has(`staff:audit.action.${action.replace('.', '_')}`)) missing.add(`action ${action}`);
      for (const [, entity = ''] of source.matchAll(/\bentity: '([a-z_]+)'/g))
        if (!I18N.has(`staff:audit.entity.${entity}`)) missing.add(`entity ${entity}`);
    }
    expect([...missing].sort()).to.deep.equal([]);
  });
});
