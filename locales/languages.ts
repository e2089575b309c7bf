/** The one list of languages: another one is a row here and a folder of texts in `locales/`. */
export const LANGUAGES = {
  de: { name: 'Deutsch', tag: 'de-DE' },
  en: { name: 'English', tag: 'en-GB' },
} as const;

export type Locale = keyof typeof LANGUAGES;

export const LOCALES = Object.keys(LANGUAGES) as readonly Locale[];
