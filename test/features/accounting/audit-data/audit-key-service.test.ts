import { join } from 'node:path';
import { expect } from 'chai';
import { LEDGER_EVENTS } from '../../../../src/core/books/ledger-event.ts';
import { keyWords } from '../../../../src/features/accounting/audit-data/audit-key-service.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';

const I18N = createI18n({ directory: join(import.meta.dirname, '../../../../locales'), strict: false });
const TEXTS = { t: I18N.translator('de'), has: (key: string) => I18N.has(key) };

describe('the list of words for a tax auditor', () => {
  const told = [{ action: 'accounting.close', entity: 'accounting' }];

  it('has a German meaning for every event, role, type, funding and state', () => {
    const words = keyWords(TEXTS, told);
    const untranslated = words.filter(([, word, meaning]) => word === meaning);
    expect(untranslated).to.deep.equal([]);
    expect(words.filter(([area]) => area === 'gutschein_journal.vorgang').map(([, word]) => word)).to.deep.equal([
      ...LEDGER_EVENTS,
    ]);
    expect(words).to.deep.include(['gutschein_journal.soll/haben', 'V_KAUF', 'Ausgegebene Kaufgutscheine']);
    expect(words).to.deep.include(['aenderungsprotokoll.vorgang', 'accounting.close', 'Monat abgeschlossen']);
  });

  it('names each word of an area once', () => {
    const keys = keyWords(TEXTS, told).map(([area, word]) => `${area} ${word}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
