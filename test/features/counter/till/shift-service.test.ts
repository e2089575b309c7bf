import { expect } from 'chai';
import { entriesOfDocument } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { closeShift, journalOf, knownTills, openShift } from '../../../../src/features/counter/till/shift-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { tillDesk } from '../till-desk.ts';

describeOnBothDatabases('a shift', (database) => {
  const desk = tillDesk(database);
  const author = desk.author('user:1');
  const lastPosting = async (shiftId: string): Promise<string> => {
    const { entries } = await journalOf(database().knex, shiftId);
    const [row] = await entriesOfDocument(database().knex, entries.at(-1)?.documentNumber ?? '');
    return row === undefined ? '' : `${row.event} ${row.debit_role} ${row.credit_role} ${row.cents}`;
  };

  it('begins with a deposit where the till was empty', async () => {
    const { id } = await desk.open('user:1', 'Kasse 1', 20_000, null);
    expect(await lastPosting(id)).to.equal('cash_in CASH TRANSIT 20000');
  });

  for (const [counted, posted] of [
    [19_000, 'cash_difference CASH_DIFFERENCE CASH 1000'],
    [19_500, 'cash_difference CASH CASH_DIFFERENCE 500'],
  ] as const)
    it(`posts what was counted wrong: ${posted}`, async () => {
      const { id } = await desk.shiftOf('user:1');
      const closed = await closeShift(database(), id, { countedCash: counted, note: 'verzählt' }, author);
      expect(closed).to.deep.include({ countedCash: counted, cash: counted });
      expect(await lastPosting(id)).to.equal(posted);
      await desk.open('user:1', 'Kasse 1', counted, null);
      expect((await desk.compare()).difference).to.equal(0);
    });

  it('asks who opens it where the money is that the last one left', async () => {
    const { id, cash } = await desk.shiftOf('user:1');
    await closeShift(database(), id, { countedCash: cash, note: null }, author);
    const opening = { till: 'Kasse 1', cash: 5000, gap: null, note: '' };
    expect(await openShift(database(), opening, author)).to.deep.equal({ kind: 'gap', left: cash, currency: 'EUR' });
    const { id: next } = await desk.open('user:1', 'Kasse 1', 5000, 'transit');
    expect(await lastPosting(next)).to.equal(`cash_out TRANSIT CASH ${cash - 5000}`);
    expect(await knownTills(database().knex)).to.deep.equal(['Kasse 1']);
  });

  it('is opened by one of several who try at the same moment', async () => {
    const answers = await Promise.all(
      ['user:5', 'user:6', 'user:7'].map((actor) =>
        openShift(database(), { till: 'Kasse 9', cash: 100, gap: null, note: '' }, desk.author(actor)).then(
          ({ kind }) => kind,
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    expect(answers.sort()).to.deep.equal(['conflict', 'conflict', 'opened']);
    expect((await desk.compare()).difference).to.equal(0);
  });
});
