import { expect } from 'chai';
import {
  CELL_NAMES,
  EXPORT_PROFILES,
  ownColumns,
  profileHeadings,
  profileLine,
  profileOf,
  shortenedBy,
  type ProfiledBooking,
} from '../../../../src/core/books/export/export-profiles.ts';
import { DEFAULT_OWN_PROFILE } from '../../../../src/core/books/export/export-setup.ts';

const BOOKING: ProfiledBooking = {
  journalNumber: 7,
  cents: 6000,
  currency: 'EUR',
  debit: '1796',
  credit: '10000',
  postedOn: '2026-06-09',
  documentField1: 'RE-2026-4711',
  documentField2: 'G26000001',
  text: 'Einlösung; "G-2026-000001"',
  costCentre: 'Sonne',
  additions: [],
  orderNumber: 'B-1',
  isLocked: false,
  isGeneralReversal: false,
  dueOn: '2026-06-23',
};

describe('a profile of an export', () => {
  it('writes a booking as BMD NTCS takes it: satzart 0, debit by buchcode 1, no tax', () => {
    const { bmd } = EXPORT_PROFILES;
    expect(profileHeadings(bmd)).to.equal(
      'satzart;konto;gkonto;belegnr;belegdatum;buchdatum;buchsymbol;buchcode;prozent;steuercode;betrag;steuer;text;extbelegnr;waehrung;kost;faelligkeit',
    );
    expect(profileLine(bmd, BOOKING)).to.equal(
      '0;1796;10000;RE-2026-4711;09.06.2026;09.06.2026;GU;1;0;0;60,00;0,00;"Einlösung; ""G-2026-000001""";RE-2026-4711;EUR;Sonne;23.06.2026',
    );
  });

  it('writes a booking for RZL and for bexio', () => {
    expect(profileLine(EXPORT_PROFILES.rzl, { ...BOOKING, text: 'Verkauf' })).to.equal(
      'GU;1796;10000;09.06.2026;RE-2026-4711;60,00;0;Verkauf;EUR;Sonne;RE-2026-4711',
    );
    expect(profileLine(EXPORT_PROFILES.bexio, { ...BOOKING, text: 'Verkauf', cents: 5 })).to.equal(
      '09.06.2026;RE-2026-4711;Verkauf;1796;10000;0.05;EUR;',
    );
  });

  it('takes a Generalumkehr back on the same side, below zero', () => {
    expect(profileLine(EXPORT_PROFILES.bexio, { ...BOOKING, text: 'x', isGeneralReversal: true })).to.contain(
      ';-60.00;',
    );
  });

  it('tells what a column has no room for, and what stands there; the whole number stands beside it', () => {
    const long = { ...BOOKING, documentField1: 'RE-2026-00000000000000004711' };
    expect(shortenedBy(EXPORT_PROFILES.bmd, BOOKING)).to.deep.equal([]);
    expect(shortenedBy(EXPORT_PROFILES.bmd, long)).to.deep.equal([
      { heading: 'belegnr', value: long.documentField1, used: '00000000000000004711' },
    ]);
    expect(profileLine(EXPORT_PROFILES.bmd, long).split(';')[3]).to.equal('00000000000000004711');
    expect(profileLine(EXPORT_PROFILES.bmd, long)).to.contain(`;${long.documentField1};`);
  });

  it('has in every program the accounts, the day and the amount of a booking', () => {
    for (const [name, { columns }] of Object.entries(EXPORT_PROFILES)) {
      const cells = columns.map(({ cell }) => cell);
      for (const needed of ['Soll', 'Haben', 'Buchungsdatum', 'Betrag']) expect(cells, name).to.include(needed);
    }
  });

  it('is none for DATEV, whose file has a form of its own', () => {
    expect(profileOf(undefined)).to.equal(null);
    expect(profileOf({ profile: 'datev', own: DEFAULT_OWN_PROFILE })).to.equal(null);
  });
});

describe('columns of one’s own', () => {
  it('stand in their order, with headings of one’s own, in the form that was chosen', () => {
    const own = {
      ...DEFAULT_OWN_PROFILE,
      columns: 'Datum = Buchungsdatum, Soll, Haben, Betrag, Nr=Journalnummer',
      separator: '\t',
      decimal: '.',
      days: 'YYYYMMDD',
    } as const;
    const profile = profileOf({ profile: 'own', own });
    expect(profile).not.to.equal(null);
    if (profile === null) return;
    expect(profileHeadings(profile)).to.equal('Datum\tSoll\tHaben\tBetrag\tNr');
    expect(profileLine(profile, BOOKING)).to.equal('20260609\t1796\t10000\t60.00\t7');
    expect(profileHeadings({ ...profile, hasHeadings: false })).to.equal(null);
  });

  it('can be all there are', () => {
    expect(ownColumns(CELL_NAMES.join(','))).to.have.length(CELL_NAMES.length);
  });

  for (const wrong of [
    '',
    'Soll, Haben, Betrag',
    'Buchungsdatum, Soll, Haben, Betrag, Farbe',
    'Buchungsdatum,,Soll,Haben,Betrag',
    ' = Soll',
  ])
    it(`are refused as "${wrong}"`, () => {
      expect(ownColumns(wrong)).to.equal(null);
    });

  it('are 40 at most', () => {
    const many = (count: number): string =>
      ['Buchungsdatum', 'Soll', 'Haben', ...Array<string>(count - 3).fill('Betrag')].join(',');
    expect(ownColumns(many(40))).to.have.length(40);
    expect(ownColumns(many(41))).to.equal(null);
  });
});
