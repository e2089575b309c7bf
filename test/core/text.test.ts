import { expect } from 'chai';
import fc from 'fast-check';
import { keptText, oneLine, readableText, textProblem, type TextProblem } from '../../src/core/text.ts';

describe('text that comes in', () => {
  const CASES: readonly (readonly [name: string, text: string, problem: TextProblem | null])[] = [
    ['plain words', 'Anna Müller & Söhne', null],
    ['a whole emoji', 'Reise 🎁', null],
    ['a family of emoji with joiners', '👩‍👩‍👧', null],
    ['a tab', 'a\tb', null],
    ['half an emoji', 'Reise \ud83c', 'ill_formed'],
    ['the other half', '\udf81 Reise', 'ill_formed'],
    ['two halves the wrong way round', '\udf81\ud83c', 'ill_formed'],
    ['NUL', 'a\u0000', 'control_character'],
    ['BEL', 'a\u0007b', 'control_character'],
    ['ESC', '\u001b[31m', 'control_character'],
    ['DEL', 'a\u007f', 'control_character'],
    ['a control of the second set', 'a\u009b', 'control_character'],
    ['a mark that turns the direction of writing', 'abc\u202egpj', 'control_character'],
    ['a mark of a byte order', '\ufeffabc', 'control_character'],
    ['a code point that is no character', 'a\uffff', 'control_character'],
    ['LF', 'a\nb', 'line_break'],
    ['CRLF', 'a\r\nb', 'line_break'],
    ['a line separator', 'a\u2028b', 'line_break'],
  ];

  for (const [name, text, problem] of CASES)
    it(`finds ${problem ?? 'nothing wrong'} in ${name}`, () => {
      expect(textProblem(text)).to.equal(problem);
      expect(textProblem(text, 'lines')).to.equal(problem === 'line_break' ? null : problem);
    });

  it('is kept composed, with one kind of line ends and blanks for tabs', () => {
    expect(keptText('Mu\u0308ller\r\nWeg\t1\u2028A')).to.equal('Müller\nWeg 1\nA');
  });

  it('loses what cannot be seen where a person typed it', () => {
    expect(readableText('A\u0000nna\u202e\r\nBerg\ud83c')).to.equal('Anna\nBerg\ufffd');
    expect(oneLine('Anna\r\n\r\n  Berg')).to.equal('Anna Berg');
  });

  it('has nothing wrong with it any more, whatever it was, and stays as it is from then on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (wild, tame) => {
        const text = `${wild}\ud800${tame}\u0000`;
        const readable = readableText(text);
        expect(textProblem(readable, 'lines')).to.equal(null);
        expect(readableText(readable)).to.equal(readable);
        expect(textProblem(oneLine(text))).to.equal(null);
      }),
    );
  });
});
