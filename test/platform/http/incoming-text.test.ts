import { expect } from 'chai';
import fc from 'fast-check';
import Joi from 'joi';
import { textProblem } from '../../../src/core/text.ts';
import { AS_TYPED, keptTexts, SEVERAL_LINES } from '../../../src/platform/http/incoming-text.ts';

const typed = Joi.string().meta(AS_TYPED);
const SCHEMA = Joi.object({
  name: Joi.string(),
  note: Joi.string().allow(null).meta(SEVERAL_LINES),
  codes: Joi.array().items(Joi.alternatives().try(typed, Joi.object({ code: typed, label: Joi.string() }))),
  inner: Joi.object({ name: Joi.string(), note: Joi.string().meta(SEVERAL_LINES) }),
});
const kept = (value: unknown) => keptTexts(SCHEMA, value, 50);

describe('the texts of a value that a program sends', () => {
  it('are kept composed, with one kind of line ends where they may have lines', () => {
    expect(kept({ name: 'Mu\u0308ller', note: 'a\r\nb', inner: { note: 'c\rd' } })).to.deep.equal({
      value: { name: 'Müller', note: 'a\nb', inner: { note: 'c\nd' } },
      problems: [],
    });
  });

  it('are each told with their place', () => {
    const { problems } = kept({
      name: 'a\nb',
      note: 'a\u0000',
      inner: { name: 'x\ud800', note: 'y\u202e' },
      unknown: ['ok', { deep: '\u0007' }],
    });
    expect(problems).to.deep.equal([
      { path: 'name', code: 'line_break' },
      { path: 'note', code: 'control_character' },
      { path: 'inner.name', code: 'ill_formed' },
      { path: 'inner.note', code: 'control_character' },
      { path: 'unknown.1.deep', code: 'control_character' },
    ]);
  });

  it('lose what cannot be seen where somebody handed on what a traveller typed', () => {
    const codes = ['\u202aABC\u202c\u0000', { code: 'D\ud800EF', label: 'ok' }];
    expect(kept({ codes })).to.deep.equal({
      value: { codes: ['ABC', { code: 'D\ufffdEF', label: 'ok' }] },
      problems: [],
    });
    expect(kept({ codes: [{ code: 'A', label: '\u0000' }] }).problems).to.deep.equal([
      { path: 'codes.0.label', code: 'control_character' },
    ]);
  });

  it('are bounded in how many are told and how deep they stand', () => {
    expect(
      keptTexts(
        SCHEMA,
        Array.from({ length: 80 }, () => '\u0000'),
        50,
      ).problems,
    ).to.have.length(50);
    let deep: unknown = 'x';
    for (let level = 0; level < 40; level++) deep = { deep };
    expect(kept(deep).problems.map(({ code }) => code)).to.deep.equal(['too_deep']);
  });

  it('have nothing wrong with them where none is told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, note) => {
        const { value, problems } = kept({ name, note });
        if (problems.length > 0) return;
        const texts = value as { readonly name: string; readonly note: string };
        expect([textProblem(texts.name), textProblem(texts.note, 'lines')]).to.deep.equal([null, null]);
      }),
    );
  });
});
