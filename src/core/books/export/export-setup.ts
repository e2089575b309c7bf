/** How a file is written. */
export interface ProfileStyle {
  readonly separator: ';' | ',' | '\t';
  readonly decimal: ',' | '.';
  readonly days: 'DD.MM.YYYY' | 'YYYY-MM-DD' | 'YYYYMMDD';
  readonly encoding: 'cp1252' | 'utf8' | 'utf8_bom';
  readonly hasHeadings: boolean;
}

/** `datev` is no profile of columns: its file has a form of its own. `own`: as the operator arranges it. */
export const PROFILE_NAMES = ['datev', 'bmd', 'rzl', 'bexio', 'own'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** What the operator arranges: columns as `Heading = Name` or `Name`, in their order. */
export interface OwnProfile extends ProfileStyle {
  readonly columns: string;
}

export const DEFAULT_OWN_PROFILE: OwnProfile = {
  columns: 'Buchungsdatum, Beleg, Text, Soll, Haben, Betrag, Währung',
  separator: ';',
  decimal: ',',
  days: 'DD.MM.YYYY',
  encoding: 'utf8_bom',
  hasHeadings: true,
};

/** Which program the runs are for. */
export interface ExportSetup {
  readonly profile: ProfileName;
  readonly own: OwnProfile;
}
