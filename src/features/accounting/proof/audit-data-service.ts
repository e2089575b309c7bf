import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Connection } from '../../../platform/data/db.ts';
import { createZipWriter } from '../../../platform/files/zip-writer.ts';
import {
  auditHeading,
  auditIndex,
  auditLine,
  type AuditColumn,
  type AuditSupplier,
  type AuditTable,
} from './audit-data-csv.ts';
import { AUDIT_SOURCES } from './audit-data-store.ts';
import { DOCUMENT_SOURCE } from './audit-document-store.ts';

export const AUDIT_DATA_JOB = 'accounting-audit-data';

export interface AuditDataRequest {
  readonly from: string;
  readonly to: string;
  readonly supplier: AuditSupplier;
  /** The DTD to put beside the description; it belongs to others, so the product does not bring it. */
  readonly dtdPath: string | null;
  /** When the files were made, as the archive tells it. */
  readonly madeAt: number;
}

export interface AuditDataFigures {
  readonly tables: number;
  readonly rows: number;
}

const ROWS_PER_STEP = 1000;
const SOURCES = [...AUDIT_SOURCES, DOCUMENT_SOURCE];

/** The data for the tax auditor (Z3): a description and one CSV a table in a ZIP. Codes are not in it: a code is money. */
export async function writeAuditData(
  connection: Connection,
  target: Writable,
  request: AuditDataRequest,
): Promise<AuditDataFigures> {
  let rows = 0;
  const zip = createZipWriter(target, { packing: 'deflated', changedAt: request.madeAt });
  try {
    await zip.add('index.xml', auditIndex(request.supplier, AUDIT_TABLES, request));
    if (request.dtdPath !== null) await zip.add('gdpdu-01-09-2004.dtd', await readFile(request.dtdPath));
    for (const table of AUDIT_TABLES)
      await zip.add(
        `${table.name}.csv`,
        lines(connection, table, request, (count) => {
          rows += count;
        }),
      );
    await zip.end();
  } catch (error) {
    zip.abort();
    throw error;
  }
  return { tables: AUDIT_TABLES.length, rows };
}

async function* lines(
  connection: Connection,
  table: AuditTable,
  span: AuditDataRequest,
  count: (rows: number) => void,
): AsyncGenerator<string> {
  yield auditHeading(table.columns);
  const source = SOURCES.find((one) => one.table === table.name);
  if (source === undefined) throw new Error(`a table without its source: ${table.name}`);
  for (let after = '0'; ;) {
    const rows = await source.rows(connection, after, span, ROWS_PER_STEP);
    if (rows.length > 0) yield rows.map(({ cells }) => auditLine(table.columns, cells)).join('');
    count(rows.length);
    if (rows.length < ROWS_PER_STEP) return;
    after = rows.at(-1)?.key ?? after;
  }
}

function column(name: string, description: string, kind: AuditColumn['kind'] = 'text'): AuditColumn {
  return { name, description, kind };
}

/** A table that is pointed to stands before the one that points. */
export const AUDIT_TABLES: readonly AuditTable[] = [
  {
    name: 'partner',
    description: 'Partner',
    columns: [column('partner_id', 'Kennung'), column('name', 'Name')],
    references: [],
  },
  {
    name: 'aktion',
    description: 'Gutscheinaktionen',
    columns: [
      column('aktion_id', 'Laufende Nummer', 'number'),
      column('typ', 'Gutscheintyp'),
      column('titel', 'Titel'),
      column('waehrung', 'Währung'),
      column('bezahlt_am', 'Bezahlt am', 'day'),
      column('codes', 'Anzahl Codes', 'number'),
      column('budget', 'Budget', 'money'),
      column('budget_verbraucht', 'Verbrauchtes Budget', 'money'),
      column('angelegt', 'Angelegt am (UTC)', 'instant'),
    ],
    references: [],
  },
  {
    name: 'aktion_version',
    description: 'Fassungen der Aktionen: jede Änderung mit dem, was vorher und nachher galt',
    columns: [
      column('fassung_id', 'Laufende Nummer', 'number'),
      column('aktion_id', 'Aktion', 'number'),
      column('zeitpunkt', 'Geändert am (UTC)', 'instant'),
      column('benutzer', 'Geändert von'),
      column('vorgang', 'Vorgang'),
      column('inhalt', 'Alt und neu (JSON)'),
    ],
    references: [['aktion_id', 'aktion']],
  },
  {
    name: 'konten',
    description: 'Kontenplan in allen Fassungen',
    columns: [
      column('fassung', 'Laufende Nummer', 'number'),
      column('gespeichert', 'Gespeichert am (UTC)', 'instant'),
      column('gespeichert_von', 'Gespeichert von'),
      column('anmerkung', 'Anmerkung'),
      column('inhalt', 'Konten je Rolle, Typ und Marke (JSON)'),
    ],
    references: [],
  },
  {
    name: 'export_lauf',
    description: 'Export-Läufe für die Finanzbuchhaltung',
    columns: [
      column('lauf_id', 'Laufende Nummer', 'number'),
      column('lauf_nr', 'Nummer'),
      column('fassung', 'Fassung des Kontenplans', 'number'),
      column('von_monat', 'Von Monat'),
      column('bis_monat', 'Bis Monat'),
      column('zustand', 'Zustand'),
      column('eintraege', 'Einträge', 'number'),
      column('nicht_exportiert', 'Nicht exportiert', 'number'),
      column('erstellt', 'Erstellt am (UTC)', 'instant'),
      column('erstellt_von', 'Erstellt von'),
      column('zurueckgenommen', 'Zurückgenommen am (UTC)', 'instant'),
      column('grund', 'Grund der Rücknahme'),
    ],
    references: [['fassung', 'konten']],
  },
  {
    name: 'gutschein',
    description: 'Gutscheine mit Bewegung im Zeitraum; der Code ist nicht enthalten',
    columns: [
      column('gutschein_id', 'Laufende Nummer', 'number'),
      column('gutschein_nr', 'Gutscheinnummer'),
      column('typ', 'Gutscheintyp'),
      column('titel', 'Titel'),
      column('marke', 'Marke'),
      column('partner_id', 'Partner'),
      column('finanzierung', 'Finanzierung (Verrechnung)'),
      column('aktion_id', 'Aktion', 'number'),
      column('waehrung', 'Währung'),
      column('nennwert', 'Nennwert', 'money'),
      column('bonus', 'Bonusanteil am Nennwert', 'money'),
      column('restwert', 'Restwert heute', 'money'),
      column('bonus_rest', 'Bonusanteil am Restwert heute', 'money'),
      column('bezahlt_am', 'Bezahlt am', 'day'),
      column('buchung_von', 'Buchung von', 'day'),
      column('buchung_bis', 'Buchung bis', 'day'),
      column('angelegt', 'Angelegt am (UTC)', 'instant'),
      column('storniert', 'Storniert am (UTC)', 'instant'),
    ],
    references: [
      ['partner_id', 'partner'],
      ['aktion_id', 'aktion'],
    ],
  },
  {
    name: 'gutschein_journal',
    description: 'Journal aller Bewegungen im Zeitraum, Soll an Haben',
    columns: [
      column('eintrag_id', 'Laufende Nummer', 'number'),
      column('journal_nr', 'Journal-Nummer', 'number'),
      column('buchungsdatum', 'Buchungsdatum', 'day'),
      column('ereignistag', 'Ereignistag', 'day'),
      column('erfasst', 'Erfasst am (UTC)', 'instant'),
      column('vorgang', 'Vorgang'),
      column('gutschein_id', 'Gutschein', 'number'),
      column('stelle', 'Stelle in der Kette des Gutscheins', 'number'),
      column('soll', 'Soll (Rolle)'),
      column('haben', 'Haben (Rolle)'),
      column('betrag', 'Betrag', 'money'),
      column('waehrung', 'Währung'),
      column('beleg', 'Belegnummer'),
      column('buchung', 'Buchungsnummer'),
      column('einloesung_nr', 'Einlösung', 'number'),
      column('storno_nr', 'Storno der Einlösung', 'number'),
      column('grund', 'Grund'),
      column('benutzer', 'Benutzer'),
      column('lauf_id', 'Export-Lauf', 'number'),
      column('pruefsumme_davor', 'Prüfsumme des Eintrags davor'),
      column('pruefsumme', 'Prüfsumme (SHA-256)'),
    ],
    references: [
      ['gutschein_id', 'gutschein'],
      ['lauf_id', 'export_lauf'],
    ],
  },
  {
    name: 'einloesung',
    description: 'Einlösungen je Gutschein',
    columns: [
      column('zeile_id', 'Laufende Nummer', 'number'),
      column('einloesung_nr', 'Einlösung', 'number'),
      column('buchung', 'Buchungsnummer'),
      column('gutschein_id', 'Gutschein', 'number'),
      column('art', 'Zahlung oder Rabatt'),
      column('betrag', 'Betrag', 'money'),
      column('zurueckgegeben', 'Davon zurückgegeben', 'money'),
      column('waehrung', 'Währung'),
      column('reisepreis', 'Reisepreis', 'money'),
      column('zu_zahlen', 'Noch zu zahlen', 'money'),
      column('zeitpunkt', 'Zeitpunkt (UTC)', 'instant'),
      column('benutzer', 'Benutzer'),
    ],
    references: [['gutschein_id', 'gutschein']],
  },
  {
    name: 'dokument',
    description:
      'Belege mit eigener Nummer: Bestellungen, Rechnungen und Stornorechnungen an Partner, Ausgleiche ohne Rechnung, Verkäufe durch Partner, Ausbuchungen',
    columns: [
      column('dokument_id', 'Kennung'),
      column('art', 'Art des Belegs'),
      column('nummer', 'Belegnummer'),
      column('tag', 'Tag des Belegs', 'day'),
      column('partner_id', 'Partner'),
      column('gutschein_nr', 'Gutschein (laufende Nummer)', 'number'),
      column('buchung', 'Buchungsnummer'),
      column('waehrung', 'Währung'),
      column('betrag', 'Betrag', 'money'),
      column('bezahlt_am', 'Bezahlt am', 'day'),
      column('bezug', 'Stornierter Beleg, Grund oder wer entschieden hat'),
      column('zustand', 'Zustand'),
    ],
    references: [['partner_id', 'partner']],
  },
  {
    name: 'aenderungsprotokoll',
    description: 'Wer wann was geändert hat',
    columns: [
      column('nr', 'Laufende Nummer', 'number'),
      column('zeitpunkt', 'Zeitpunkt (UTC)', 'instant'),
      column('benutzer', 'Benutzer'),
      column('vorgang', 'Vorgang'),
      column('gegenstand', 'Gegenstand'),
      column('gegenstand_id', 'Kennung'),
      column('aenderung', 'Alt und neu (JSON)'),
    ],
    references: [],
  },
];
