import { expect } from 'chai';
import { DEFAULT_OWN_PROFILE } from '../../../../src/core/books/export/export-setup.ts';
import {
  parseExport,
  typedExport,
  typedExportOf,
} from '../../../../src/features/accounting/setup/export-profile-form.ts';

function read(sent: Record<string, unknown>) {
  const wrong: string[] = [];
  return { setup: parseExport(typedExport(sent), (path, key) => void wrong.push(`${path} ${key}`)), wrong };
}

describe('the form of the program an export is for', () => {
  it('is DATEV where nothing is said', () => {
    expect(read({})).to.deep.equal({ setup: { profile: 'datev', own: DEFAULT_OWN_PROFILE }, wrong: [] });
  });

  it('comes back as it was chosen', () => {
    const own = {
      ...DEFAULT_OWN_PROFILE,
      separator: '\t',
      decimal: '.',
      days: 'YYYYMMDD',
      encoding: 'cp1252',
      hasHeadings: false,
    } as const;
    const typed = typedExportOf({ profile: 'own', own });
    expect(typed.own.separator).to.equal('tab');
    expect(read({ profile: typed.profile, own: typed.own })).to.deep.equal({
      setup: { profile: 'own', own },
      wrong: [],
    });
  });

  it('says what is wrong at its field', () => {
    expect(read({ profile: 'lexware' }).wrong).to.deep.equal(['profile choose']);
    expect(read({ profile: 'own', own: { columns: 'Soll' } }).wrong).to.deep.equal(['own.columns columns']);
    expect(read({ profile: 'bmd', own: { columns: 'Soll' } }).wrong).to.deep.equal([]);
  });
});
