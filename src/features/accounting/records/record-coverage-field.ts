import type { Check } from '../../../core/books/verification.ts';

/** An entry of the audit log that tells of a change: of this entity, and where it is named, of this action or this id. */
export interface Telling {
  readonly entity: string;
  readonly action?: string;
  /** The column that holds the id of the entity. */
  readonly id?: string;
  /** Work in several transactions tells of itself at its start: its new rows may come after a seal. */
  readonly isLong?: boolean;
}

/** What finds a changed, a missing and an added row of a table. Columns are named in a text, with blanks between. */
export interface CoveredTable {
  readonly table: string;
  readonly key: string;
  /** Written once, with the row: nothing explains another value. */
  readonly fixed?: string;
  /** Changed by use cases, each of which says so in the audit log. */
  readonly state?: string;
  /** What the audit log says where a row came, went or changed its state. */
  readonly told?: readonly Telling[];
  /** Columns, or `rows` as a whole, that are compared with what they follow from. */
  readonly elsewhere?: Readonly<Record<string, Check>>;
  /** Columns that carry nothing of the books, by the reason. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** `a b  c`: the columns a, b and c. */
export function columnsIn(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((name) => name !== '');
}

/** Whether a hash of each row is sealed. */
export function isSealed({ fixed, state }: CoveredTable): boolean {
  return columnsIn(fixed).length + columnsIn(state).length > 0;
}
