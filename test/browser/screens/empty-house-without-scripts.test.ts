import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { PRINTING } from '../../support/pdf.ts';
import { deadOnes, expectNoProblem } from './walk.ts';

describeOn('SQLite', 'in a browser without scripts, every screen of an empty house', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
  });
  after(() => server.close());

  it('offers nothing without scripts that only a script could do', () =>
    expectNoProblem(server.url, { isFull: false, javaScript: false, look: deadOnes })).timeout(300_000);
});
