import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { PRINTING } from '../../support/pdf.ts';
import { expectNoProblem, problemsOf } from './walk.ts';

describeOn('SQLite', 'in a browser, every screen of an empty house', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
  });
  after(() => server.close());

  it('is accessible, quiet and fits, wide and light as well as narrow and dark', () =>
    expectNoProblem(server.url, { isFull: false, javaScript: true, look: problemsOf })).timeout(600_000);
});
