import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createI18n } from '../../../src/platform/html/i18n.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const LOCALES = join(ROOT, 'locales');
const NAMESPACES = readdirSync(join(LOCALES, 'de'));

describe('texts', () => {
  it('exist in the same files in both languages', () => {
    expect(readdirSync(join(LOCALES, 'en'))).to.deep.equal(NAMESPACES);
  });

  for (const file of NAMESPACES) {
    it(`of ${file} have the same keys and the same places to fill in both languages`, () => {
      const german = flatten(read('de', file));
      const english = flatten(read('en', file));
      expect(Object.keys(english)).to.have.members(Object.keys(german));
      for (const [key, text] of Object.entries(german)) {
        expect(placesOf(english[key] as string), key).to.deep.equal(placesOf(text));
        expect(text.trim(), key).not.to.equal('');
        expect(english[key]?.trim(), key).not.to.equal('');
      }
    });
  }

  it('named in views exist', () => {
    const t = createI18n({ directory: LOCALES, strict: true }).translator('de');
    for (const view of readdirSync(join(ROOT, 'views'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.hbs'))) {
      const source = readFileSync(join(ROOT, 'views', view), 'utf8');
      for (const [, key = ''] of source.matchAll(/[{(]t "([^"]+)"/g))
        expect(() => t(key, { count: 2 }), `${key} in ${view}`).not.to.throw();
    }
  });

  it('choose the plural by the count', () => {
    const t = createI18n({ directory: LOCALES, strict: true }).translator('de');
    expect(t('common:form.check', { count: 1 })).to.equal('Bitte 1 Angabe prüfen');
    expect(t('common:form.check', { count: 3 })).to.equal('Bitte 3 Angaben prüfen');
  });

  it('that are missing fail in tests and show their key in production', () => {
    expect(() => createI18n({ directory: LOCALES, strict: true }).translator('de')('common:nowhere')).to.throw(
      'no text for common:nowhere',
    );
    expect(createI18n({ directory: LOCALES, strict: false }).translator('de')('common:nowhere')).to.equal('nowhere');
  });
});

type TextTree = { [key: string]: string | TextTree };

function read(locale: string, file: string): TextTree {
  return JSON.parse(readFileSync(join(LOCALES, locale, file), 'utf8')) as TextTree;
}

function flatten(tree: TextTree, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flatten(value, `${prefix}${key}.`)),
    ),
  );
}

function placesOf(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name as string).sort();
}
