import { CELL_NAMES, MAX_OWN_COLUMNS, NEEDED_CELLS, ownColumns } from '../../../core/books/export/export-profiles.ts';
import {
  DEFAULT_OWN_PROFILE,
  PROFILE_NAMES,
  type ExportSetup,
  type OwnProfile,
} from '../../../core/books/export/export-setup.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { textOf } from '../../../platform/http/request.ts';

/** What can be chosen of a file of one's own; a tab is chosen by its name. */
const CHOICES = {
  separator: [';', ',', 'tab'],
  decimal: [',', '.'],
  days: ['DD.MM.YYYY', 'YYYY-MM-DD', 'YYYYMMDD'],
  encoding: ['cp1252', 'utf8', 'utf8_bom'],
  hasHeadings: ['1', '0'],
} as const;
const FIELDS = ['columns', ...(Object.keys(CHOICES) as (keyof typeof CHOICES)[])] as const;
const MAX_COLUMNS_TEXT = 2000;

export interface TypedExport {
  readonly profile: string;
  readonly own: Readonly<Record<(typeof FIELDS)[number], string>>;
}

export function typedExportOf(setup: ExportSetup | undefined): TypedExport {
  const own = setup?.own ?? DEFAULT_OWN_PROFILE;
  const separator = own.separator === '\t' ? 'tab' : own.separator;
  return {
    profile: setup?.profile ?? 'datev',
    own: { ...own, separator, hasHeadings: own.hasHeadings ? '1' : '0' },
  };
}

/** A form that says nothing of it leaves it as DATEV. */
export function typedExport(sent: Readonly<Record<string, unknown>>): TypedExport {
  const usual = typedExportOf(undefined);
  const own = (sent['own'] ?? {}) as Readonly<Record<string, unknown>>;
  const texts = FIELDS.map((name) => [name, textOf(own[name], MAX_COLUMNS_TEXT) || usual.own[name]] as const);
  return {
    profile: textOf(sent['profile']) || usual.profile,
    own: Object.fromEntries(texts) as TypedExport['own'],
  };
}

/** Notes what cannot be: `profile`, or the columns of one's own. */
export function parseExport(typed: TypedExport, wrong: (path: string, key: string) => void): ExportSetup {
  const profile = PROFILE_NAMES.find((one) => one === typed.profile);
  if (profile === undefined) wrong('profile', 'choose');
  if (profile === 'own' && ownColumns(typed.own.columns) === null) wrong('own.columns', 'columns');
  const chosen = <K extends keyof typeof CHOICES>(name: K): string =>
    CHOICES[name].find((one) => one === typed.own[name]) ?? CHOICES[name][0];
  const own = {
    columns: typed.own.columns,
    separator: chosen('separator') === 'tab' ? '\t' : chosen('separator'),
    decimal: chosen('decimal'),
    days: chosen('days'),
    encoding: chosen('encoding'),
    hasHeadings: chosen('hasHeadings') === '1',
  } as OwnProfile;
  return { profile: profile ?? 'datev', own };
}

export function exportChoices(t: Translate) {
  const options = (name: keyof typeof CHOICES): { value: string; label: string }[] =>
    CHOICES[name].map((value) => ({ value, label: t(`accounting:setup.own.${name}.${OPTION_KEYS[value] ?? value}`) }));
  return {
    profiles: PROFILE_NAMES.map((value) => ({
      value,
      label: t(`accounting:setup.profile.${value}`),
      hint: t(`accounting:setup.profile_hint.${value}`),
    })),
    ownSeparators: options('separator'),
    ownDecimals: options('decimal'),
    ownDays: options('days'),
    ownEncodings: options('encoding'),
    ownHeadings: options('hasHeadings'),
    ownNames: CELL_NAMES.join(', '),
    ownNeeded: NEEDED_CELLS.join(', '),
    ownMax: MAX_OWN_COLUMNS,
  };
}

/** Signs as the texts name them. */
const OPTION_KEYS: Readonly<Record<string, string>> = {
  ';': 'semicolon',
  ',': 'comma',
  '.': 'point',
  'DD.MM.YYYY': 'german',
  'YYYY-MM-DD': 'iso',
  YYYYMMDD: 'digits',
  '1': 'yes',
  '0': 'no',
};
