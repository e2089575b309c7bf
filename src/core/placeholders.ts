/** A placeholder of a text people edit: `{name}` in braces, letters and underscores only. */
const PLACEHOLDER = /\{([A-Za-z][A-Za-z_]*)\}/g;

/**
 * Puts values into a text that people edit. Only names of the given values are replaced; anything else in braces stays as
 * it is, so a text can run nothing and read nothing it was not given. A value is never read for placeholders itself.
 * fillPlaceholders('Hallo {name}, {x}', { name: '{x}' }) = 'Hallo {x}, {x}'.
 */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (all, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : all));
}

/** The names in braces that are not allowed, each once, in the order of the text. */
export function unknownPlaceholders(text: string, allowed: readonly string[]): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !allowed.includes(name));
}
