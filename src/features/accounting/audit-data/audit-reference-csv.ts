import { column, type AuditTable } from './audit-data-csv.ts';

/** What the other tables are read with: accounts of every version, closed months, people, words, seals. */
export const AUDIT_REFERENCE_TABLES: readonly AuditTable[] = [
  {
    name: 'kontenfassung',
    description: 'Fassungen des Kontenplans; 0 sind die Vorschläge, die galten, bevor jemand eine gespeichert hat',
    columns: [
      column('fassung', 'Laufende Nummer', 'number'),
      column('gespeichert', 'Gespeichert am (UTC)', 'instant'),
      column('gespeichert_von', 'Gespeichert von'),
      column('anmerkung', 'Anmerkung'),
      column('kontenrahmen', 'Kontenrahmen'),
      column('debitoren', 'Debitoren'),
      column('rabatt', 'Methode der Rabatte'),
    ],
    references: [],
  },
  {
    name: 'konten',
    description: 'Konten jeder Fassung: eine Zeile je Rolle, Gutscheintyp und Marke; die genaueste Zeile gilt',
    columns: [
      column('konto_id', 'Kennung'),
      column('fassung', 'Fassung des Kontenplans', 'number'),
      column('rolle', 'Rolle'),
      column('typ', 'Gutscheintyp, leer: alle'),
      column('marke', 'Marke, leer: alle'),
      column('konto', 'Kontonummer'),
    ],
    references: [['fassung', 'kontenfassung']],
  },
  {
    name: 'periode',
    description: 'Abgeschlossene Monate mit der Fassung des Kontenplans, die beim Abschluss galt',
    columns: [
      column('monat', 'Monat'),
      column('abgeschlossen', 'Abgeschlossen am (UTC)', 'instant'),
      column('abgeschlossen_von', 'Abgeschlossen von'),
      column('eintraege', 'Einträge', 'number'),
      column('fassung', 'Fassung des Kontenplans', 'number'),
    ],
    references: [['fassung', 'kontenfassung']],
  },
  {
    name: 'benutzer',
    description:
      'Wer in den Spalten „benutzer“ gemeint ist: Personen, Schlüssel der Schnittstelle und das Programm selbst',
    columns: [
      column('kennung', 'Kennung'),
      column('name', 'Name'),
      column('rolle', 'Rolle'),
      column('aktiv', 'Zugang offen'),
    ],
    references: [],
  },
  {
    name: 'schluesselverzeichnis',
    description: 'Was die Wörter in den Spalten bedeuten',
    columns: [
      column('schluessel_id', 'Kennung'),
      column('gebiet', 'Gebiet'),
      column('wort', 'Wort'),
      column('bedeutung', 'Bedeutung'),
    ],
    references: [],
  },
  {
    name: 'siegel',
    description: 'Siegel über das Journal: Merkle-Wurzel der Prüfsummen ihrer Einträge, jedes mit dem davor verkettet',
    columns: [
      column('siegel_id', 'Laufende Nummer', 'number'),
      column('von_eintrag', 'Erster Eintrag', 'number'),
      column('bis_eintrag', 'Letzter Eintrag', 'number'),
      column('eintraege', 'Einträge', 'number'),
      column('wurzel', 'Merkle-Wurzel (SHA-256)'),
      column('pruefsumme_davor', 'Prüfsumme des Siegels davor'),
      column('pruefsumme', 'Prüfsumme (SHA-256)'),
      column('versiegelt', 'Versiegelt am (Millisekunden seit 1970, UTC)', 'number'),
      column('versiegelt_von', 'Versiegelt von'),
    ],
    references: [],
  },
  {
    name: 'siegel_eintrag',
    description: 'Alle Einträge der Siegel, die den Zeitraum berühren, in der Reihenfolge der Blätter',
    columns: [
      column('eintrag_id', 'Laufende Nummer des Eintrags', 'number'),
      column('siegel_id', 'Siegel', 'number'),
      column('pruefsumme', 'Prüfsumme (SHA-256)'),
    ],
    references: [['siegel_id', 'siegel']],
  },
];
