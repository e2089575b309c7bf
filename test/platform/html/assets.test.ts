import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { ASSETS_PATH, createAssets } from '../../../src/platform/html/assets.ts';

describe('assets', () => {
  const assets = createAssets({ root: join(import.meta.dirname, '..', '..', '..'), cache: true });
  const app = express().use(ASSETS_PATH, assets.handler);

  it('are kept by browsers for good under the address of their version', async () => {
    const answer = await fetch(origin + assets.url('css/tabler.css'), { headers: { 'Accept-Encoding': 'br' } });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).to.equal('text/css; charset=utf-8');
    expect(answer.headers.get('content-encoding')).to.equal('br');
    expect((await answer.text()).length).to.be.greaterThan(100_000);
  });

  it('of another version are not kept', async () => {
    const answer = await fetch(`${origin}${ASSETS_PATH}/000000000000/css/app.css`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('no-cache');
  });

  it('hold one sprite with every icon drawn', async () => {
    const sprite = await (await fetch(origin + assets.url('icons.svg'))).text();
    expect(sprite).to.contain('<symbol id="ticket"');
    expect(sprite).not.to.match(/stroke-linejoin="round"><\/symbol>/);
  });

  it('are only what was put there', async () => {
    for (const path of ['../package.json', '%2e%2e/package.json', 'js/none.js']) {
      expect((await fetch(`${origin}${ASSETS_PATH}/v/${path}`)).status).to.equal(404);
    }
    expect(() => assets.url('js/none.js')).to.throw('no such asset');
  });
});
