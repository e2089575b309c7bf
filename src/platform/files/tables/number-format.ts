/** What a cell's format makes of its number: `padded` writes leading zeros up to so many digits. */
export type NumberFormat =
  { readonly kind: 'number' | 'day' | 'time' | 'percent' } | { readonly kind: 'padded'; readonly digits: number };

/** Numbers of formats that every program knows without their text (ECMA-376, 18.8.30). */
const BUILT_IN: readonly (readonly [first: number, last: number, kind: 'day' | 'time' | 'percent'])[] = [
  [9, 10, 'percent'],
  [14, 17, 'day'],
  [18, 21, 'time'],
  [22, 22, 'day'],
  [27, 31, 'day'],
  [32, 33, 'time'],
  [34, 36, 'day'],
  [45, 47, 'time'],
  [50, 58, 'day'],
];

export const PLAIN: NumberFormat = { kind: 'number' };

/** `dd.mm.yyyy` and `TT.MM.JJJJ` are days, `#,##0.00 "Tage"`, `[Red]0` and `Standard` are none, `0000000` is padded. */
export function numberFormatOf(id: number, code: string | undefined): NumberFormat {
  const builtIn = BUILT_IN.find(([first, last]) => id >= first && id <= last);
  if (code === undefined) return builtIn === undefined ? PLAIN : { kind: builtIn[2] };
  // Quoted and escaped text, widths and colours say nothing about the kind; only the first part is for numbers above 0.
  const bare = code.replaceAll(/"[^"]*"|[\\_*].|\[(?![hms]+\])[^\]]*\]/gi, '').split(';', 1)[0] ?? '';
  if (/^\s*(general|standard|@)?\s*$/i.test(bare)) return PLAIN;
  if (/[dyj]|t{2}/i.test(bare)) return { kind: 'day' };
  if (/[hs]/i.test(bare)) return { kind: 'time' };
  if (/m/i.test(bare)) return { kind: 'day' };
  if (bare.includes('%')) return { kind: 'percent' };
  return /^0{2,}$/.test(bare) ? { kind: 'padded', digits: bare.length } : PLAIN;
}
