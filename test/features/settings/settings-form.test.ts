import { expect } from 'chai';
import { FOUR_EYES_FIELDS } from '../../../src/features/settings/four-eyes-settings-service.ts';
import { DOCUMENT_FIELDS } from '../../../src/features/settings/document-settings-service.ts';
import { GENERAL_FIELDS } from '../../../src/features/settings/general-settings-service.ts';
import { REVERSAL_FIELDS } from '../../../src/features/settings/reversal-settings-service.ts';
import {
  choice,
  choices,
  count,
  flag,
  money,
  optionalCount,
  text,
  usualOf,
  type SettingFields,
} from '../../../src/features/settings/setting-service.ts';
import { settingsBody } from '../../../src/features/settings/settings-body.ts';
import { readSettings, typedSettings, wrongIn } from '../../../src/features/settings/settings-form.ts';
import { TIDYING_FIELDS } from '../../../src/features/settings/tidying-settings-service.ts';

const FIELDS = {
  minutes: count(30, { min: 1, max: 1440 }),
  days: optionalCount(null, { min: 1, max: 365 }),
  limit: money(25_000, { min: 1, max: 100_000 }),
  isOn: flag(true),
  name: text('', { maxLength: 10 }),
  currency: text('EUR', { maxLength: 3, isUpperCase: true, pattern: /^[A-Z]{3}$/ }),
  order: choice<'first' | 'last'>('last', ['first', 'last']),
  ways: choices<'web' | 'counter'>(['web'], ['web', 'counter']),
};
const echo = (key: string, values?: object): string => [key, JSON.stringify(values ?? {})].join(' ');
const read = (body: object) => readSettings(FIELDS, body, wrongIn('settings:group', echo), { t: echo, locale: 'de' });
const TYPED = {
  minutes: '45',
  days: '',
  limit: '1.000,00',
  name: 'Nord',
  currency: 'chf',
  order: 'first',
  ways: ['web'],
};

describe('a table of settings', () => {
  it('is what the form reads', () => {
    expect(read({ ...TYPED, isOn: 'true' }).settings).to.deep.equal({
      minutes: 45,
      days: null,
      limit: 100_000,
      isOn: true,
      name: 'Nord',
      currency: 'CHF',
      order: 'first',
      ways: ['web'],
    });
    expect(read(TYPED).settings?.isOn).to.equal(false);
  });

  for (const [name, wrong] of [
    ['minutes', '0'],
    ['minutes', '1441'],
    ['minutes', 'half an hour'],
    ['days', '366'],
    ['limit', '1.000,01'],
    ['limit', '0'],
    ['currency', 'EURO'],
    ['order', 'middle'],
    ['ways', []],
    ['ways', ['telephone']],
  ] as const)
    it(`refuses ${JSON.stringify(wrong).slice(0, 20)} as ${name}, keeping what was typed`, () => {
      const { settings, errors, typed } = read({ ...TYPED, [name]: wrong });
      expect(settings).to.equal(null);
      expect(errors.map(({ path }) => path)).to.deep.equal([name]);
      expect(typed.order).to.equal(name === 'order' ? wrong : 'first');
    });

  it('refuses a text that is longer than its column, and keeps it to be shortened', () => {
    const { settings, typed, errors } = read({ ...TYPED, name: 'longer than ten' });
    expect(settings).to.equal(null);
    expect(typed.name).to.equal('longer than ten');
    expect(errors).to.deep.equal([{ path: 'name', message: 'common:input.too_long {"most":10}' }]);
  });

  it('tells the bounds in the numbers of the language', () => {
    expect(read({ ...TYPED, minutes: '2000' }).errors[0]?.message).to.equal(
      'settings:group.minutes_wrong {"min":"1","max":"1.440"}',
    );
  });

  const GROUPS: readonly (readonly [string, SettingFields])[] = [
    ['made-up', FIELDS],
    ['general', GENERAL_FIELDS],
    ['reversals', REVERSAL_FIELDS],
    ['four eyes', FOUR_EYES_FIELDS],
    ['documents', DOCUMENT_FIELDS],
    ['tidying', TIDYING_FIELDS],
  ];
  for (const [group, fields] of GROUPS)
    it(`takes the usual values of the group ${group} by form and by API, and comes to the same`, () => {
      const usual = usualOf(fields);
      const typed = typedSettings(fields, usual, { currency: 'EUR', locale: 'de' });
      expect(readSettings(fields, typed, echo, { t: echo, locale: 'de' }).settings).to.deep.equal(usual);
      expect(settingsBody(fields).validate(usual).error).to.equal(undefined);
      const [first] = Object.keys(fields);
      expect(settingsBody(fields).validate({ ...usual, [first ?? '']: {} }).error).to.not.equal(undefined);
    });
});
