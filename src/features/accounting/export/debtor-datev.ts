/** The DATEV format "Debitoren/Kreditoren" (EXTF 700, category 16, version 5): who stands behind an account of a person. */

export interface DatevDebtor {
  readonly account: string;
  readonly name: string;
  readonly street: string;
  readonly postcode: string;
  readonly town: string;
  readonly country: string;
  /** With the two letters of its country. */
  readonly vatId: string;
  readonly phone: string;
  readonly email: string;
  readonly paymentDays: number;
}

/** What a field takes, where it may be filled. Source: the description of the format, as public samples of it show. */
const LENGTHS = { name: 50, street: 36, postcode: 10, town: 30, country: 2, phone: 60, email: 60 } as const;

const BANK = (n: number): string[] => [
  `Bankleitzahl ${n}`,
  `Bankbezeichnung ${n}`,
  `Bank-Kontonummer ${n}`,
  `Länderkennzeichen ${n}`,
  `IBAN-Nr. ${n}`,
  'Leerfeld',
  `SWIFT-Code ${n}`,
  `Abw. Kontoinhaber ${n}`,
  `Kennz. Hauptbankverb. ${n}`,
  `Bankverb ${n} Gültig von`,
  `Bankverb ${n} Gültig bis`,
];
const banks = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_unused, index) => BANK(from + index)).flat();
const split = (text: string): string[] => text.split(';');

const HEADINGS: readonly string[] = [
  ...split('Konto;Name (Adressattyp Unternehmen);Unternehmensgegenstand;Name (Adressattyp natürl. Person)'),
  ...split('Vorname (Adressattyp natürl. Person);Name (Adressattyp keine Angabe);Adressattyp;Kurzbezeichnung;EU-Land'),
  ...split('EU-UStID;Anrede;Titel/Akad. Grad;Adelstitel;Namensvorsatz;Adressart;Straße;Postfach;Postleitzahl;Ort;Land'),
  ...split('Versandzusatz;Adresszusatz;Abweichende Anrede;Abw. Zustellbezeichnung 1;Abw. Zustellbezeichnung 2'),
  ...split('Kennz. Korrespondenzadresse;Adresse Gültig von;Adresse Gültig bis;Telefon;Bemerkung (Telefon);Telefon GL'),
  ...split(
    'Bemerkung (Telefon GL);E-Mail;Bemerkung (E-Mail);Internet;Bemerkung (Internet);Fax;Bemerkung (Fax);Sonstige',
  ),
  'Bemerkung (Sonstige)',
  ...banks(1, 5),
  ...split('Leerfeld;Briefanrede;Grußformel;Kunden-/Lief.-Nr.;Steuernummer;Sprache;Ansprechpartner;Vertreter'),
  ...split('Sachbearbeiter;Diverse-Konto;Ausgabeziel;Währungssteuerung;Kreditlimit (Debitor);Zahlungsbedingung'),
  ...split('Fälligkeit in Tagen (Debitor);Skonto in Prozent (Debitor);Kreditoren-Ziel 1 Tg.;Kreditoren-Skonto 1 %'),
  ...split('Kreditoren-Ziel 2 Tg.;Kreditoren-Skonto 2 %;Kreditoren-Ziel 3 Brutto Tg.;Kreditoren-Ziel 4 Tg.'),
  ...split(
    'Kreditoren-Skonto 4 %;Kreditoren-Ziel 5 Tg.;Kreditoren-Skonto 5 %;Mahnung;Kontoauszug;Mahntext 1;Mahntext 2',
  ),
  ...split('Mahntext 3;Kontoauszugstext;Mahnlimit Betrag;Mahnlimit %;Zinsberechnung;Mahnzinssatz 1;Mahnzinssatz 2'),
  ...split('Mahnzinssatz 3;Lastschrift;Leerfeld;Mandantenbank;Zahlungsträger'),
  ...Array.from({ length: 15 }, (_unused, index) => `Indiv. Feld ${index + 1}`),
  ...split('Abweichende Anrede (Rechnungsadresse);Adressart (Rechnungsadresse);Straße (Rechnungsadresse)'),
  ...split(
    'Postfach (Rechnungsadresse);Postleitzahl (Rechnungsadresse);Ort (Rechnungsadresse);Land (Rechnungsadresse)',
  ),
  ...split('Versandzusatz (Rechnungsadresse);Adresszusatz (Rechnungsadresse)'),
  ...split('Abw. Zustellbezeichnung 1 (Rechnungsadresse);Abw. Zustellbezeichnung 2 (Rechnungsadresse)'),
  ...split('Adresse Gültig von (Rechnungsadresse);Adresse Gültig bis (Rechnungsadresse)'),
  ...banks(6, 10),
  ...split('Nummer Fremdsystem;Insolvent'),
  ...Array.from({ length: 10 }, (_unused, index) => `SEPA-Mandatsreferenz ${index + 1}`),
  ...split('Verknüpftes OPOS-Konto;Mahnsperre bis;Lastschriftsperre bis;Zahlungssperre bis;Gebührenberechnung'),
  ...split('Mahngebühr 1;Mahngebühr 2;Mahngebühr 3;Pauschalenberechnung;Verzugspauschale 1;Verzugspauschale 2'),
  ...split('Verzugspauschale 3;Alternativer Suchname;Status;Anschrift manuell geändert (Korrespondenzadresse)'),
  ...split('Anschrift individuell (Korrespondenzadresse);Anschrift manuell geändert (Rechnungsadresse)'),
  ...split('Anschrift individuell (Rechnungsadresse);Fristberechnung bei Debitor;Mahnfrist 1;Mahnfrist 2;Mahnfrist 3'),
  'Letzte Frist',
];

export interface DebtorBatch {
  /** Local time, 17 digits: YYYYMMDDHHMMSSFFF. */
  readonly createdAt: string;
  readonly consultant: string;
  readonly client: string;
  readonly fiscalYearBegin: string;
  readonly accountLength: number;
  /** `03`, `04` or empty. */
  readonly chart: string;
}

/** The fields of a debtor that hold more than the format takes. */
export function tooLongFor(debtor: DatevDebtor): (keyof typeof LENGTHS)[] {
  return (Object.keys(LENGTHS) as (keyof typeof LENGTHS)[]).filter((field) => debtor[field].length > LENGTHS[field]);
}

/** The whole file as text. */
export function debtorFile(batch: DebtorBatch, debtors: readonly DatevDebtor[]): string {
  return [headerOf(batch), HEADINGS.join(';'), ...debtors.map(lineOf)].map((line) => `${line}\r\n`).join('');
}

function headerOf(batch: DebtorBatch): string {
  const begin = batch.fiscalYearBegin.replaceAll('-', '');
  const what = `"EXTF";700;16;"Debitoren/Kreditoren";5;${batch.createdAt};;"RE";"Reisebon";""`;
  return `${what};${batch.consultant};${batch.client};${begin};${batch.accountLength};;;"";"";;;;"";;"";;;"${batch.chart}";;;"";""`;
}

function lineOf(debtor: DatevDebtor): string {
  const values = new Map<string, string>([
    ['Konto', debtor.account],
    ['Name (Adressattyp Unternehmen)', quoted(debtor.name)],
    ['Adressattyp', quoted('2')],
    ['EU-Land', quoted(debtor.vatId.slice(0, 2))],
    ['EU-UStID', quoted(debtor.vatId.slice(2))],
    ['Adressart', quoted(debtor.street === '' ? '' : 'STR')],
    ['Straße', quoted(debtor.street)],
    ['Postleitzahl', quoted(debtor.postcode)],
    ['Ort', quoted(debtor.town)],
    ['Land', quoted(debtor.country)],
    ['Telefon', quoted(debtor.phone)],
    ['E-Mail', quoted(debtor.email)],
    ['Fälligkeit in Tagen (Debitor)', String(debtor.paymentDays)],
  ]);
  return HEADINGS.map((heading) => values.get(heading) ?? '').join(';');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
