import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { ASSETS_PATH, createAssets } from '../../../src/platform/html/assets.ts';

describe('assets', () => {
  const assets = createAssets({ root: join(import.meta.dirname, '..', '..', '..'), cache: true });
  const app = express().use(ASSETS_PATH, assets.handler);

  it('are kept by browsers for good under the address of their version', async () => {
    const answer = await request(app).get(assets.url('css/tabler.css')).set('Accept-Encoding', 'br');
    expect(answer.status).to.equal(200);
    expect(answer.headers['cache-control']).to.equal('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).to.equal('text/css; charset=utf-8');
    expect(answer.headers['content-encoding']).to.equal('br');
    expect(answer.text.length).to.be.greaterThan(100_000);
  });

  it('of another version are not kept', async () => {
    await request(app).get(`${ASSETS_PATH}/000000000000/css/app.css`).expect(200).expect('cache-control', 'no-cache');
  });

  it('hold one sprite with every icon drawn', async () => {
    const { body } = await request(app).get(assets.url('icons.svg')).buffer(true).expect(200);
    const sprite = String(body);
    expect(sprite).to.contain('<symbol id="ticket"');
    expect(sprite).not.to.match(/stroke-linejoin="round"><\/symbol>/);
  });

  it('are only what was put there', async () => {
    for (const path of ['../package.json', '%2e%2e/package.json', 'js/none.js'])
      await request(app).get(`${ASSETS_PATH}/v/${path}`).expect(404);
    expect(() => assets.url('js/none.js')).to.throw('no such asset');
  });
});
