import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { isRude } from '../../../../src/core/engine/rude-words.ts';
import { checkCharacter, DEFAULT_CODE_SHAPE, generateCode } from '../../../../src/core/engine/voucher-code.ts';
import { drawCode } from '../../../../src/features/vouchers/rows/code-draw-service.ts';

/** The places of S, E and X in the alphabet of codes. */
const RUDE = Buffer.from([25, 14, 29, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

describe('a code that is drawn', () => {
  it('is drawn anew where it would hold a rude word', () => {
    expect(generateCode(RUDE)).to.match(/^SEX/);
    const code = drawCode(DEFAULT_CODE_SHAPE, RUDE);
    expect(code).to.not.match(/^SEX/);
    expect(isRude(code)).to.equal(false);
  });

  it('is the first draw where nothing is wrong with it', () => {
    const random = Buffer.alloc(16, 7);
    expect(drawCode(DEFAULT_CODE_SHAPE, random)).to.equal(generateCode(random));
  });

  it('never holds one, whatever the shape, and keeps its check character', () => {
    for (const shape of [DEFAULT_CODE_SHAPE, { prefix: 'SEX', length: 8 }, { prefix: 'SOMMER', length: 31 }])
      for (let count = 0; count < 3000; count++) {
        const part = drawCode(shape, randomBytes(shape.length)).slice(shape.prefix.length);
        expect(isRude(part), part).to.equal(false);
        expect(checkCharacter(part.slice(0, -1))).to.equal(part.slice(-1));
      }
  });
});
