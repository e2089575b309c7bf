import { expect } from 'chai';
import { seedDemo } from '../../seeds/demo.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { hashPassword } from '../../src/platform/secrets/passwords.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../support/http.ts';
import { createVisitor, type Visitor } from '../support/pages.ts';
import { PRINTING } from '../support/pdf.ts';

/** Of pages that differ by an id only, so many are opened; and so many pages at all. */
const OF_A_KIND = 3;
const MOST = 600;
const STARTS = ['/admin/overview', '/shop', '/v', '/demo/trips', '/demo/deals', '/demo/embed'];
/** Ends the visit, or is no page. */
const LEFT_OUT = /^\/(logout|assets|embed\/|api\/)|\.(csv|pdf|xml|zip|xlsx)\b/;

describeOnBothDatabases('the links of all pages', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    await seedDemo(database(), systemClock('Europe/Berlin'));
  });
  after(() => server.close());

  async function signIn(role: string, language: string): Promise<Visitor> {
    const login = role === 'admin' ? TEST_ADMIN : { email: `${role}@example.org`, password: 'a password of somebody' };
    if (role !== 'admin')
      await database()
        .knex('users')
        .insert({
          email: login.email,
          name: role,
          role,
          password_hash: await hashPassword(login.password),
          created_at: 0,
        });
    const visitor = createVisitor(server.url, language);
    await visitor.get('/login');
    expect((await visitor.post('/login', login)).status).to.equal(303);
    return visitor;
  }

  for (const [role, language] of [
    ['admin', 'de'],
    ['agent', 'de'],
    ['accountant', 'en'],
    ['auditor', 'en'],
  ] as const) {
    it(`lead to pages that are there and open to who sees them, from the overview to the last detail (${role}, ${language})`, async () => {
      const { broken, seen, opened } = await follow(await signIn(role, language));
      expect(broken).to.deep.equal([]);
      expect(opened).to.be.within(60, MOST);
      expect(seen.has('/admin/accounting/liabilities')).to.equal(role !== 'agent');
    }).timeout(120_000);
  }
});

/** Opens what the pages link to, in the order it is met. */
async function follow(
  visitor: Visitor,
): Promise<{ readonly broken: string[]; readonly seen: ReadonlySet<string>; readonly opened: number }> {
  const seen = new Set(STARTS);
  const kinds = new Map<string, number>();
  const open: { path: string; from: string }[] = STARTS.map((path) => ({ path, from: '' }));
  const broken: string[] = [];
  let opened = 0;
  for (let next = open.shift(); next !== undefined && opened < MOST; next = open.shift()) {
    const { status, html } = await visitor.get(next.path);
    opened += 1;
    if (status >= 400) broken.push(`${status} ${next.path} from ${next.from}`);
    for (const [, link = ''] of html.matchAll(/<a\b[^>]*\shref="(\/[^"]*)"/g)) {
      const path = link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').split('#')[0] ?? '';
      const kind = path.replaceAll(/=[^&]*/g, '=').replaceAll(/\d+/g, '1');
      const ofKind = kinds.get(kind) ?? 0;
      if (LEFT_OUT.test(path) || seen.has(path) || ofKind >= OF_A_KIND) continue;
      kinds.set(kind, ofKind + 1);
      seen.add(path);
      open.push({ path, from: next.path });
    }
  }
  return { broken, seen, opened };
}
