import { expect } from 'chai';
import type { Request, Response } from 'express';
import { visibleFields } from '../../../src/platform/http/form-text.ts';

function read(fields: object, query: object = {}): { readonly req: Request; readonly error: unknown } {
  const req = { body: fields, query } as unknown as Request;
  let error: unknown;
  void visibleFields(req, {} as Response, (told?: unknown) => {
    error = told;
  });
  return { req, error };
}

describe('the fields of a form', () => {
  it('lose what cannot be seen, wherever it stands, also in the address', () => {
    const { req, error } = read(
      { name: 'A\u0000nna', rows: [{ text: '\u202eB' }], password: ' as typed\t' },
      { q: 'R\ufeffom' },
    );
    expect(error).to.equal(undefined);
    expect(req.body).to.deep.equal({ name: 'Anna', rows: [{ text: 'B' }], password: ' as typed\t' });
    expect(req.query).to.deep.equal({ q: 'Rom' });
  });

  it('may be missing altogether', () => {
    const req = { body: undefined, query: {} } as unknown as Request;
    void visibleFields(req, {} as Response, () => undefined);
    expect(req.body).to.equal(undefined);
  });

  for (const name of ['__proto__', 'constructor', 'prototype'])
    it(`are refused where one is called ${name}`, () => {
      const fields = Object.defineProperty({}, name, { value: 'x', enumerable: true });
      expect(read(fields).error).to.include({ code: 'invalid_request' });
      expect(read({ row: [fields] }).error).to.include({ code: 'invalid_request' });
      expect(read({}, fields).error).to.include({ code: 'invalid_request' });
    });

  it('are refused where they are nested deeper than any of ours', () => {
    let deep: object = {};
    for (let level = 0; level < 12; level++) deep = { deep };
    expect(read(deep).error).to.include({ code: 'invalid_request' });
  });
});
