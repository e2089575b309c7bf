import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { XMLParser } from 'fast-xml-parser';
import unzipper from 'unzipper';
import { writeAuditData } from '../../../../src/features/accounting/audit-data/audit-data-service.ts';
import { AUDIT_TABLES } from '../../../../src/features/accounting/audit-data/audit-table-csv.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

const I18N = createI18n({ directory: join(import.meta.dirname, '../../../../locales'), strict: false });
const TEXTS = { t: I18N.translator('de'), has: (key: string) => I18N.has(key) };
const SPAN = { from: '2026-06-01', to: '2026-06-30' };

describeOnBothDatabases('the data for a tax auditor', (database) => {
  const { sell, spend } = historyOf(database);
  let directory: string;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-z3-'));
    await sell('Kauf "Ostern"; mit\nUmbruch', 10_050, '2026-06-01', { code: 'GEHEIM-99' });
    await spend(['GEHEIM-99'], 2000, 'B-1', '2026-06-02');
    await sell('Später', 5000, '2026-07-01');
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const packed = async (dtdPath: string | null): Promise<Map<string, string>> => {
    const path = join(directory, `z3-${String(dtdPath === null)}.zip`);
    const supplier = { name: 'Sonne & Meer GmbH', location: 'Berlin', comment: 'Test' };
    const { tables } = await writeAuditData(database().knex, createWriteStream(path), {
      ...SPAN,
      supplier,
      dtdPath,
      madeAt: Date.UTC(2026, 6, 2),
      texts: TEXTS,
    });
    expect(tables).to.equal(AUDIT_TABLES.length);
    const { files } = await unzipper.Open.buffer(readFileSync(path));
    return new Map(
      await Promise.all(files.map(async (file) => [file.path, (await file.buffer()).toString()] as const)),
    );
  };

  it('is a ZIP with a description and one file a table', async () => {
    const files = await packed(null);
    expect([...files.keys()].sort()).to.deep.equal(
      ['index.xml', ...AUDIT_TABLES.map(({ name }) => `${name}.csv`)].sort(),
    );
    const { DataSet } = new XMLParser({ ignoreAttributes: false }).parse(files.get('index.xml') ?? '');
    expect(Object.keys(DataSet)).to.deep.equal(['Version', 'DataSupplier', 'Media']);
    expect(DataSet.DataSupplier.Name).to.equal('Sonne & Meer GmbH');
    for (const table of DataSet.Media.Table as {
      URL: string;
      Name: string;
      Validity: { Range: { From: string } };
      VariableLength: { VariablePrimaryKey: { Name: string }; VariableColumn: { Name: string }[] };
    }[]) {
      expect(table.Validity.Range.From).to.equal('01.06.2026');
      const names = [table.VariableLength.VariablePrimaryKey, ...[table.VariableLength.VariableColumn].flat()].map(
        ({ Name }) => Name,
      );
      expect((files.get(table.URL) ?? '').split('\r\n')[0], table.Name).to.equal(
        names.map((name) => `"${name}"`).join(';'),
      );
    }
  });

  it('points only to tables that stand before, by their keys', async () => {
    const files = await packed(null);
    const { DataSet } = new XMLParser().parse(files.get('index.xml') ?? '');
    const seen: string[] = [];
    for (const table of DataSet.Media.Table as {
      Name: string;
      VariableLength: { ForeignKey?: { References: string } | { References: string }[] };
    }[]) {
      for (const { References } of [table.VariableLength.ForeignKey ?? []].flat())
        expect(seen, table.Name).to.include(References);
      seen.push(table.Name);
    }
  });

  it('holds what moved in these days, each field on one line, and never a code', async () => {
    const files = await packed(null);
    const journal = (files.get('gutschein_journal.csv') ?? '').split('\r\n').slice(1, -1);
    expect(journal).to.have.length(2);
    expect(journal[0])
      .to.contain(';01.06.2026;01.06.2026;"2026-06-01T12:00:00.000Z";"sale";')
      .and.contain(';100,50;"EUR";');
    const vouchers = (files.get('gutschein.csv') ?? '').split('\r\n').slice(1, -1);
    expect(vouchers).to.have.length(1);
    expect(vouchers[0]).to.contain('"Kauf ""Ostern""; mit Umbruch"');
    expect([...files.values()].join(''))
      .not.to.contain('GEHEIM')
      .and.not.contain('Später"');
    expect((files.get('einloesung.csv') ?? '').split('\r\n')).to.have.length(3);
  });

  it('brings the DTD along where the operator has one', async () => {
    const dtd = join(directory, 'own.dtd');
    writeFileSync(dtd, '<!ELEMENT DataSet ANY>');
    expect((await packed(dtd)).get('gdpdu-01-09-2004.dtd')).to.equal('<!ELEMENT DataSet ANY>');
  });
});
