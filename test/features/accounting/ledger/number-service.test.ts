import { expect } from 'chai';
import {
  formatNumber,
  nextNumber,
  nextNumbers,
  reportCircles,
} from '../../../../src/features/accounting/ledger/number-service.ts';
import { inTransaction, openDatabase } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const numbering = { now: 1_795_000_000_000 };

describeOnBothDatabases('numbers without gaps', (database) => {
  const report = async (year: number) => (await reportCircles(database().knex)).filter((one) => one.year === year);
  const take = (year: number, count = 1) =>
    inTransaction(database(), (trx) => nextNumbers(trx, 'invoice', year, count, numbering));

  it('begin with 1 in every circle and every year', async () => {
    const numbers = await inTransaction(database(), async (trx) => [
      await nextNumber(trx, 'voucher', 2026, numbering),
      await nextNumber(trx, 'voucher', 2026, numbering),
      await nextNumber(trx, 'invoice', 2026, numbering),
      await nextNumber(trx, 'voucher', 2027, numbering),
    ]);
    expect(numbers).to.deep.equal(['G-2026-000001', 'G-2026-000002', 'RE-2026-000001', 'G-2027-000001']);
    expect(formatNumber('voucher', 2026, 1_234_567)).to.equal('G-2026-1234567');
  });

  it('are given back by a transaction that fails', async () => {
    await take(2030);
    const failed = inTransaction(database(), async (trx) => {
      await nextNumbers(trx, 'invoice', 2030, 1000, numbering);
      throw new Error('fails');
    });
    await failed.catch(() => undefined);
    expect(await take(2030)).to.deep.equal(['RE-2030-000002']);
    expect(await report(2030)).to.deep.include.members([
      {
        circle: 'invoice',
        year: 2030,
        last: 2,
        issued: 2,
        ranges: 2,
        firstNumber: 'RE-2030-000001',
        lastNumber: 'RE-2030-000002',
        gaps: [],
      },
    ]);
  });

  it('are each given once when many ask at once, some of whom fail', async () => {
    // A second pool is another process to MariaDB; two on one SQLite file would wait for each other in one thread.
    const other = database().kind === 'MariaDB' ? openDatabase(database().url) : database();
    try {
      const work = Array.from({ length: 60 }, (_unused, index) =>
        inTransaction(index % 2 === 0 ? database() : other, async (trx) => {
          const [number] = await nextNumbers(trx, 'receipt', 2031, 1, numbering);
          if (index % 5 === 0) throw new Error('fails');
          return number;
        }).catch(() => null),
      );
      const given = (await Promise.all(work)).filter((number) => number !== null);
      expect(given).to.have.length(48);
      expect(given.sort()).to.deep.equal(
        Array.from({ length: 48 }, (_unused, index) => formatNumber('receipt', 2031, index + 1)),
      );
    } finally {
      if (other !== database()) await other.close();
    }
  });

  it('name what is missing when somebody took it out of the database', async () => {
    await take(2032, 10);
    await take(2032, 5);
    await take(2032, 1);
    await database().knex.raw('drop trigger number_ranges_no_delete');
    await database().knex('number_ranges').where({ circle: 'invoice', year: 2032, first: 11 }).delete();
    const [found] = await report(2032);
    expect(found?.gaps).to.deep.equal([{ first: 'RE-2032-000011', last: 'RE-2032-000015', count: 5 }]);
  });
});
