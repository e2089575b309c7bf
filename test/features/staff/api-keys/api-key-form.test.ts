import { expect } from 'chai';
import { parseClient, parseLastDay, type TypedClient } from '../../../../src/features/staff/api-keys/api-key-form.ts';

const t = (key: string): string => key;
const typed = (more: Partial<TypedClient> = {}): TypedClient => ({
  name: 'Strecke',
  channel: 'web',
  otherChannels: [],
  rights: ['booking'],
  origins: '',
  numbers: [],
  ...more,
});

describe('the form of a client', () => {
  it('reads what is ticked, and never its own channel among the others', () => {
    const { client } = parseClient(
      typed({ otherChannels: ['web', 'partner', 'moon'], rights: ['all', 'booking'], numbers: ['own'] }),
      t,
    );
    expect(client).to.deep.equal({
      name: 'Strecke',
      channel: 'web',
      otherChannels: ['partner'],
      rights: ['booking', 'all'],
      origins: [],
      hasOwnBookingNumbers: true,
    });
  });

  it('names every field that is wrong', () => {
    const { client, errors } = parseClient(
      typed({ name: 'x'.repeat(101), channel: '', rights: [], origins: 'https://a.example/b' }),
      t,
    );
    expect(client).to.equal(null);
    expect(errors.map(({ path }) => path)).to.deep.equal(['name', 'channel', 'rights', 'origins']);
  });

  it('takes a last day from today on, at most a year ahead', () => {
    const today = '2026-11-30';
    expect(parseLastDay('30.11.2026', today, t)).to.deep.equal({ day: today });
    expect(parseLastDay('2027-12-01', today, t)).to.deep.equal({ day: '2027-12-01' });
    for (const text of ['29.11.2026', '02.12.2027', '', 'morgen'])
      expect(parseLastDay(text, today, t), text).to.have.nested.property('errors[0].path', 'endsOn');
  });
});
