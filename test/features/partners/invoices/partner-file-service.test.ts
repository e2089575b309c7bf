import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { fileOnce, keptFile, type MadeFile } from '../../../../src/features/partners/invoices/partner-file-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('a kept file', (database) => {
  const keeper = () => ({ database: database(), now: () => 1_700_000_000_000 });
  const made = (content: Buffer): MadeFile => ({
    filename: 'AB-1.pdf',
    contentType: 'application/pdf',
    format: 'pdf',
    content,
  });

  it('is made once, and is the same ever after, however large', async () => {
    const subject = { subject: 'invoice', subjectId: '101' } as const;
    const content = randomBytes(2_500_000);
    let times = 0;
    const make = (): Promise<MadeFile> => {
      times += 1;
      return Promise.resolve(made(times === 1 ? content : Buffer.from('another')));
    };
    await fileOnce(keeper(), subject, make);
    const again = await fileOnce(keeper(), subject, make);
    expect(times).to.equal(1);
    expect(again.content.equals(content)).to.equal(true);
    expect(await keptFile(database().knex, subject)).to.deep.include({
      bytes: 2_500_000,
      name: 'AB-1.pdf',
      format: 'pdf',
    });
  });

  it('is one also when two make it at once', async () => {
    const subject = { subject: 'run', subjectId: '7-0' } as const;
    const files = await Promise.all(
      ['one', 'other'].map((text) => fileOnce(keeper(), subject, () => Promise.resolve(made(Buffer.from(text))))),
    );
    const [first, second] = files.map(({ content }) => content.toString());
    expect(first).to.equal(second);
  });
});
