import { expect } from 'chai';
import {
  giveDocument,
  givenDocumentPage,
  givenDocuments,
  takeDocumentBack,
} from '../../../../src/features/accounting/datev/document-number-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

describeOnBothDatabases('document numbers that were given', (database) => {
  const author = { actor: 'user:1', moment: { now: 1, today: '2026-06-03' } };
  const { sell, spend } = historyOf(database);

  it('stand for exactly the number they were given to', async () => {
    await sell('Buch', 10_000, '2026-06-01', { code: 'BUCH', invoiceId: 'RE/ß@1' });
    for (const number of ['BU@1', 'CU@1', 'BÜ@1']) {
      await spend(['BUCH'], 1000, number, '2026-06-02');
      await giveDocument(database(), author, { number, document: `D-${number.codePointAt(0)}` });
    }
    await giveDocument(database(), author, { number: 'RE/ß@1', document: 'RE-1' });
    expect([...(await givenDocuments(database().knex))].sort()).to.deep.equal([
      ['BU@1', 'D-66'],
      ['BÜ@1', 'D-66'],
      ['CU@1', 'D-67'],
      ['RE/ß@1', 'RE-1'],
    ]);
    const { items, nextCursor } = await givenDocumentPage(database().knex, null, 3);
    expect(items.map(({ number }) => number)).to.deep.equal(['RE/ß@1', 'BÜ@1', 'CU@1']);
    await takeDocumentBack(database(), author, items[0]?.id ?? '');
    expect((await givenDocumentPage(database().knex, nextCursor, 3)).items.map(({ number }) => number)).to.deep.equal([
      'BU@1',
    ]);
  });
});
