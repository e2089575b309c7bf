/** Why a text cannot be taken as it came in. */
export type TextProblem = 'ill_formed' | 'control_character' | 'line_break';

/**
 * What nobody sees and nothing prints: controls but tab and line ends, marks that turn the direction of writing, the
 * mark of a byte order, and code points that stand for no character.
 */
const INVISIBLE =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\u{1fffe}\u{1ffff}\u{10fffe}\u{10ffff}\ufffe\uffff]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');
/** One line end, however it is written: CRLF, LF, CR, vertical tab, form feed, NEL, line and paragraph separator. */
const LINE_END = /\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/;
const EVERY_LINE_END = new RegExp(LINE_END.source, 'g');

/**
 * What keeps a text that a program sent from being taken, the first that is found; null: nothing does. A field of one
 * line takes no line end. Source: well-formed Unicode is what both databases give back as they got it, and a control
 * character is nothing a person meant. textProblem('Reise \ud83c') = 'ill_formed', textProblem('a\u0000') =
 * 'control_character', textProblem('a\nb') = 'line_break', textProblem('a\nb', 'lines') = null.
 */
export function textProblem(text: string, kind: 'line' | 'lines' = 'line'): TextProblem | null {
  if (!text.isWellFormed()) return 'ill_formed';
  if (INVISIBLE.test(text)) return 'control_character';
  return kind === 'line' && LINE_END.test(text) ? 'line_break' : null;
}

/**
 * The form in which a text is kept: composed (NFC), so that the same name is the same text whichever machine it was
 * typed on, with LF as its line ends and blanks for tabs. For text in which `textProblem` finds nothing.
 * keptText('Mu\u0308ller\r\n') = 'Müller\n'.
 */
export function keptText(text: string): string {
  return text.replaceAll(EVERY_LINE_END, '\n').replaceAll('\t', ' ').normalize('NFC');
}

/** Without what cannot be seen, and otherwise untouched: visibleText('pass\u0000 word\t') = 'pass word\t'. */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(EVERY_INVISIBLE, '');
}

/**
 * The form in which a text is kept that a person typed or a table holds: what cannot be seen is left out, because nobody
 * could find it to take it away. readableText('A\u0000nna\u202e\r\nBerg') = 'Anna\nBerg'.
 */
export function readableText(text: string): string {
  return keptText(visibleText(text));
}

/** The same in one line: oneLine('Anna\nBerg') = 'Anna Berg'. */
export function oneLine(text: string): string {
  return readableText(text).replaceAll(/ *\n+ */g, ' ');
}
