import { expect } from 'chai';
import { readAuditUsers, readToldWords } from '../../../../src/features/accounting/audit-data/audit-user-store.ts';
import { describeOn } from '../../../support/databases.ts';
import { startTestServer } from '../../../support/http.ts';

describeOn('SQLite', 'people for a tax auditor', (database) => {
  it('are told by name and role, without an address or a secret', async () => {
    const server = await startTestServer({ database: database() });
    await server.close();
    const users = await readAuditUsers(database().knex);
    expect(users).to.deep.equal([
      ['system', 'Reisebon', 'Programm', 'ja'],
      ['webhook', 'Zahlungsdienst', 'Programm', 'ja'],
      ['user:1', 'Administration', 'admin', 'ja'],
      ['key:1', 'Bootstrap', 'Schlüssel der Schnittstelle (web)', 'ja'],
    ]);
    expect(await readToldWords(database().knex)).to.deep.include({ action: 'user.create', entity: 'user' });
  });
});
