import { expect } from 'chai';
import fc from 'fast-check';
import { rightsWhere, ROLES, type Right, type Role } from '../../../src/core/access.ts';
import { codeEnd, groupCode, isSoundMask, maskedCode, shownCode } from '../../../src/core/engine/code-mask.ts';

const FOURS = '${vou_identifier;min=0;max=4}-${vou_identifier;min=4}';

describe('a code that somebody may not see', () => {
  for (const [code, end] of [
    ['7K2M9QXR', '9QXR'],
    ['SOMMER10ABCDEF', 'CDEF'],
    ['Q7ZX', 'ZX'],
    ['ABC', 'C'],
    ['Q', ''],
    ['😀A', 'A'],
  ] as const) {
    it(`shows of ${code} only ${end || 'nothing'}`, () => {
      expect([codeEnd(code), maskedCode(code)]).to.deep.equal([end, `…${end}`]);
    });
  }

  it('never shows more than its half, and never more than four characters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 64 }), (code) => {
        const shown = [...codeEnd(code)].length;
        expect(shown).to.be.at.most(4);
        expect(shown * 2).to.be.at.most([...code].length);
        expect(code.endsWith(codeEnd(code))).to.equal(true);
      }),
    );
  });

  it('is shown in full to those with the permission alone', () => {
    const reader = (role: Role, ...rights: Right[]) => ({ role, ...rightsWhere((right) => rights.includes(right)) });
    for (const role of ROLES) {
      expect(shownCode(reader(role, 'canSeeCodes'), 'Q7ZX')).to.equal('Q7ZX');
      const others = reader(role, 'canRefund', 'canChangeSettings');
      expect(shownCode(others, 'Q7ZX')).to.equal(role === 'admin' ? 'Q7ZX' : '…ZX');
    }
    expect(shownCode(null, 'Q7ZX')).to.equal('…ZX');
  });
});

describe('a code as it is printed', () => {
  for (const [mask, printed] of [
    ['XXXX-XXXX', '7K2M-9QXR'],
    ['XX XX', '7K 2M9QXR'],
    ['Nr. XXXX/XXXX!', 'Nr. 7K2M/9QXR'],
    ['', '7K2M9QXR'],
    [FOURS, '7K2M-9QXR'],
    ['${vou_identifier;min=0;max=4;lowerCase}', '7k2m'],
    ['${vou_identifier;upperCase}', '7K2M9QXR'],
  ] as const) {
    it(`is ${printed} by "${mask}"`, () => {
      expect(groupCode('7K2M9QXR', mask)).to.equal(printed);
    });
  }

  it('can be typed back where the mask prints each character once and in order', () => {
    expect(['XXXX-XXXX', '', 'xx', FOURS].map((mask) => isSoundMask(mask))).to.deep.equal([true, true, true, true]);
    expect(
      ['${vou_identifier;max=4}', '${vou_identifier}${vou_identifier}', 'CODE XXXX'].map((mask) => isSoundMask(mask)),
    ).to.deep.equal([false, false, false]);
    expect(isSoundMask('-'.repeat(201))).to.equal(false);
  });
});
