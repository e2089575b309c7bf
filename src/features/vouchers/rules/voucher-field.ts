import type { VoucherType } from '../../../core/engine/voucher.ts';

/** How a field is typed, stored and shown; each reader of the table knows every kind. */
export type FieldKind =
  | 'type'
  | 'currency'
  | 'text'
  | 'email'
  | 'money'
  | 'day'
  | 'count'
  | 'flag'
  | 'choice'
  /** Some of a few words. */
  | 'list'
  | 'tiers'
  /** Entries of the catalogue it holds for, and others it does not. */
  | 'pair'
  /** One entry of the catalogue. */
  | 'entry'
  | 'motif'
  /** A customer of the booking engine, by an id, a mail address or both; the form knows the address alone. */
  | 'customer';

export type FieldTab = 'validity' | 'design' | 'invoice' | 'products';

/** What a default may depend on. */
export interface FieldSubject {
  readonly type: VoucherType;
  readonly funding: unknown;
}

/** One field of a voucher: a row of the table in `fields.ts`. */
export interface VoucherField {
  /** In the form and in the texts: `vouchers:field.<name>` is its label, `vouchers:hint.<name>` its help. */
  readonly name: string;
  readonly kind: FieldKind;
  /** `rules`: all codes of a campaign share it. `voucher`: each has its own. `making`: asked once, by the form. */
  readonly of: 'rules' | 'voucher' | 'making';
  /** In the JSON of the API. */
  readonly path: string;
  /** Of `voucher_rules`, for rules in no table of their own; what a deal says shares one. */
  readonly column?: string;
  /** The types it exists for; none named: all. */
  readonly types?: readonly VoucherType[];
  /** What holds where nobody says anything; none: null, false or nothing. */
  readonly preset?: (subject: FieldSubject) => unknown;
  /** The form presets nothing: somebody has to choose. */
  readonly isChosen?: boolean;
  /** For these alone it is not false, whatever was said. */
  readonly holdsFor?: (subject: FieldSubject) => boolean;
  readonly isRequired?: boolean;
  /** Of a text the characters; of money and a count the number. Where nothing is said, the core judges. */
  readonly least?: number;
  readonly most?: number;
  /** Of a text of several lines how many are shown. */
  readonly lines?: number;
  /** Of a choice and a list: the words, those people may choose, and the group of their texts where it is another. */
  readonly values?: readonly string[];
  readonly choosable?: readonly string[];
  readonly wordsOf?: string;
  /** Of an entry and a pair. */
  readonly catalogue?: 'product' | 'theme' | 'region' | 'brand' | 'partner';
  /** No form changes it any more once the voucher is made, or once its value is booked. */
  readonly fixed?: 'made' | 'paid';
  /** What is booked, or the account it is booked on, stands on it. */
  readonly booked?: 'worth' | 'account';
  /** Of the form; none: validity. */
  readonly tab?: FieldTab;
  /** As wide as the form. */
  readonly isWide?: boolean;
  /** Another text than its own as label or help. */
  readonly label?: string;
  readonly hint?: string;
  /** A person's data: the log says that it changed, and not what it was. */
  readonly isPersonal?: boolean;
  /** A duplicate begins with it, although it is the voucher's own. */
  readonly isCopied?: boolean;
  /** Column of the sheet that is changed in Excel. Places never change: people build on them. Own words are the sheet's. */
  readonly sheet?: { readonly place: number; readonly width: number; readonly hasOwnWords?: boolean };
  /** Column of an import: the headings it is known by, in small letters, and its place among those to match. */
  readonly imported?: { readonly place: number; readonly headings: readonly string[]; readonly hasOwnWords?: boolean };
  /** Last columns of an export. */
  readonly exported?: { readonly kind: 'vouchers' | 'codes'; readonly width: number };
}

/** Where stored rules keep a field: what restricts and what a deal says stand in groups, all else by its name. */
export function placeInRules({ name, path }: VoucherField): string {
  return /^(?:restrictions|deal)\./.test(path) ? path : name;
}

/** The first part of the path: `value` of `value.maxAmount`. */
export function groupOf({ path }: VoucherField): string {
  return path.split('.')[0] ?? path;
}

export function existsFor({ types }: VoucherField, type: VoucherType): boolean {
  return types?.includes(type) ?? true;
}

/** What holds where nobody says anything. */
export function presetOf({ kind, preset }: VoucherField, subject: FieldSubject): unknown {
  if (preset !== undefined) return preset(subject);
  switch (kind) {
    case 'flag':
      return false;
    case 'list':
    case 'tiers':
      return [];
    case 'pair':
      return { include: [], exclude: [] };
    case 'type':
    case 'currency':
    case 'text':
    case 'email':
    case 'money':
    case 'day':
    case 'count':
    case 'choice':
    case 'entry':
    case 'motif':
    case 'customer':
      return null;
  }
}

/** Their texts: `vouchers:multiplier.pax`. */
export function wordKey({ name, wordsOf }: VoucherField, word: string): string {
  return `vouchers:${wordsOf ?? name}.${word}`;
}

export function labelKeyOf({ name, label }: VoucherField): string {
  return label ?? `vouchers:field.${name}`;
}

export function hintKeyOf({ name, hint }: VoucherField): string {
  return hint ?? `vouchers:hint.${name}`;
}
