import { writeAudit } from '../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { readSetting, readSettings, writeSetting } from './settings-store.ts';

/** One setting of a group: what it is, its bounds, and what holds until somebody changes it. Form and API follow from it. */
export type SettingField =
  CountField | OptionalCountField | MoneyField | FlagField | TextField | ChoiceField<string> | ChoicesField<string>;

interface CountField {
  readonly kind: 'count';
  readonly usual: number;
  readonly min: number;
  readonly max: number;
  /** The text behind the field, of the texts of its group. */
  readonly unit?: string;
}

interface OptionalCountField {
  readonly kind: 'optional_count';
  readonly usual: number | null;
  readonly min: number;
  readonly max: number;
}

/** Minor units. */
interface MoneyField {
  readonly kind: 'money';
  readonly usual: number;
  readonly min: number;
  readonly max: number;
}

interface FlagField {
  readonly kind: 'flag';
  readonly usual: boolean;
}

interface TextField {
  readonly kind: 'text';
  readonly usual: string;
  readonly maxLength: number;
  readonly hasLines?: boolean;
  /** Typed in any case, kept in capitals. */
  readonly isUpperCase?: boolean;
  readonly pattern?: RegExp;
  readonly isSound?: (text: string) => boolean;
}

interface ChoiceField<T extends string> {
  readonly kind: 'choice';
  readonly usual: T;
  readonly of: readonly T[];
}

/** At least one of several. */
interface ChoicesField<T extends string> {
  readonly kind: 'choices';
  readonly usual: readonly T[];
  readonly of: readonly T[];
}

export type SettingFields = Readonly<Record<string, SettingField>>;
export type SettingsOf<F extends SettingFields> = { readonly [K in keyof F]: F[K]['usual'] };

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export const count = (usual: number, bounds: Bounds & Pick<CountField, 'unit'>): CountField => ({
  kind: 'count',
  usual,
  ...bounds,
});
export const optionalCount = (usual: number | null, bounds: Bounds): OptionalCountField => ({
  kind: 'optional_count',
  usual,
  ...bounds,
});
export const money = (usual: number, bounds: Bounds): MoneyField => ({ kind: 'money', usual, ...bounds });
export const flag = (usual: boolean): FlagField => ({ kind: 'flag', usual });
export const text = (usual: string, rest: Omit<TextField, 'kind' | 'usual'>): TextField => ({
  kind: 'text',
  usual,
  ...rest,
});
export const choice = <T extends string>(usual: T, of: readonly T[]): ChoiceField<T> => ({ kind: 'choice', usual, of });
export const choices = <T extends string>(usual: readonly T[], of: readonly T[]): ChoicesField<T> => ({
  kind: 'choices',
  usual,
  of,
});

export interface Setting<T> {
  readonly name: string;
  readonly defaults: T;
  /** What is stored, with the defaults of what it does not say; null and undefined: nothing is. */
  readonly parse: (stored: string | null | undefined) => T;
  readonly read: (connection: Connection) => Promise<T>;
  /** Audited with what was there before. */
  readonly change: (database: Database, after: T, actor: string, now: number) => Promise<T>;
}

/** The values of a table of settings; one that was stored before a row was added has the usual one there. */
export function usualOf<F extends SettingFields>(fields: F): SettingsOf<F> {
  return Object.fromEntries(Object.entries(fields).map(([name, { usual }]) => [name, usual])) as SettingsOf<F>;
}

/** A group of settings, kept as one row under its name. */
export function defineSetting<T extends object>(name: string, defaults: T): Setting<T> {
  const parse: Setting<T>['parse'] = (stored) =>
    stored === null || stored === undefined ? defaults : { ...defaults, ...parseJson<Partial<T>>(stored) };
  const read = async (connection: Connection): Promise<T> => parse(await readSetting(connection, name));
  return {
    name,
    defaults,
    parse,
    read,
    async change(database, after, actor, now) {
      const before = await read(database.knex);
      await inTransaction(database, async (trx) => {
        await writeSetting(trx, name, JSON.stringify(after), actor, now);
        const changes = { before, after };
        await writeAudit(trx, [
          { recordedAt: now, actor, action: 'settings.change', entity: 'settings', entityId: name, changes },
        ]);
      });
      return after;
    },
  };
}

/** Two groups in one statement. */
export async function settingsTogether<A, B>(
  connection: Connection,
  one: Setting<A>,
  other: Setting<B>,
): Promise<readonly [A, B]> {
  const stored = await readSettings(connection, [one.name, other.name]);
  return [one.parse(stored.get(one.name)), other.parse(stored.get(other.name))];
}
