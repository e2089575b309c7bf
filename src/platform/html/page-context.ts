import type { SignedInUser } from '../http/auth.ts';
import type { Locale, Translate } from './i18n.ts';
import type { MenuSection } from './menu.ts';
import type { Views } from './views.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

declare global {
  namespace Express {
    /** What the HTML shell puts beside every request for its pages. */
    interface Locals {
      views: Views;
      menu: readonly MenuSection[];
      locale: Locale;
      t: Translate;
      theme: Theme;
      user: SignedInUser | null;
    }
  }
}
