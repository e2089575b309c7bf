import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAssets } from '../../../src/platform/html/assets.ts';
import { formView } from '../../../src/platform/html/form-view.ts';
import { createI18n } from '../../../src/platform/html/i18n.ts';
import { createViews } from '../../../src/platform/html/views.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const assets = createAssets({ root: ROOT, cache: true });
const page = {
  locale: 'de',
  t: createI18n({ directory: join(ROOT, 'locales'), strict: true }).translator('de'),
  csrfToken: () => 'token',
  slots: {},
};

describe('views', () => {
  it('print nothing unescaped and carry no inline script or style', () => {
    for (const name of readdirSync(join(ROOT, 'views'), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.hbs'))) {
      const source = readFileSync(join(ROOT, 'views', name), 'utf8');
      expect(source, name).not.to.match(/\{\{\{|\{\{&/);
      // Mails and printed pages know no style sheets of their own; they go out of the house with a policy of theirs.
      if (!/^(mail|pdf)\//.test(name))
        expect(source, name).not.to.match(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|hx-on/);
    }
  });

  describe('of the form partials', () => {
    const form = formView({ title: '<b>"Sommer"</b>', tiers: [{ amount: '12,5o' }], channels: ['web'] }, [
      { path: 'tiers.0.amount', message: 'Bitte einen Betrag eingeben.' },
      { path: '', message: 'Bitte prüfen.' },
    ]);

    it('keep what was typed, escaped', () => {
      const html = render('{{> field form=form name="title" label="Titel"}}', { form });
      expect(html)
        .to.contain('value="&lt;b&gt;&quot;Sommer&quot;&lt;/b&gt;"')
        .and.contain('<label class="form-label" for="f-title">');
      expect(html).not.to.contain('aria-invalid');
    });

    it('tie an error to its field by id, description and state', () => {
      const html = render('{{> field form=form name="tiers[0][amount]" label="Betrag" suffix="€" numeric=true}}', {
        form,
      });
      expect(html)
        .to.contain('name="tiers[0][amount]"')
        .and.contain('value="12,5o"')
        .and.contain('aria-invalid="true"');
      expect(html)
        .to.contain('aria-describedby="f-tiers-0-amount-notes"')
        .and.contain('id="f-tiers-0-amount-notes"')
        .and.contain('Bitte einen Betrag eingeben.');
    });

    it('list all errors on top with links to the fields', () => {
      const html = render('{{> error-summary form=form}}', { form });
      expect(html)
        .to.contain('Bitte 2 Angaben prüfen')
        .and.contain('<a href="#f-tiers-0-amount">')
        .and.contain('<li>Bitte prüfen.</li>');
    });

    it('say an error of the whole form as one sentence', () => {
      const html = render('{{> error-summary form=form}}', {
        form: formView({}, [{ path: '', message: 'Stimmt nicht.' }]),
      });
      expect(html).to.contain('<p>Stimmt nicht.</p>').and.not.contain('Angabe');
    });

    it('choose options and boxes by value', () => {
      const options = [
        { value: 'web', label: 'Web' },
        { value: 'counter', label: 'Schalter' },
      ];
      expect(render('{{> select-field form=form name="channels" label="Kanal" options=options}}', { form, options }))
        .to.contain('<option value="web" selected>')
        .and.contain('<option value="counter">');
      expect(
        render('{{> choice-field form=form name="channels" label="Kanal" options=options multiple=true}}', {
          form,
          options,
        }),
      ).to.match(/type="checkbox" name="channels" value="web" checked/);
    });

    it('see only what they are given', () => {
      const html = render('{{> field form=form name="title" label="Titel"}}', {
        form,
        hint: 'of the page',
        value: 'of the page',
      });
      expect(html).not.to.contain('of the page');
    });
  });

  it('fail on a name that the data lacks when strict', () => {
    expect(() => render('{{missing}}', {})).to.throw('missing');
  });

  it('write money, days and text in the language of the page', () => {
    expect(
      render('{{money 123450 "EUR"}} · {{date day}} · {{percent 1250}} · {{t "common:save"}}', {
        day: '2026-12-31',
      }).replaceAll('\u00a0', ' '),
    ).to.equal('1.234,50 € · 31.12.2026 · 12,5 % · Speichern');
  });

  it('know only icons of the sprite', () => {
    expect(render('{{icon "ticket"}}', {})).to.match(/<use href="\/assets\/[0-9a-f]{12}\/icons.svg#ticket">/);
    expect(() => render('{{icon "no-such"}}', {})).to.throw('no such icon');
  });
});

function render(source: string, data: object): string {
  const directory = mkdtempSync(join(tmpdir(), 'reisebon-views-'));
  try {
    const partials = join(ROOT, 'views', 'partials');
    for (const file of readdirSync(partials)) writeFileSync(join(directory, file), readFileSync(join(partials, file)));
    writeFileSync(join(directory, 'subject.hbs'), source);
    return createViews({ directory, assets, timeZone: 'Europe/Berlin', strict: true, cache: true })
      .render('subject', { ...data, page })
      .toString();
  } finally {
    rmSync(directory, { recursive: true });
  }
}
