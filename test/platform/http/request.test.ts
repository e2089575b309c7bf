import { expect } from 'chai';
import type { Request, Response } from 'express';
import {
  actorOf,
  cursorOf,
  fieldOf,
  idOf,
  idsOf,
  LENGTHS,
  linesOf,
  manyOf,
  markInvalid,
  parameterOf,
  rawFieldOf,
  textOf,
  textOrNull,
} from '../../../src/platform/http/request.ts';
import { AppError } from '../../../src/platform/process/errors.ts';

function caught(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was refused');
}

describe('what pages read from a request', () => {
  const request = (parts: object): Request => parts as Request;

  it('is text without anything around it, in one line', () => {
    expect(textOf('  one\r\ntwo \r\n')).to.equal('one two');
    expect(textOf('tab\there\u0000')).to.equal('tab here');
    expect(textOf('Mu\u0308ller')).to.equal('Müller');
  });

  it('has several lines where its field has, with one kind of line ends', () => {
    expect(linesOf('  one\r\ntwo \r\n')).to.equal('one\ntwo');
  });

  it('is refused where it is longer than its field, and the length is told', () => {
    expect(textOf('x'.repeat(LENGTHS.line))).to.have.length(LENGTHS.line);
    expect(linesOf('x'.repeat(LENGTHS.text))).to.have.length(LENGTHS.text);
    for (const [read, most] of [
      [textOf, LENGTHS.line],
      [linesOf, LENGTHS.text],
    ] as const) {
      const error = caught(() => read('x'.repeat(most + 1)));
      expect(error.code).to.equal('invalid_request');
      expect(error.details.fields?.[0]).to.deep.include({ code: 'text_too_long' });
      expect(error.details.fields?.[0]?.params).to.include({ limit: most });
    }
  });

  it('is empty where a field came twice, as an object, or not at all', () => {
    for (const value of [undefined, null, ['a', 'b'], { a: 'b' }, 7]) expect(textOf(value)).to.equal('');
    expect(textOrNull('  ')).to.equal(null);
  });

  it('is read from the form or the address, also where no form was sent', () => {
    expect(fieldOf(request({ body: { name: ' Ada ' } }), 'name')).to.equal('Ada');
    expect(fieldOf(request({}), 'name')).to.equal('');
    expect(parameterOf(request({ query: { q: ' Rom ' } }), 'q')).to.equal('Rom');
  });

  it('leaves a password as it was typed', () => {
    expect(rawFieldOf(request({ body: { password: ' four words \r\n' } }), 'password')).to.equal(' four words \r\n');
  });

  it('is a list also where one box was ticked or none', () => {
    expect(manyOf(undefined)).to.deep.equal([]);
    expect(manyOf('web')).to.deep.equal(['web']);
    expect(manyOf(['web', { a: 1 }, ' counter '])).to.deep.equal(['web', 'counter']);
  });

  for (const id of ['0', '7', '9'.repeat(18)])
    it(`takes ${id} as an id`, () => {
      expect(idOf(request({ params: { id } }))).to.equal(id);
      expect(cursorOf(request({ query: { cursor: id } }))).to.equal(id);
    });

  for (const id of ['', '-1', '1.5', '1e3', '7 ', '0x7', '9'.repeat(19), '٣'])
    it(`answers that there is nothing at the id “${id}”`, () => {
      expect(() => idOf(request({ params: { id } }))).to.throw('not_found');
      expect(cursorOf(request({ query: { cursor: id } }))).to.equal(null);
    });

  it('reads an id of another name', () => {
    expect(idOf(request({ params: { run: '12' } }), 'run')).to.equal('12');
  });

  it('keeps each id of many boxes once and drops what is none', () => {
    expect(idsOf(['3', '4', '3', 'x', ['5']])).to.deep.equal(['3', '4']);
    expect(idsOf('9')).to.deep.equal(['9']);
  });

  it('knows who acts, and fails where nobody is signed in', () => {
    expect(actorOf({ locals: { user: { id: 12 } } } as unknown as Response)).to.equal('user:12');
    expect(() => actorOf({ locals: { user: null } } as unknown as Response)).to.throw('signed-in');
  });

  it('answers 422 where something is wrong and leaves the status alone where nothing is', () => {
    const statuses: number[] = [];
    const response = { status: (code: number) => statuses.push(code) } as unknown as Response;
    markInvalid(response, []);
    expect(statuses).to.deep.equal([]);
    markInvalid(response, [{ path: 'name', message: 'missing' }]);
    expect(statuses).to.deep.equal([422]);
  });
});
