import { expect } from 'chai';
import { readPage } from '../../../src/platform/data/page.ts';

describe('page of a list', () => {
  const rows = (count: number) => (most: number) =>
    Promise.resolve(Array.from({ length: Math.min(count, most) }, (_, index) => ({ id: String(index + 1) })));

  for (const [count, shown, nextCursor] of [
    [0, 0, null],
    [2, 2, null],
    [3, 3, null],
    [4, 3, '3'],
    [9, 3, '3'],
  ] as const)
    it(`shows ${shown} of ${count} rows and goes on after ${nextCursor ?? 'none of them'}`, async () => {
      const page = await readPage(3, rows(count));
      expect([page.items.length, page.nextCursor]).to.deep.equal([shown, nextCursor]);
    });

  it('goes on at a place of another form', async () => {
    const page = await readPage(1, rows(2), ({ id }) => `2026-01-01_${id}`);
    expect(page.nextCursor).to.equal('2026-01-01_1');
  });
});
