import { expect } from 'chai';
import {
  findPartnerFile,
  insertPartnerFile,
  insertPartnerFilePart,
  readPartnerFileParts,
} from '../../../../src/features/partners/invoices/partner-file-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the table of kept files', (database) => {
  const file = {
    subject: 'invoice',
    subjectId: '5',
    format: 'zugferd',
    name: 'AB-5.pdf',
    sha256: 'a'.repeat(64),
    bytes: 4,
    madeAt: 17,
  } as const;

  it('gives back what was written, its parts in their order, and takes one file for a document', async () => {
    const id = await inTransaction(database(), async (trx) => {
      const written = await insertPartnerFile(trx, file);
      await insertPartnerFilePart(trx, written, 1, Buffer.from('cd'));
      await insertPartnerFilePart(trx, written, 0, Buffer.from('ab'));
      return written;
    });
    expect(await findPartnerFile(database().knex, file)).to.deep.equal({ ...file, id });
    expect(Buffer.concat(await readPartnerFileParts(database().knex, id)).toString()).to.equal('abcd');
    expect(await findPartnerFile(database().knex, { subject: 'run', subjectId: '5' })).to.equal(null);
    const second = await inTransaction(database(), (trx) => insertPartnerFile(trx, file)).catch(
      (error: unknown) => error,
    );
    expect(second).to.be.instanceOf(Error);
  });
});
