import { expect } from 'chai';
import fc from 'fast-check';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { asStored } from '../../../../src/features/accounting/ledger/ledger-row.ts';
import { entryHash, readLedger } from '../../../../src/features/accounting/ledger/ledger-service.ts';
import { lockedVoucher } from '../../../../src/features/vouchers/record/voucher-service.ts';
import { moveValue } from '../../../../src/features/vouchers/record/voucher-value-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

const MOMENT = { now: Date.parse('2026-06-15T12:00:00Z'), today: '2026-06-15' };
const ODD = [
  '\ud800',
  'Reise nach \ud83c',
  '\udf81 Reise',
  '\u0000',
  'a\u0000b',
  '\u0007\u001b[31m',
  'e\u0301',
  '\ufeffBOM',
  ' Leerzeichen \t\r\n',
  '👩‍👩‍👧',
  '\u202egpj.exe',
  '\uffff',
  "'; drop table ledger_entries; --",
  '\\',
  '',
];

describeOnBothDatabases('the hash of an entry', (database) => {
  const { sell } = historyOf(database);

  async function post(voucherId: string, reason: string): Promise<void> {
    await inTransaction(database(), async (trx) => {
      const { record } = await lockedVoucher(trx, voucherId, MOMENT);
      await moveValue(
        { trx, actor: `user:${reason.slice(0, 20)}`, moment: MOMENT },
        {
          voucher: record,
          currency: 'EUR',
          change: 0,
          postings: [{ event: 'payment_in', debitRole: 'BANK', creditRole: 'DEBITOR', cents: 100 }],
          postedOn: MOMENT.today,
          reason,
          documentNumber: reason.slice(0, 40),
        },
      );
    });
  }

  async function wrongHashes(voucherId: string): Promise<number[]> {
    const rows = await readLedger(database().knex, voucherId, 1000);
    return rows.filter(({ hash, ...row }) => entryHash(row) !== hash).map(({ position }) => position);
  }

  it('is that of what the database gives back, whatever text came in', async () => {
    const { id } = await sell('Odd', 10_000, MOMENT.today);
    for (const text of ODD) await post(id, text);
    expect(await readLedger(database().knex, id, 1000)).to.have.length(ODD.length + 1);
    expect(await wrongHashes(id)).to.deep.equal([]);
  });

  it('is so for texts that nobody thought of', async () => {
    const { id } = await sell('Odd too', 10_000, MOMENT.today);
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1, minLength: 1 }),
      fc.constantFrom(...ODD.slice(0, 8)),
    );
    const texts = fc.sample(fc.string({ unit, maxLength: 30 }), { numRuns: 60, seed: 7 });
    for (const text of texts) await post(id, text.slice(0, 60));
    expect(await wrongHashes(id)).to.deep.equal([]);
    expect((await verifyBooks(database().knex, MOMENT.now)).problem).to.equal(null);
  });
});

describe('an entry as the databases store it', () => {
  const row = {
    ...({
      voucher_id: '007',
      position: 1,
      event: 'sale',
      debit_role: 'BANK',
      credit_role: 'V_KAUF',
      cents: 100,
    } as const),
    ...{
      currency: 'EUR',
      posted_on: '2026-06-15',
      recorded_at: 1,
      actor: 'a',
      reason: 'x\ud800',
      booking_number: null,
    },
    ...{ redemption_id: '012', reversal_id: null, hash_version: 3, event_on: '2026-06-15', document_number: null },
    ...{ chain_id: null, open_item_id: '008' },
    previous_hash: '0'.repeat(64),
  };

  it('has whole characters, and ids without zeros in front', () => {
    const { voucher_id, redemption_id, reversal_id, chain_id, open_item_id, reason } = asStored(row);
    expect({ voucher_id, redemption_id, reversal_id, chain_id, open_item_id, reason }).to.deep.equal({
      voucher_id: '7',
      redemption_id: '12',
      reversal_id: null,
      chain_id: null,
      open_item_id: '8',
      reason: 'x\ufffd',
    });
  });

  for (const [name, value] of [
    ['cents', 1.5],
    ['cents', 0],
    ['cents', -1],
    ['cents', 2 ** 53],
    ['position', Number.NaN],
    ['recorded_at', 0.5],
    ['posted_on', '2026-02-30'],
    ['posted_on', '2026-6-1'],
    ['event_on', 'heute'],
  ] as const)
    it(`is a fault of the program where ${name} is ${value}`, () => {
      expect(() => asStored({ ...row, [name]: value })).to.throw('of an entry is');
    });
});
