import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { debtorExport } from '../../../../src/features/accounting/export/debtor-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../../../src/features/catalogue/partner-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const MOMENT = { now: Date.parse('2026-11-30T13:00:00Z'), today: '2026-11-30', timeZone: 'Europe/Berlin' };

describeOnBothDatabases('the master data of debtors', (database) => {
  async function partner(id: string, name: string, debtorAccount: string): Promise<void> {
    await saveEntry(database(), 'partner', { id, name, parent: null }, 'test', 1);
    await inTransaction(database(), (trx) =>
      changePartnerDetails(trx, id, { ...DEFAULT_PARTNER_DETAILS, debtorAccount, town: 'Łódź' }, 'test', 1),
    );
  }

  it('needs the numbers of DATEV, and a partner with an account', async () => {
    expect(await debtorExport(database().knex, MOMENT)).to.deep.equal({ kind: 'no_client' });
    const { id } = await currentSetup(database().knex);
    const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
    await saveSetup(database(), { ...DEFAULT_SETUP, datev }, id, null, 'test', 1);
    await partner('ohne', 'Ohne Konto', '');
    expect(await debtorExport(database().knex, MOMENT)).to.deep.equal({ kind: 'none' });
  });

  it('is one line for each account, by number, in signs that the file has', async () => {
    await partner('zwei', 'Zweite GmbH', '10600');
    await partner('eins', 'Erste Übersee GmbH', '10500');
    const made = await debtorExport(database().knex, MOMENT);
    if (made.kind !== 'file') throw new Error(made.kind);
    expect(made.name).to.equal('EXTF_Debitoren_55003_20261130.csv');
    const lines = made.content.toString('latin1').trim().split('\r\n').slice(2);
    expect(lines.map((line) => line.split(';').slice(0, 2))).to.deep.equal([
      ['10500', '"Erste Übersee GmbH"'],
      ['10600', '"Zweite GmbH"'],
    ]);
    expect(lines[0]).to.contain('"Lódz"');
  });

  it('is not made as long as a name is longer than the format takes', async () => {
    await partner('lang', 'x'.repeat(60), '10700');
    expect(await debtorExport(database().knex, MOMENT)).to.deep.equal({
      kind: 'problems',
      problems: [{ partner: 'x'.repeat(60), field: 'name' }],
    });
  });
});
