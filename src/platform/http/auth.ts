import type { RightHolder } from '../../core/access.ts';
import type { Locale } from '../html/i18n.ts';

export type SignedInUser = RightHolder & {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly locale: Locale | null;
  readonly hasSecondFactor: boolean;
  /** How often all of this person's sessions were ended. */
  readonly sessionEpoch: number;
};

export const LOGIN_PATH = '/login';
