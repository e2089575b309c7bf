import { expect } from 'chai';
import express from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pageRouter } from '../../../src/platform/http/page-router.ts';

describe('a router of pages', () => {
  let server: Server;
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text();

  before(async () => {
    const [byId, byWord] = [pageRouter(), pageRouter()];
    byId.get('/orders/:id', (req, res) => {
      res.send(`the order ${req.params.id}`);
    });
    byWord.get('/orders/statements', (_req, res) => {
      res.send('the statements');
    });
    const nobody: express.RequestHandler = (_req, res) => {
      res.status(404).send('nothing');
    };
    server = createServer(express().use(byId, byWord, nobody));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  it('reads numbers as ids, and leaves every other word to whoever knows it', async () => {
    expect(await ask('/orders/17')).to.equal('the order 17');
    expect(await ask('/orders/statements')).to.equal('the statements');
    for (const word of ['new', '17a', '-1', '1.5', '1234567890123456789', '%20', '٣'])
      expect(await ask(`/orders/${encodeURIComponent(word)}`), word).to.equal('nothing');
  });
});
