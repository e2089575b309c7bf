import { expect } from 'chai';
import { debtorFile, tooLongFor, type DatevDebtor } from '../../../../src/features/accounting/export/debtor-datev.ts';

const DEBTOR: DatevDebtor = {
  account: '10500',
  name: 'Citydeal "Nord" GmbH',
  street: 'Marktplatz 7',
  postcode: '20095',
  town: 'Hamburg',
  country: 'DE',
  vatId: 'DE123456789',
  phone: '040 123',
  email: 're@citydeal.example',
  paymentDays: 14,
};
const BATCH = {
  createdAt: '20261130140000000',
  consultant: '29098',
  client: '55003',
  fiscalYearBegin: '2026-01-01',
  accountLength: 4,
  chart: '03',
};

describe('debtors for DATEV', () => {
  const [header = '', headings = '', line = ''] = debtorFile(BATCH, [DEBTOR]).split('\r\n');
  const at = (heading: string): string => line.split(';')[headings.split(';').indexOf(heading)] ?? '';

  it('begin with the header of category 16, version 5, of 31 fields', () => {
    expect(header).to.equal(
      '"EXTF";700;16;"Debitoren/Kreditoren";5;20261130140000000;;"RE";"Reisebon";"";29098;55003;20260101;4;;;"";"";;;;"";;"";;;"03";;;"";""',
    );
    expect(header.split(';')).to.have.length(31);
  });

  it('have 254 fields in the headings and in every line', () => {
    expect(headings.split(';')).to.have.length(254);
    expect(line.split(';')).to.have.length(254);
    expect([headings.split(';')[15], headings.split(';')[253]]).to.deep.equal(['Straße', 'Letzte Frist']);
  });

  it('say who it is and when it pays', () => {
    expect(
      ['Konto', 'Name (Adressattyp Unternehmen)', 'Adressattyp', 'EU-Land', 'EU-UStID', 'Ort'].map(at),
    ).to.deep.equal(['10500', '"Citydeal ""Nord"" GmbH"', '"2"', '"DE"', '"123456789"', '"Hamburg"']);
    expect(at('Fälligkeit in Tagen (Debitor)')).to.equal('14');
  });

  it('are told where a field has no room', () => {
    expect(tooLongFor(DEBTOR)).to.deep.equal([]);
    expect(tooLongFor({ ...DEBTOR, name: 'x'.repeat(51), town: 'y'.repeat(31) })).to.deep.equal(['name', 'town']);
  });
});
