import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { entryProof, voucherEntryProof } from '../../../../src/features/accounting/proof/entry-proof-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { historyOf } from '../../../support/history.ts';
import { signedIn } from '../../../support/pages.ts';

/** What the file of a proof says, as somebody outside reads it. */
interface Told {
  readonly entry: { readonly id: number; readonly text: string; readonly sha256: string };
  readonly seal: { readonly id: number; readonly text: string; readonly sha256: string; readonly root: string } | null;
  readonly path: readonly { readonly side: string; readonly hash: string }[];
  readonly laterSeals: readonly { readonly id: number; readonly text: string; readonly sha256: string }[];
}

const sha256 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The recipe of docs/pruefung.md, with nothing of the product: the hash of the newest seal, or what does not fit. */
function checkedBy({ entry, seal, path, laterSeals }: Told): string {
  if (sha256(entry.text).toString('hex') !== entry.sha256) return 'entry';
  if (seal === null) return 'unsealed';
  let node = sha256(Buffer.from([0]), Buffer.from(entry.sha256, 'hex'));
  for (const { side, hash } of path) {
    const other = Buffer.from(hash, 'hex');
    node = side === 'left' ? sha256(Buffer.from([1]), other, node) : sha256(Buffer.from([1]), node, other);
  }
  if (node.toString('hex') !== seal.root) return 'root';
  if ((JSON.parse(seal.text) as { root: string }).root !== seal.root) return 'seal';
  let last = seal as { readonly text: string; readonly sha256: string };
  for (const one of [seal, ...laterSeals]) {
    if (sha256(one.text).toString('hex') !== one.sha256) return 'seal';
    if (one !== seal && (JSON.parse(one.text) as { previousHash: string }).previousHash !== last.sha256) return 'chain';
    last = one;
  }
  return last.sha256;
}

describeOnBothDatabases('the proof of an entry', (database) => {
  const { sell } = historyOf(database);
  let server: TestServer;
  const ids = () => database().knex('ledger_entries').orderBy('id').pluck<(number | string)[]>('id');

  before(async () => {
    server = await startTestServer({ database: database() });
    for (let day = 1; day <= 7; day += 1) await sell(`Kauf ${day}`, 1000 * day, `2026-06-0${day}`);
    await sealLedger(database(), 'test', 1);
    await sell('Später', 9000, '2026-06-09');
    await sealLedger(database(), 'test', 2);
    await sell('Noch nicht versiegelt', 9000, '2026-06-10');
  });
  after(() => server.close());

  it('leads from each entry to the newest seal, checked by code that knows nothing of the product', async () => {
    const newest = await database().knex('ledger_seals').orderBy('id', 'desc').first<{ hash: string }>('hash');
    const sealed = (await ids()).slice(0, 8);
    for (const id of sealed) {
      const told = JSON.parse(JSON.stringify(await entryProof(database().knex, String(id)))) as Told;
      expect(checkedBy(told), String(id)).to.equal(newest.hash);
    }
  });

  it('does not hold for another amount, another way or another seal', async () => {
    const told = (await entryProof(database().knex, String((await ids())[3]))) as Told;
    const text = told.entry.text.replace('4000', '4001');
    expect(text).not.to.equal(told.entry.text);
    expect(checkedBy({ ...told, entry: { ...told.entry, text } })).to.equal('entry');
    const forged = { ...told.entry, text, sha256: sha256(text).toString('hex') };
    expect(checkedBy({ ...told, entry: forged })).to.equal('root');
    expect(checkedBy({ ...told, path: told.path.slice(1) })).to.equal('root');
    const later = told.laterSeals.map((one) => ({ ...one, text: one.text.replace('"entries":1', '"entries":2') }));
    expect(checkedBy({ ...told, laterSeals: later })).to.equal('seal');
  });

  it('says that an entry is not sealed yet', async () => {
    const last = (await ids()).at(-1);
    expect(await entryProof(database().knex, String(last))).to.deep.include({ seal: null, path: [], laterSeals: [] });
  });

  it('is found by the place of an entry on its voucher, and as a file on the page of the entry', async () => {
    const [id] = await ids();
    const { knex } = database();
    const row = await knex('ledger_entries').where({ id }).first<{ voucher_id: number | string }>('voucher_id');
    const told = await voucherEntryProof(knex, String(row.voucher_id), 1);
    expect(told).to.deep.equal(await entryProof(knex, String(id)));
    const visitor = await signedIn(server.url);
    const page = await visitor.get(`/admin/accounting/journal/${id}`);
    expect(page.html).to.contain(`/admin/accounting/journal/${id}/proof.json`).and.contain(told.seal?.root);
    const file = await visitor.get(`/admin/accounting/journal/${id}/proof.json`);
    expect(file.headers.get('content-disposition')).to.contain(`nachweis-eintrag-${id}.json`);
    expect(JSON.parse(file.html)).to.deep.equal(JSON.parse(JSON.stringify(told)));
  });
});
