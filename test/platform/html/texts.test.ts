import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { REJECTION_REASONS } from '../../../src/core/engine/rejection.ts';
import { createI18n, LOCALES } from '../../../src/platform/html/i18n.ts';
import { ERROR_STATUS } from '../../../src/platform/process/errors.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TEXTS = join(ROOT, 'locales');
const NAMESPACES = readdirSync(join(TEXTS, 'de'));
const CODE = [...filesIn('src', '.ts'), ...filesIn('views', '.hbs'), ...filesIn('public/js', '.js')];
/** A plural is asked for by the key without its ending. */
const PLURAL = /_(?:zero|one|two|few|many|other)$/;

describe('texts', () => {
  it('exist in the same files in every language of the list, and in no other', () => {
    const folders = readdirSync(TEXTS, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(folders.map(({ name }) => name).sort()).to.deep.equal([...LOCALES].sort());
    for (const locale of LOCALES) expect(readdirSync(join(TEXTS, locale)), locale).to.deep.equal(NAMESPACES);
  });

  for (const file of NAMESPACES) {
    it(`of ${file} have the same keys and the same places to fill in every language`, () => {
      const german = flatten(read('de', file));
      for (const locale of LOCALES) {
        const texts = flatten(read(locale, file));
        expect(Object.keys(texts), locale).to.have.members(Object.keys(german));
        for (const [key, text] of Object.entries(german)) {
          expect(placesOf(texts[key] as string), `${locale} ${key}`).to.deep.equal(placesOf(text));
          expect(texts[key]?.trim(), `${locale} ${key}`).not.to.equal('');
        }
      }
    });
  }

  it('named in views exist', () => {
    const t = createI18n({ directory: TEXTS, strict: true }).translator('de');
    for (const view of readdirSync(join(ROOT, 'views'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.hbs'))) {
      const source = readFileSync(join(ROOT, 'views', view), 'utf8');
      for (const [, key = ''] of source.matchAll(/[{(]t "([^"]+)"/g))
        expect(() => t(key, { count: 2 }), `${key} in ${view}`).not.to.throw();
    }
  });

  it('named in code exist', () => {
    const known = new Set(keysOfTexts().flatMap(withGroups));
    const spaces = NAMESPACES.map((file) => file.slice(0, -'.json'.length)).join('|');
    const named = new RegExp(`['"\`]((?:${spaces}):[a-zA-Z_][\\w.-]*)['"\`]`, 'g');
    const missing = CODE.flatMap(({ path, text }) =>
      [...text.matchAll(named)]
        .map(([, key = '']) => key.replace(/[._]$/, ''))
        .filter((key) => !known.has(key))
        .map((key) => `${key} in ${path}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('are all used', () => {
    const source = CODE.map(({ text }) => text).join('\n');
    const named = new Set(source.match(/[\w-]+:[\w.-]+/g));
    const made = [...source.matchAll(/`([\w-]+:[^`]*\$\{[^`]*)`|\(concat "([\w-]+:[^"]*)"/g)].map(
      ([, template, start = '']) => patternOf(template ?? `${start}\${x}`),
    );
    const isUsed = (key: string): boolean =>
      withGroups(key).some((one) => named.has(one) || named.has(`${one}.`) || named.has(`${one}_`)) ||
      made.some((pattern) => pattern.test(key) || pattern.test(key.replace(PLURAL, '')));
    expect(keysOfTexts().filter((key) => !isUsed(key))).to.deep.equal([]);
  });

  it('stand in the locales alone: no sentence in two languages and no question for one of them in code', () => {
    // The trips of the invented tour operator are data; German days and English months are forms, not words.
    const elsewhere = ['src/features/demo/trips/demo-offer-service.ts', 'src/platform/html/format.ts'];
    const pair = /\bde: [^{}]*?\ben: |\b(?:locale|lang|language) === '[a-z]{2}'/s;
    const wrong = CODE.filter(({ path, text }) => path.startsWith('src/') && pair.test(text)).map(({ path }) => path);
    expect(wrong.filter((path) => !elsewhere.includes(path))).to.deep.equal([]);
  });

  it('have a sentence for every error, and for every reason a code is refused for', () => {
    const { has } = createI18n({ directory: TEXTS, strict: true });
    expect(Object.keys(ERROR_STATUS).filter((code) => !has(`errors:code.${code}`))).to.deep.equal([]);
    const hasReason = (reason: string): boolean =>
      [reason, `${reason}_between`].some((key) => has(`rejections:${key}`));
    expect(REJECTION_REASONS.filter((reason) => !hasReason(reason))).to.deep.equal([]);
  });

  it('choose the plural by the count', () => {
    const t = createI18n({ directory: TEXTS, strict: true }).translator('de');
    expect(t('common:form.check', { count: 1 })).to.equal('Bitte 1 Angabe prüfen');
    expect(t('common:form.check', { count: 3 })).to.equal('Bitte 3 Angaben prüfen');
  });

  it('that are missing fail in tests and show their key in production', () => {
    expect(() => createI18n({ directory: TEXTS, strict: true }).translator('de')('common:nowhere')).to.throw(
      'no text for common:nowhere',
    );
    expect(createI18n({ directory: TEXTS, strict: false }).translator('de')('common:nowhere')).to.equal('nowhere');
  });
});

/** Every key as code names it: `vouchers:field.title`. */
function keysOfTexts(): string[] {
  return NAMESPACES.flatMap((file) =>
    Object.keys(flatten(read('de', file))).map((key) => `${file.slice(0, -'.json'.length)}:${key}`),
  );
}

/** The key, the plural it belongs to, and the groups it stands in, which code hands on by their names. */
function withGroups(key: string): string[] {
  const parts = key.replace(PLURAL, '').split('.');
  return [key, ...parts.map((_part, index) => parts.slice(0, index + 1).join('.'))];
}

/** What a template may become: `vouchers:type.${type}` is any type. */
function patternOf(template: string): RegExp {
  const fixed = template.split(/\$\{[^`]*?\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${fixed.join('.+')}$`);
}

function filesIn(folder: string, ending: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

type TextTree = { [key: string]: string | TextTree };

function read(locale: string, file: string): TextTree {
  return JSON.parse(readFileSync(join(TEXTS, locale, file), 'utf8')) as TextTree;
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
