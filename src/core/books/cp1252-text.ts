/** Windows-1252 beside Latin-1: the characters of 0x80 to 0x9F. */
const UPPER = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const BYTES = new Map(
  [...UPPER].flatMap((sign, index) => (/[\u0080-\u009f]/.test(sign) ? [] : [[sign, 0x80 + index] as const])),
);

/** Letters that no decomposition takes apart. */
const PLAIN: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  ı: 'i',
  Ŋ: 'N',
  ŋ: 'n',
  Ŧ: 'T',
  ŧ: 't',
  ẞ: 'SS',
  '\u2011': '-',
  '\u2212': '-',
  '\u2032': "'",
  '\u2009': ' ',
  '\u202f': ' ',
};

/** The text in signs that Windows-1252 has, and those that could not be written in any way. `Łódź, ş` becomes `Lódz, s`. */
export function toCp1252Text(text: string): { readonly text: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const written = [...text.normalize('NFC')].map((sign) => {
    if (hasByte(sign)) return sign;
    const plain = PLAIN[sign] ?? sign.normalize('NFD').replace(/\p{M}/gu, '');
    if (plain !== '' && [...plain].every(hasByte)) return plain;
    unknown.push(sign);
    return '';
  });
  return { text: written.join(''), unknown };
}

function hasByte(sign: string): boolean {
  return cp1252Byte(sign) !== null;
}

/** The byte of one sign; null: Windows-1252 does not have it. */
export function cp1252Byte(sign: string): number | null {
  const point = sign.codePointAt(0) ?? 0;
  if (point < 0x80 || (point >= 0xa0 && point <= 0xff)) return point;
  return BYTES.get(sign) ?? null;
}
