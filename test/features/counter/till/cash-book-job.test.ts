import ExcelJS from 'exceljs';
import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { jobsDone } from '../../../support/jobs-done.ts';
import { SALE, startTill, type TillPages } from '../till-pages.ts';

describeOnBothDatabases('the workbook of a cash book', (database) => {
  let till: TillPages;

  before(async () => {
    till = await startTill(database());
  });
  after(() => till.server.close());

  it('has document, in, out and running balance of every movement', async () => {
    const { agent } = till;
    await agent.post('/admin/counter/sale', { ...SALE, entryKey: 'sale-1' });
    await agent.post(`${await till.shiftPath()}/cash`, {
      amount: '100',
      direction: 'out',
      note: 'Bank',
      entryKey: 'out',
    });
    const today = new Date().toISOString().slice(0, 7);
    const { location } = await agent.post('/admin/counter/cash-book', { till: 'Kasse 1', period: today });
    await jobsDone(database());
    const { bytes } = await till.file(`${location ?? ''}/file`);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(bytes.buffer as ArrayBuffer);
    const [sheet] = book.worksheets;
    const cells = [2, 3, 4].map((row) =>
      [2, 5, 6, 7].map((column) => sheet?.getRow(row).getCell(column).value ?? null),
    );
    const documents = cells.map(([document]) => document as string);
    expect(new Set(documents).size).to.equal(3);
    for (const document of documents) expect(document).to.match(/^Q-\d{4}-\d{6}$/);
    expect(cells.map(([, ...amounts]) => amounts)).to.deep.equal([
      [200, null, 200],
      [75, null, 275],
      [null, 100, 175],
    ]);
  });
});
