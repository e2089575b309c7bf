import { expect } from 'chai';
import {
  eventText,
  isReversalEvent,
  LEDGER_EVENTS,
  shortVoucherNumber,
  voucherNumber,
} from '../../../src/core/books/ledger-event.ts';

describe('what the books call an event', () => {
  it('is German for every one of them, and itself for one nobody knows', () => {
    for (const event of LEDGER_EVENTS) expect(eventText(event), event).to.match(/^[A-ZÄÖÜ][A-Za-zäöüß ]+$/);
    expect(eventText('redemption')).to.equal('Einlösung');
    expect(eventText('new_event')).to.equal('new_event');
  });

  it('tells what takes another one back', () => {
    expect(LEDGER_EVENTS.filter(isReversalEvent)).to.include('redemption_reversal').and.not.to.include('refund');
  });

  for (const [number, id, long, short] of [
    ['G-2026-000123', '7', 'G-2026-000123', 'G26000123'],
    ['EX-2026-000004', '7', 'EX-2026-000004', 'EX26000004'],
    [null, '7', 'V-7', 'V7'],
    ['G-2026-123456789012', '7', 'G-2026-123456789012', 'G26123456789'],
  ] as const) {
    it(`names ${String(number)} as ${long} and in 12 signs as ${short}`, () => {
      expect(voucherNumber(number, id)).to.equal(long);
      expect(shortVoucherNumber(voucherNumber(number, id))).to.equal(short);
    });
  }
});
