import { expect } from 'chai';
import express from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/platform/data/db.ts';
import { sessionMiddleware } from '../../../src/platform/http/session.ts';
import { describeOn } from '../../support/databases.ts';

/** SQLite waits for a lock within the process, so there nobody could follow too early. */
/** Far more than an answer takes that waits for nothing. */
const LONG_MS = 300;

describeOn('MariaDB', 'an answer and its session', (database) => {
  let server: Server;
  let url: string;
  let cookie: string;

  before(async () => {
    const app = express();
    app.use(
      sessionMiddleware({
        knex: database().knex,
        secret: 'the secret of the tests, which is none',
        secure: false,
        reportFailure: () => undefined,
      }),
    );
    app.get('/say', (req, res) => {
      req.session.flash = [{ kind: 'success', text: String(req.query['text']) }];
      res.redirect(303, '/said');
    });
    app.get('/said', (req, res) => {
      res.json(req.session.flash ?? []);
    });
    app.get('/piece-by-piece', (_req, res) => {
      res.write('one');
      setTimeout(() => {
        res.end('two');
      }, LONG_MS);
    });
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    cookie = (await ask('/say?text=first')).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const ask = (path: string): Promise<Response> =>
    fetch(url + path, { redirect: 'manual', headers: cookie ? { Cookie: cookie } : {} });

  it('sends not even the head of a redirect before the session is kept', async () => {
    const other = openDatabase(database().url);
    const lock = await other.knex.transaction();
    await lock('sessions').update({ expired: lock.ref('expired') });
    let isAnswered = false;
    const answering = ask('/say?text=second').finally(() => (isAnswered = true));
    await sleep(LONG_MS);
    expect(isAnswered).to.equal(false);
    await lock.rollback();
    await other.close();
    const answer = await answering;
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([303, '/said']);
    expect(await answer.text()).to.contain('/said');
    expect(await (await ask('/said')).json()).to.deep.equal([{ kind: 'success', text: 'second' }]);
  });

  it('goes out piece by piece where it comes so', async () => {
    const answer = await ask('/piece-by-piece');
    const pieces: string[] = [];
    for await (const piece of answer.body ?? []) pieces.push(new TextDecoder().decode(piece));
    expect(pieces).to.deep.equal(['one', 'two']);
  });
});
