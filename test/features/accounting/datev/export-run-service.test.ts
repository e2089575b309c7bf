import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { giveDocument } from '../../../../src/features/accounting/datev/document-number-service.ts';
import { chartAccounts, DEFAULT_SETUP, type AccountingSetup } from '../../../../src/core/books/chart-of-accounts.ts';
import { profileOf } from '../../../../src/core/books/export/export-profiles.ts';
import { DEFAULT_OWN_PROFILE } from '../../../../src/core/books/export/export-setup.ts';
import {
  filesOfRun,
  runPage,
  previewRun,
  readRunFile,
  sealRun,
  undoRun,
  writeRun,
} from '../../../../src/features/accounting/datev/export-run-service.ts';
import type { RunSummary } from '../../../../src/features/accounting/datev/export-protocol-service.ts';
import { createRun } from './datev-run.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { topUpVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { reissueVoucher } from '../../../../src/features/vouchers/succession/voucher-reissue-service.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { checkBatch, type CheckedBatch } from './datev-checker.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

const timeZone = 'Europe/Berlin';
const at = (today: string) => ({ today, now: Date.parse(`${today}T12:00:00Z`), timeZone });
const JUNE = { fromMonth: '2026-06', toMonth: '2026-06' };

describeOnBothDatabases('exports for DATEV', (database) => {
  const setup = async (
    change: Partial<AccountingSetup> = {},
    datev: Partial<AccountingSetup['datev']> = {},
  ): Promise<void> => {
    const current = await currentSetup(database().knex);
    const next = {
      ...DEFAULT_SETUP,
      ...change,
      datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003', ...datev },
    };
    await saveSetup(database(), next, current.id, null, 'test', 1);
  };
  const { sell, spend, giveBack } = historyOf(database);
  const bytesOf = async (runId: string, name: string): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of (await readRunFile(database().knex, runId, name)).content) parts.push(part);
    return Buffer.concat(parts);
  };
  const checked = async (runId: string): Promise<CheckedBatch[]> => {
    const files = (await filesOfRun(database().knex, runId)).filter(({ kind }) => kind === 'datev');
    return Promise.all(
      files.map(async ({ name, sha256, bytes }) => {
        const content = await bytesOf(runId, name);
        expect(createHash('sha256').update(content).digest('hex')).to.equal(sha256);
        expect(content.length).to.equal(bytes);
        const batch = checkBatch(name, content);
        expect(batch.problems).to.deep.equal([]);
        return batch;
      }),
    );
  };
  const refusal = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );

  it('name everything that is missing before anything is written', async () => {
    await sell('Erster', 10_000, '2026-06-01', { code: 'ERSTER' });
    await setup({ accounts: { ...chartAccounts('SKR03'), V_KAUF: '' } }, { consultant: '12', client: '' });
    const preview = await previewRun(database().knex, JUNE);
    expect(preview.problems.map(({ code, value }) => [code, value])).to.deep.equal([
      ['consultant', '12'],
      ['client', ''],
      ['account_missing', 'V_KAUF'],
    ]);
    expect(await refusal(createRun(database(), JUNE, 'test', at('2026-07-01')))).to.equal('export_problems');
    expect((await runPage(database().knex, null, 10)).items).to.deep.equal([]);
    expect(await database().knex('export_entries')).to.deep.equal([]);
  });

  it('write the example of the format to the letter', async () => {
    await setup();
    await giveBack((await spend(['ERSTER'], 6000, 'RE-2026-4711', '2026-06-09')) ?? '', null, '2026-06-15');
    const run = await createRun(database(), JUNE, 'user:1', at('2026-07-01'));
    expect(run).to.include({ number: 'EX-2026-000001', state: 'written', entries: 3, skipped: 0 });
    const [batch] = await checked(run.id);
    const files = await filesOfRun(database().knex, run.id);
    expect(files.map(({ name }) => name)).to.deep.equal([
      'Gutscheine_55003_202606_EX-2026-000001.csv',
      'EXTF_Gutscheine_55003_202606_EX-2026-000001.csv',
      'Protokoll_EX-2026-000001.csv',
    ]);
    const rows = (await bytesOf(run.id, files[1]?.name ?? '')).toString('latin1').split('\r\n');
    expect(rows[0]).to.match(
      /^"EXTF";700;21;"Buchungsstapel";13;20260701140000000;;"RE";"Reisebon";"";29098;55003;20260101;4;20260601;20260630;"Gutscheine 06\/2026";"";1;0;0;"EUR";;"";;;"03";;;"";"EX-2026-000001"$/,
    );
    const begins = rows.slice(2, -1).map((row) => row.split(';').slice(0, 14).join(';'));
    expect(begins).to.deep.equal([
      '100,00;"S";"EUR";;;"";1360;1796;"";0106;"G-2026-000001";"G26000001";;"Verkauf Gutschein G-2026-000001"',
      '60,00;"S";"EUR";;;"";1796;10000;"";0906;"RE-2026-4711";"G26000001";;"Einlösung Gutschein G-2026-000001"',
      '60,00;"S";"EUR";;;"";10000;1796;"";1506;"RE-2026-4711";"G26000001";;"Storno Einlösung Gutschein G-2026-000001"',
    ]);
    expect(batch?.bookings.map(({ additions }) => additions['Vorgang'])).to.deep.equal([
      'Verkauf, Journal 1',
      'Einlösung, Journal 2',
      'Storno Einlösung, Journal 3',
    ]);
    const summary = run.summary as RunSummary;
    expect(summary.closing).to.deep.equal([{ account: '1796', role: 'V_KAUF', currency: 'EUR', cents: 10_000 }]);
    expect(summary.accounts).to.deep.include({
      account: '1796',
      currency: 'EUR',
      debit: 6000,
      credit: 16_000,
      bookings: 3,
    });
  });

  it('take each entry once, the later ones of a month in a second run', async () => {
    expect(await refusal(createRun(database(), JUNE, 'test', at('2026-07-01')))).to.equal('nothing_to_export');
    const late = await sell('Nachtrag', 5000, '2026-06-30');
    const run = await createRun(database(), JUNE, 'test', at('2026-07-02'));
    const [batch] = await checked(run.id);
    expect(batch?.bookings.map(({ cents, additions }) => [cents, additions['Gutschein-Nr']])).to.deep.equal([
      [5000, 'G-2026-000002'],
    ]);
    expect(late.id).to.be.a('string');
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });

  it('answer the same bytes at every fetch, also after the accounts have changed', async () => {
    const [run] = (await runPage(database().knex, null, 1)).items;
    const name = (await filesOfRun(database().knex, run?.id ?? ''))[1]?.name ?? '';
    const before = await bytesOf(run?.id ?? '', name);
    await setup({ accounts: { ...chartAccounts('SKR03'), V_KAUF: '1797' } });
    expect((await bytesOf(run?.id ?? '', name)).equals(before)).to.equal(true);
    await setup();
  });

  it('leave moves within one account in the sub-ledger, and tell them in the protocol', async () => {
    const voucher = await sell('Neuausstellung', 3000, '2026-08-03');
    const goodwill = {
      type: 'settlement' as const,
      title: 'Kulanz',
      funding: 'goodwill' as const,
      paidAt: '2026-08-03',
      value: { originalValue: 2000 },
    };
    await createVoucher(database(), { actor: 'test', moment: at('2026-08-03') }, goodwill);
    await inTransaction(database(), (trx) =>
      reissueVoucher({ trx, actor: 'test', moment: at('2026-08-04') }, voucher.id, 'verloren'),
    );
    const run = await createRun(database(), { fromMonth: '2026-08', toMonth: '2026-08' }, 'test', at('2026-09-01'));
    expect(run).to.include({ entries: 4, skipped: 3 });
    expect((await checked(run.id))[0]?.bookings).to.have.length(1);
    const protocol = (await bytesOf(run.id, `Protokoll_${run.number}.csv`)).toString();
    expect(protocol).to.contain('Umbuchung innerhalb desselben Kontos').and.contain('Merkposten');
  });

  it('show a reversal as Generalumkehr where that is chosen', async () => {
    await setup({}, { reversal: 'general', isLocked: true });
    await sell('General', 4000, '2026-09-01', { code: 'GENERAL' });
    await giveBack((await spend(['GENERAL'], 4000, 'B-1', '2026-09-02')) ?? '', null, '2026-09-03');
    const run = await createRun(database(), { fromMonth: '2026-09', toMonth: '2026-09' }, 'test', at('2026-10-01'));
    const [batch] = await checked(run.id);
    expect(
      batch?.bookings.map(({ debit, credit, isGeneralReversal }) => [debit, credit, isGeneralReversal]),
    ).to.deep.equal([
      ['1360', '1796', false],
      ['1796', '10000', false],
      ['1796', '10000', true],
    ]);
    await setup();
  });

  it('free their entries when they are taken back, which is told and never silent', async () => {
    const [run] = (await runPage(database().knex, null, 1)).items;
    const undone = await undoRun(database(), run?.id ?? '', 'falscher Mandant', 'user:1', 5);
    expect(undone).to.include({ state: 'undone', undoneBy: 'user:1', undoReason: 'falscher Mandant' });
    expect(await refusal(undoRun(database(), run?.id ?? '', 'noch einmal', 'user:1', 6))).to.equal('conflict');
    expect(await filesOfRun(database().knex, run?.id ?? '')).to.have.length(3);
    const again = await createRun(database(), { fromMonth: '2026-09', toMonth: '2026-09' }, 'test', at('2026-10-02'));
    expect(again.entries).to.equal(3);
    expect((await checked(again.id))[0]?.bookings.map(({ additions }) => additions['Vorgang'])[0]).to.equal(
      'Verkauf, Journal 9',
    );
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
    expect(await database().knex('audit_log').where({ action: 'accounting.export_undo' })).to.have.length(1);
  });

  it('write out or replace what no file can hold, and name it in the protocol', async () => {
    await sell('Schilder', 6000, '2026-10-01', { code: 'SCHILDER' });
    const numbers = [
      'Bü 1.2_Łódź',
      'B-東京',
      "BU'2026-1",
      'BU=77',
      'Reise 🎁',
      'A'.repeat(64),
      '"',
      'R 17 – Anna & Tom!',
    ];
    for (const number of numbers) await spend(['SCHILDER'], 100, number, '2026-10-02');
    const october = { fromMonth: '2026-10', toMonth: '2026-10' };
    const preview = await previewRun(database().knex, october);
    expect(preview.problems).to.deep.equal([]);
    expect(preview.notes.map(({ value }) => value)).to.have.members(numbers.slice(1));
    const run = await createRun(database(), october, 'test', at('2026-11-01'));
    const [batch] = await checked(run.id);
    const fields = batch?.bookings.map(({ documentField1 }) => documentField1).slice(1) ?? [];
    expect(fields).to.include('Bue-1-2-Lodz');
    expect(new Set(fields).size).to.equal(numbers.length);
    const protocol = (await bytesOf(run.id, `Protokoll_${run.number}.csv`)).toString();
    for (const { value, used } of preview.notes)
      expect(protocol).to.include(used).and.include(value.replaceAll('"', '""').replace(/^=/, "'="));
  });

  it('have the document number that was given to a number in the books', async () => {
    await sell('Vergeben', 6000, '2026-12-01', { code: 'VERGEBEN' });
    await spend(['VERGEBEN'], 100, 'TOMA@4712', '2026-12-02');
    const author = { actor: 'user:1', moment: { now: 1, today: '2026-12-03' } };
    await giveDocument(database(), author, { number: 'TOMA@4712', document: 'TOMA-4712' });
    const run = await createRun(database(), { fromMonth: '2026-12', toMonth: '2026-12' }, 'test', at('2027-01-01'));
    const booking = (await checked(run.id))[0]?.bookings.find(({ documentField1 }) => documentField1 === 'TOMA-4712');
    expect(booking?.text).to.equal('Einlösung Gutschein ' + String(booking?.additions['Gutschein-Nr']) + ', TOMA@4712');
  });

  it('come to their files also when they were cut off between sealing and writing', async () => {
    const voucher = await sell('Abbruch', 7000, '2026-11-01');
    await inTransaction(database(), (trx) =>
      topUpVoucher({ trx, actor: 'test', moment: at('2026-11-02') }, voucher.id, { amount: 500, method: 'cash' }),
    );
    const id = await sealRun(database(), { fromMonth: '2026-11', toMonth: '2026-11' }, 'test', at('2026-12-01'));
    expect(await filesOfRun(database().knex, id)).to.deep.equal([]);
    await writeRun(database(), id, { now: 0, timeZone });
    await writeRun(database(), id, { now: 0, timeZone });
    const [batch] = await checked(id);
    expect(batch?.bookings.map(({ debit, cents }) => [debit, cents])).to.deep.equal([
      ['1360', 7000],
      ['1360', 500],
    ]);
  });

  it('come to the same files where a run was sealed before bookings were kept with it', async () => {
    await sell('Vorher', 3300, '2026-11-03');
    const id = await sealRun(database(), { fromMonth: '2026-11', toMonth: '2026-11' }, 'test', at('2026-12-01'));
    await database().knex('export_bookings').where({ run_id: id }).delete();
    await writeRun(database(), id, { now: 0, timeZone });
    const [batch] = await checked(id);
    expect(batch?.bookings.map(({ debit, cents }) => [debit, cents])).to.deep.equal([['1360', 3300]]);
    expect(await database().knex('export_bookings').where({ run_id: id })).to.deep.equal([]);
  });

  it('let two who start at once have one run between them', async () => {
    await sell('Gleichzeitig', 100, '2026-12-01');
    const months = { fromMonth: '2026-12', toMonth: '2026-12' };
    const results = await Promise.all(
      [1, 2, 3].map(() => refusal(createRun(database(), months, 'test', at('2027-01-02')))),
    );
    expect(results.sort()).to.deep.equal(['done', 'nothing_to_export', 'nothing_to_export']);
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });

  it('give the plain name to the currency of the books, name others, and are headed by the client’s own', async () => {
    await setup();
    const AUGUST = { fromMonth: '2026-08', toMonth: '2026-08' };
    await sell('Franken', 7000, '2026-08-01', { currency: 'CHF' });
    await sell('Euro', 8000, '2026-08-02');
    const run = await createRun(database(), AUGUST, 'test', at('2026-09-01'));
    const batches = await checked(run.id);
    const names = (await filesOfRun(database().knex, run.id)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('EXTF'))).to.deep.equal([
      `EXTF_Gutscheine_55003_202608_${run.number}_CHF.csv`,
      `EXTF_Gutscheine_55003_202608_${run.number}.csv`,
    ]);
    expect(batches.map(({ header, bookings }) => [header[21], bookings.map(({ cents }) => cents)])).to.deep.equal([
      ['EUR', [7000]],
      ['EUR', [8000]],
    ]);
    expect((run.summary as RunSummary).ownCurrency).to.equal('EUR');
    const protocol = (await bytesOf(run.id, `Protokoll_${run.number}.csv`)).toString();
    expect(protocol).to.contain('Fremdwährung;CHF;ohne Kurs und Basis-Umsatz in EUR');
  });

  for (const profile of ['bmd', 'rzl', 'bexio', 'own'] as const) {
    it(`are written for ${profile} without the numbers of DATEV, taken back and run again, to the same bookings`, async () => {
      await setup({ export: { profile, own: DEFAULT_OWN_PROFILE } }, { consultant: '', client: '' });
      const months = { fromMonth: '2027-02', toMonth: '2027-02' };
      await sell(`Für ${profile}`, 12_345, '2027-02-03');
      const first = await createRun(database(), months, 'test', at('2027-03-01'));
      const written = async (runId: string): Promise<string[]> => {
        const files = (await filesOfRun(database().knex, runId)).filter(({ kind }) => kind !== 'protocol');
        expect(files.map(({ kind }) => kind).sort()).to.deep.equal(['generic', 'profile']);
        const file = files.find(({ kind }) => kind === 'profile');
        const style = profileOf({ profile, own: DEFAULT_OWN_PROFILE });
        const bytes = await bytesOf(runId, file?.name ?? '');
        expect(bytes.subarray(0, 3).toString('hex') === 'efbbbf').to.equal(style?.encoding === 'utf8_bom');
        return bytes
          .toString(style?.encoding === 'cp1252' ? 'latin1' : 'utf8')
          .trim()
          .split('\r\n');
      };
      const lines = await written(first.id);
      expect(lines.length).to.be.greaterThan(1);
      expect(lines.join())
        .to.match(/123[,.]45/)
        .and.to.contain('1796')
        .and.to.contain('03.02.2027');
      await undoRun(database(), first.id, 'Probe', 'test', 1);
      const second = await createRun(database(), months, 'test', at('2027-03-02'));
      expect(await written(second.id)).to.deep.equal(lines);
      await undoRun(database(), second.id, 'Probe', 'test', 2);
    });
  }
});
