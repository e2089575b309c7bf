import { seedDemo } from '../../../seeds/demo.ts';
import { systemClock } from '../../../src/platform/process/clock.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { PRINTING } from '../../support/pdf.ts';
import { expectNoProblem, problemsOf } from './walk.ts';

describeOn('SQLite', 'in a browser, every screen with the demo data', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    await seedDemo(database(), systemClock('Europe/Berlin'));
  });
  after(() => server.close());

  it('is accessible, quiet and fits, wide and light as well as narrow and dark', () =>
    expectNoProblem(server.url, { isFull: true, javaScript: true, look: problemsOf })).timeout(600_000);
});
