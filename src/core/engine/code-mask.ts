import { may, type RightHolder } from '../access.ts';

/** A part of a code in a pattern: which characters, and whether in capitals or small letters. */
const PART = /\$\{vou_identifier((?:;[A-Za-z]+(?:=\d+)?)*)\}/g;
const MAX_MASK = 200;

/** How much of a code somebody who may not see it is shown at most: two are told apart, and none is redeemed by it. */
const MAX_END = 4;

/**
 * A code as a person may see it: in full only with the permission, because a code is money.
 * shownCode(agent without the right, '7K2M9QXR') = '…9QXR'.
 */
export function shownCode(person: RightHolder | null, code: string): string {
  return may(person, 'codes.see') ? code : maskedCode(code);
}

/** The end of a code, never more than its half: maskedCode('7K2M9QXR') = '…9QXR', of 'Q7ZX' '…ZX', of 'Q' '…'. */
export function maskedCode(code: string): string {
  return `…${codeEnd(code)}`;
}

/** What stays of a masked code: codeEnd('Q7ZX') = 'ZX'. */
export function codeEnd(code: string): string {
  const characters = [...code];
  return characters.slice(characters.length - Math.min(MAX_END, Math.floor(characters.length / 2))).join('');
}

/**
 * A code as it is printed. In a mask each `X` takes the next character and other characters stay; what the mask has no
 * room for follows behind, so that nothing is ever lost. A pattern names the parts itself: `min` and `max` are places in
 * the code (from 0, `max` not included), `upperCase` and `lowerCase` change its letters.
 * groupCode('7K2M9QXR', 'XXXX-XXXX') = groupCode('7K2M9QXR', '${vou_identifier;min=0;max=4;upperCase}-${vou_identifier;min=4;max=8}') = '7K2M-9QXR'.
 */
export function groupCode(normalised: string, mask: string): string {
  const characters = [...normalised];
  if (mask.includes('${vou_identifier'))
    return mask.replace(PART, (_all, options: string) => partOf(characters, options));
  if (!mask.includes('X')) return normalised;
  let next = 0;
  let grouped = '';
  for (const character of mask) {
    if (next >= characters.length) break;
    grouped += character === 'X' ? (characters[next++] ?? '') : character;
  }
  return grouped + characters.slice(next).join('');
}

/** Whether a mask prints every character of a code of this length once and in order, so that it can be typed back. */
export function isSoundMask(mask: string, length = 16): boolean {
  if (mask.length > MAX_MASK) return false;
  const sample = Array.from({ length }, (_unused, index) => String.fromCharCode(65 + (index % 26))).join('');
  return (
    groupCode(sample, mask)
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '') === sample
  );
}

function partOf(characters: readonly string[], options: string): string {
  const names = new Map(
    options.split(';').map((option) => [option.replace(/=.*/, ''), option.replace(/.*=/, '')] as const),
  );
  const number = (name: string, fallback: number): number => (names.has(name) ? Number(names.get(name)) : fallback);
  const part = characters.slice(number('min', 0), number('max', characters.length)).join('');
  if (names.has('upperCase')) return part.toUpperCase();
  return names.has('lowerCase') ? part.toLowerCase() : part;
}
