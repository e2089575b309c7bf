import { expect } from 'chai';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_API_KEY } from '../support/http.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

const BODY = JSON.stringify({ booking: null, codes: [] });

describe('the shutdown', () => {
  it('lets a running request end, and takes no new one', async () => {
    const server = await startServerProcess();
    const running = await halfSentRequest(server);
    const ended = server.kill('SIGTERM');
    await untilRefused(server.url);
    running.end(BODY.slice(10));
    const [response] = (await once(running, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(400);
    expect(await ended).to.deep.equal({ code: 0, signal: null });
  });

  it('does not wait for a connection that is only kept alive', async () => {
    const server = await startServerProcess();
    await (await fetch(`${server.url}/healthz`)).text();
    const before = Date.now();
    await server.kill('SIGINT');
    expect(Date.now() - before).to.be.lessThan(3000);
  });
});

/** The server has read the head and waits for the rest of the body. */
async function halfSentRequest({ url }: ServerProcess): Promise<ClientRequest> {
  const headers = {
    Authorization: `Bearer ${TEST_API_KEY}`,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(BODY),
    Expect: '100-continue',
  };
  const running = request(`${url}/api/v1/quotes`, { method: 'POST', headers });
  running.flushHeaders();
  await once(running, 'continue');
  running.write(BODY.slice(0, 10));
  return running;
}

async function untilRefused(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await (await fetch(`${url}/healthz`, { headers: { Connection: 'close' } })).text();
    } catch {
      return;
    }
    await sleep(20);
  }
  throw new Error('the server still takes requests');
}
