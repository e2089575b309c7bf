import { ACCOUNT_ROLES, MEMO_ROLES } from '../../../core/books/account-role.ts';
import { eventText, LEDGER_EVENTS } from '../../../core/books/ledger-event.ts';
import { ROLES } from '../../../core/access.ts';
import { FUNDINGS, VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import type { AuditCell, AuditSource } from './audit-data-store.ts';

/** The words of the files and what they mean: area, word, meaning. */
type KeyWord = readonly [string, string, string];

/** In German, whatever the language of who asks; `has` tells which words people have a text for. */
export interface KeyTexts {
  readonly t: (key: string) => string;
  readonly has: (key: string) => boolean;
}

const FIXED: readonly KeyWord[] = [
  ['einloesung.art', 'payment', 'Zahlung'],
  ['einloesung.art', 'discount', 'Rabatt'],
  ['export_lauf.zustand', 'sealed', 'angelegt, Dateien werden geschrieben'],
  ['export_lauf.zustand', 'written', 'geschrieben'],
  ['export_lauf.zustand', 'undone', 'zurückgenommen'],
  ['kontenfassung.debitoren', 'collective', 'Sammeldebitor'],
  ['kontenfassung.debitoren', 'customer', 'Kundennummer der Buchung ist das Debitorenkonto'],
  ['kontenfassung.rabatt', 'net', 'Nettomethode: niedrigerer Reisepreis, keine Buchung'],
  ['kontenfassung.rabatt', 'gross', 'Bruttomethode: Erlösschmälerung an Debitor'],
  ['dokument.zustand', 'nothing_owed', 'nichts geschuldet'],
  ['dokument.zustand', 'statement', 'nach Aufstellung des Partners'],
  ['dokument.zustand', 'rejected', 'vom Partner abgelehnt'],
  ['dokument.zustand', 'written_off', 'als Nachlass abgeschlossen'],
  ['dokument.zustand', 'sold', 'verkauft'],
  ['dokument.zustand', 'replaced', 'durch einen neuen Code ersetzt'],
  ['dokument.zustand', 'proposed', 'vorgeschlagen'],
  ['dokument.zustand', 'accepted', 'angenommen'],
  ['dokument.zustand', 'done', 'ausgeführt'],
];

/** Words that have a text of their own on pages, by where they stand in the files. */
const GROUPS: readonly (readonly [string, readonly string[], string])[] = [
  ['gutschein_journal.soll/haben', [...ACCOUNT_ROLES, ...MEMO_ROLES], 'accounting:role'],
  ['gutschein.typ', VOUCHER_TYPES, 'accounting:type'],
  ['gutschein.finanzierung', FUNDINGS, 'vouchers:funding'],
  ['dokument.zustand', ['ordered', 'partly_paid', 'fulfilled', 'cancelled', 'refunded'], 'orders:state'],
  ['dokument.zustand', ['open', 'paid', 'cancellation'], 'partner_invoices:state'],
  ['benutzer.rolle', ROLES, 'common:roles'],
];

export function keyWords({ t, has }: KeyTexts, told: readonly { action: string; entity: string }[]): KeyWord[] {
  const textOf = (key: string, word: string): string => (has(key) ? t(key) : word);
  const actions = [...new Set(told.map(({ action }) => action))];
  const entities = [...new Set(told.map(({ entity }) => entity))];
  return [
    ...LEDGER_EVENTS.map((event): KeyWord => ['gutschein_journal.vorgang', event, eventText(event)]),
    ...GROUPS.flatMap(([area, words, group]) =>
      words.map((word): KeyWord => [area, word, textOf(`${group}.${word}`, word)]),
    ),
    ...FIXED,
    ...actions.map((action): KeyWord => {
      const verb = action.slice(action.indexOf('.') + 1);
      const key = `staff:audit.action.${action.replaceAll('.', '_')}`;
      return ['aenderungsprotokoll.vorgang', action, has(key) ? t(key) : textOf(`staff:audit.verb.${verb}`, action)];
    }),
    ...entities.map((entity): KeyWord => [
      'aenderungsprotokoll.gegenstand',
      entity,
      textOf(`staff:audit.entity.${entity}`, entity),
    ]),
  ];
}

/** A table whose rows are known as a whole: some thousands at most. */
export function wholeSource(
  table: string,
  rowsOf: (knex: Parameters<AuditSource['rows']>[0]) => Promise<readonly (readonly AuditCell[])[]>,
): AuditSource {
  return {
    table,
    async rows(knex, afterKey, _span, limit) {
      const from = Number(afterKey);
      return (await rowsOf(knex))
        .slice(from, from + limit)
        .map((cells, index) => ({ key: String(from + index + 1), cells }));
    },
  };
}
