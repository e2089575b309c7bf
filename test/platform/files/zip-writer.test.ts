import { expect } from 'chai';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Open } from 'unzipper';
import { createZipWriter, type ZipContent, type ZipOptions } from '../../../src/platform/files/zip-writer.ts';

const FIXED: ZipOptions = { packing: 'deflated', changedAt: null };

describe('a ZIP archive', () => {
  const packed = async (files: Readonly<Record<string, ZipContent>>, options = FIXED): Promise<Buffer> => {
    const target = new PassThrough();
    const bytes = buffer(target);
    const zip = createZipWriter(target, options);
    for (const [name, content] of Object.entries(files)) await zip.add(name, content);
    await zip.end();
    return bytes;
  };
  const thrownBy = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const long = 'Gutschein '.repeat(20_000);

  it('gives back what was put in, in that order, whole or in pieces, also nothing', async () => {
    const { files } = await Open.buffer(
      await packed({ 'a/ä.txt': long, 'b.bin': Buffer.from([0, 1, 255]), 'c.txt': ['eins', 'zwei'], 'd.txt': [] }),
    );
    const contents = await Promise.all(files.map(async (file) => [file.path, await file.buffer()] as const));
    expect(contents.map(([path, content]) => [path, content.toString('latin1')])).to.deep.equal([
      ['a/ä.txt', long],
      ['b.bin', '\u0000\u0001ÿ'],
      ['c.txt', 'einszwei'],
      ['d.txt', ''],
    ]);
  });

  it('has the same bytes for the same content where no day is asked for', async () => {
    const [first, second] = [await packed({ 'a.txt': long }), await packed({ 'a.txt': long })];
    expect(first.equals(second)).to.equal(true);
    expect((await Open.buffer(first)).files[0]?.lastModifiedTime).to.equal(0);
  });

  it('tells when its files were made where that is asked for', async () => {
    const changedAt = new Date(2026, 10, 30, 12, 30).getTime();
    const { files } = await Open.buffer(await packed({ 'a.txt': 'x' }, { packing: 'deflated', changedAt }));
    expect(files[0]?.lastModifiedDateTime.toISOString().slice(0, 10)).to.equal('2026-11-30');
  });

  it('packs text and stores what is packed already', async () => {
    const [deflated, stored] = [
      await packed({ 'a.txt': long }),
      await packed({ 'a.txt': long }, { ...FIXED, packing: 'stored' }),
    ];
    expect(deflated.length).to.be.lessThan(long.length / 50);
    expect(stored.length).to.be.greaterThan(long.length);
  });

  it('fails with the content that fails', async () => {
    const zip = createZipWriter(new PassThrough(), FIXED);
    async function* broken(): AsyncGenerator<string> {
      yield* ['a'];
      await Promise.reject(new Error('the rows ended'));
    }
    expect(await thrownBy(zip.add('a.txt', broken()))).to.have.property('message', 'the rows ended');
    zip.abort();
  });

  it('fails with the target that fails, and asks for no more content', async () => {
    let isEnded = false;
    function* endless(): Generator<string> {
      try {
        for (;;) yield long;
      } finally {
        isEnded = true;
      }
    }
    const full = new Writable({
      write: (_chunk, _encoding, done) => {
        done(new Error('no space left'));
      },
    });
    const zip = createZipWriter(full, { ...FIXED, packing: 'stored' });
    expect(await thrownBy(zip.add('a.txt', endless()))).to.have.property('message', 'no space left');
    expect(isEnded).to.equal(true);
  });
});
