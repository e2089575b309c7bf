import { expect } from 'chai';
import { seedDemo } from '../../seeds/demo.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { hashPassword } from '../../src/platform/secrets/passwords.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { crawl } from './crawl.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../support/http.ts';
import { createVisitor, type Visitor } from '../support/pages.ts';
import { PRINTING } from '../support/pdf.ts';

const MOST = 600;
const CRAWL = {
  starts: ['/admin/overview', '/shop', '/v', '/demo/trips', '/demo/deals', '/demo/embed'],
  leftOut: /^\/(logout|assets|embed\/|api\/)|\.(csv|pdf|xml|zip|xlsx)\b/,
  ofAKind: 3,
  most: MOST,
};

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

/** What is not there among the linked pages, and which were opened. */
async function follow(
  visitor: Visitor,
): Promise<{ readonly broken: string[]; readonly seen: ReadonlySet<string>; readonly opened: number }> {
  const seen = new Set<string>();
  const broken: string[] = [];
  for await (const { path, from, answer } of crawl(visitor, CRAWL)) {
    seen.add(path);
    if (answer.status >= 400) broken.push(`${answer.status} ${path} from ${from}`);
  }
  return { broken, seen, opened: seen.size };
}
