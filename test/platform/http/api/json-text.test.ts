import { expect } from 'chai';
import fc from 'fast-check';
import { readJsonText } from '../../../../src/platform/http/api/json-text.ts';
import { AppError } from '../../../../src/platform/process/errors.ts';

const read = (text: string | Uint8Array): unknown => readJsonText(typeof text === 'string' ? Buffer.from(text) : text);
const refusal = (text: string | Uint8Array): unknown => {
  try {
    return { value: read(text) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [field] = error.details.fields ?? [];
    return field === undefined ? error.code : [field.path, field.code];
  }
};

describe('the JSON of a request', () => {
  it('is nothing where there is no text', () => {
    expect(read('')).to.equal(undefined);
  });

  it('is what JSON says, whatever value that is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(read(text)).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  for (const [text, path, code] of [
    ['{"a":1,"a":2}', 'a', 'duplicate_field'],
    ['{"a":{"b":[1,{"c":1,"d":2,"c":3}]}}', 'a.b.1.c', 'duplicate_field'],
    ['{"a":1,"\\u0061":2}', 'a', 'duplicate_field'],
    ['{"__proto__":{"x":1}}', '__proto__', 'unknown_field'],
    ['{"booking":{"__proto__":null}}', 'booking.__proto__', 'unknown_field'],
    ['{"\\u005f_proto__":1}', '__proto__', 'unknown_field'],
    ['[{"a":1},{"a":1,"a":1}]', '1.a', 'duplicate_field'],
  ] as const)
    it(`is refused at ${path} where it is ${text}`, () => {
      expect(refusal(text)).to.deep.equal([path, code]);
    });

  for (const text of [
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":"{\\"a\\":1,\\"a\\":2}"}}}',
    '"\\"a\\",\\"a\\""',
  ])
    it(`is taken where only texts look like it: ${text}`, () => {
      expect(refusal(text)).to.deep.equal({ value: JSON.parse(text) });
    });

  for (const text of ['{', '{"a":}', 'undefined', "{'a':1}", '{"a":1}}', '\u0000'])
    it(`is no JSON where it is ${JSON.stringify(text)}`, () => {
      expect(refusal(text)).to.equal('malformed_json');
    });

  it('is no JSON in another writing than UTF-8', () => {
    expect(refusal(Buffer.from('{"a":"ü"}', 'latin1'))).to.equal('malformed_json');
    expect(refusal(Buffer.from('{"a":1}', 'utf16le'))).to.equal('malformed_json');
  });

  it('is read however long a text in it is', () => {
    const long = 'x\\n'.repeat(200_000);
    expect((read(`{"a":"${long}"}`) as { a: string }).a).to.have.length(400_000);
  });
});
