import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SETUP } from '../../../src/core/chart-of-accounts.ts';
import { createRun, filesOfRun, readRunFile } from '../../../src/features/accounting/export-run-service.ts';
import { monthAfter } from '../../../src/features/accounting/month-service.ts';
import { closeMonth } from '../../../src/features/accounting/period-service.ts';
import { verifyEverything } from '../../../src/features/accounting/proof-service.ts';
import { sealLedger } from '../../../src/features/accounting/seal-service.ts';
import { currentSetup, saveSetup } from '../../../src/features/accounting/setup-service.ts';
import { balancesOf, liabilitiesOf, totals } from '../../../src/features/accounting/totals-service.ts';
import { cancelVoucher, reissueVoucher, topUpVoucher } from '../../../src/features/vouchers/voucher-lifecycle-service.ts';
import { splitVoucher } from '../../../src/features/vouchers/voucher-family-service.ts';
import { readVoucher } from '../../../src/features/vouchers/voucher-service.ts';
import { inTransaction } from '../../../src/platform/db.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { checkBatch, type CheckedBooking } from '../../support/datev-checker.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { historyOf } from '../../support/history.ts';

type Step =
  | { readonly do: 'sell' | 'top_up' | 'spend' | 'give_back' | 'cancel' | 'reissue' | 'split'; readonly which: number; readonly cents: number; readonly kind: number }
  | { readonly do: 'late_sale'; readonly which: number; readonly cents: number; readonly kind: number }
  | { readonly do: 'next_month' | 'seal' | 'export'; readonly which: number; readonly cents: number; readonly kind: number };

const step = fc.record({
  do: fc.constantFrom<Step['do'][]>('sell', 'sell', 'top_up', 'spend', 'spend', 'spend', 'give_back', 'give_back', 'cancel', 'reissue', 'split', 'late_sale', 'next_month', 'seal', 'export'),
  which: fc.nat(20),
  cents: fc.integer({ min: 1, max: 30_000 }),
  kind: fc.nat(3),
}) as fc.Arbitrary<Step>;

const STEPS = 40;
const HISTORIES = 4;
const timeZone = 'Europe/Berlin';

describeOnBothDatabases('whatever happens to vouchers over the months', (database) => {
  const { sell, spend, giveBack } = historyOf(database);
  let month = '2026-01';
  let names = 0;
  const bookings: CheckedBooking[] = [];

  before(async () => {
    const setup = { ...DEFAULT_SETUP, datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' } };
    await saveSetup(database(), setup, null, null, 'test', 1);
  });

  const at = (today: string) => ({ today, now: Date.parse(`${today}T12:00:00Z`), timeZone });
  const allowed = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  };

  async function play(steps: readonly Step[]): Promise<void> {
    const vouchers: { id: string; code: string }[] = [];
    const redemptions: string[] = [];
    const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(list.length, 1)];
    for (const [index, one] of steps.entries()) {
      const today = `${month}-${String(5 + (index % 20)).padStart(2, '0')}`;
      const moment = at(today);
      const voucher = pick(vouchers, one.which);
      switch (one.do) {
        case 'sell':
        case 'late_sale': {
          const kinds = [
            { type: 'purchase' as const }, { type: 'settlement' as const, funding: 'refund_conversion' as const }, { type: 'settlement' as const, funding: 'goodwill' as const },
            { type: 'settlement' as const, funding: 'legal_claim' as const },
          ];
          const paidAt = one.do === 'sell' ? today : '2026-01-02';
          await allowed(sell(`V${++names}`, one.cents, today, { ...kinds[one.kind], paidAt }).then(({ id, code }) => vouchers.push({ id, code })));
          break;
        }
        case 'spend': {
          const id = voucher === undefined ? null : await spend([voucher.code], one.cents, `B-${++names}`, today);
          if (id !== null) redemptions.push(id);
          break;
        }
        case 'give_back': {
          const id = pick(redemptions, one.which);
          if (id !== undefined) await giveBack(id, one.kind === 0 ? null : Math.max(1, Math.floor(one.cents / 3)), today);
          break;
        }
        case 'top_up':
          if (voucher !== undefined) await allowed(inTransaction(database(), (trx) => topUpVoucher(trx, voucher.id, { amount: one.cents, method: 'cash' }, 'test', moment)));
          break;
        case 'cancel':
          if (voucher !== undefined) await allowed(inTransaction(database(), (trx) => cancelVoucher(trx, voucher.id, { refund: one.kind > 1, reason: 'Test' }, 'test', moment)));
          break;
        case 'reissue':
          if (voucher !== undefined) {
            await allowed(inTransaction(database(), async (trx) => {
              const made = await reissueVoucher(trx, voucher.id, 'verloren', 'test', moment);
              vouchers.push({ id: made.id, code: made.code });
            }));
          }
          break;
        case 'split':
          if (voucher !== undefined) {
            await allowed(inTransaction(database(), async (trx) => {
              const balance = (await readVoucher(trx, voucher.id, moment)).balance ?? 0;
              for (const part of await splitVoucher(trx, voucher.id, [1, balance - 1], 'geteilt', 'test', moment)) vouchers.push({ id: part.id, code: part.code });
            }));
          }
          break;
        case 'next_month': {
          const closing = month;
          month = monthAfter(month);
          if (one.kind > 0) await allowed(closeMonth(database(), closing, 'test', at(`${month}-03`)));
          break;
        }
        case 'seal':
          if (one.kind === 0) await sealLedger(database(), 'test', moment.now);
          break;
        case 'export':
          await exportAll();
          break;
      }
    }
  }

  async function exportAll(): Promise<void> {
    for (let from = '2026-01'; from <= month; from = monthAfter(from)) {
      await allowed(
        createRun(database(), { fromMonth: from, toMonth: from }, 'test', at(`${month}-28`)).then(async (run) => {
          for (const file of (await filesOfRun(database().knex, run.id)).filter(({ kind }) => kind === 'datev')) {
            const parts: Buffer[] = [];
            for await (const part of (await readRunFile(database().knex, run.id, file.name)).content) parts.push(part);
            const batch = checkBatch(file.name, Buffer.concat(parts));
            expect(batch.problems).to.deep.equal([]);
            expect(batch.bookings).to.have.length(file.bookings);
            bookings.push(...batch.bookings);
          }
        }),
      );
    }
  }

  async function expectSoundBooks(): Promise<void> {
    const { knex } = database();
    expect((await verifyEverything(knex, Date.now())).problem).to.equal(null);
    const { setup } = await currentSetup(knex);
    const all = await totals(knex, { from: null, to: null });
    const balances = balancesOf(setup, all);
    const sum = (pick: (one: (typeof balances)[number]) => number): number => balances.reduce((total, one) => total + pick(one), 0);
    expect(sum((one) => one.debit)).to.equal(sum((one) => one.credit));
    const owed = liabilitiesOf(setup, all).reduce((total, one) => total + one.cents, 0);
    const open = await knex('vouchers as v').join('voucher_rules as r', 'r.id', 'v.rules_id').whereNot('r.funding', 'goodwill').orWhereNull('r.funding').sum({ cents: 'v.balance' }).first<{ cents: number | string | null }>();
    const forfeited = all.reduce((total, row) => total + (row.creditRole === 'V_FORFEIT' ? row.cents : 0) - (row.debitRole === 'V_FORFEIT' ? row.cents : 0), 0);
    expect(owed).to.equal(Number(open.cents ?? 0) + forfeited);
  }

  it('keep debit and credit equal, every balance in the books, and each entry in one file at most', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        await play(steps);
        await expectSoundBooks();
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
    await exportAll();
    await expectSoundBooks();
    const { knex } = database();
    expect(await knex('ledger_entries as e').leftJoin('export_entries as x', 'x.entry_id', 'e.id').whereNull('x.entry_id')).to.deep.equal([]);
    const [counted] = await knex('export_entries').whereNull('skip_reason').count({ rows: '*' });
    expect(bookings.length).to.be.greaterThan(0);
    expect(bookings).to.have.length(Number(counted?.['rows']));
    // What the files say of an account is what the ledger says of it.
    const { setup } = await currentSetup(knex);
    const inFiles = (account: string): number => bookings.reduce((total, one) => total + (one.debit === account ? one.cents : 0) - (one.credit === account ? one.cents : 0), 0);
    const inLedger = balancesOf(setup, await totals(knex, { from: null, to: null }));
    for (const account of ['1796', '1604', '10000', '1360', '1000', '1200', '8700']) {
      const ledger = inLedger.filter((one) => one.account === account).reduce((total, one) => total + one.debit - one.credit, 0);
      expect(inFiles(account), account).to.equal(ledger);
    }
  });
});
