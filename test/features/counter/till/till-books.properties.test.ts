import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { inCash } from '../../../../src/core/sale/till.ts';
import { filesOfRun, readRunFile } from '../../../../src/features/accounting/datev/export-run-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { refundPage } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { payRefundAtCounter } from '../../../../src/features/counter/desk/counter-refund-service.ts';
import { reverseAtCounter } from '../../../../src/features/counter/desk/counter-reversal-service.ts';
import { shiftInAccount } from '../../../../src/features/counter/till/cash-account-service.ts';
import {
  closeShift,
  journalOf,
  moveDrawer,
  openShiftOf,
  readShift,
} from '../../../../src/features/counter/till/shift-service.ts';
import { cancelVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { readVoucher } from '../../../../src/features/vouchers/record/voucher-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { AppError } from '../../../../src/platform/process/errors.ts';
import { checkBatch } from '../../accounting/datev/datev-checker.ts';
import { createRun } from '../../accounting/datev/datev-run.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { byCard, mixed, newForm, tillDesk, TODAY } from '../till-desk.ts';

interface Step {
  readonly do: 'sell' | 'redeem' | 'top_up' | 'refund' | 'storno' | 'deposit' | 'withdraw' | 'close' | 'open';
  readonly who: number;
  readonly which: number;
  readonly cents: number;
  readonly way: number;
}

const step = fc.record({
  do: fc.constantFrom<Step['do'][]>(
    'sell',
    'sell',
    'redeem',
    'redeem',
    'top_up',
    'refund',
    'storno',
    'storno',
    'deposit',
    'withdraw',
    'close',
    'open',
  ),
  who: fc.integer({ min: 0, max: 1 }),
  which: fc.nat(1000),
  cents: fc.integer({ min: 1, max: 9000 }),
  way: fc.integer({ min: 0, max: 2 }),
});

const PEOPLE = ['user:1', 'user:2'] as const;

/** A model of its own: one drawer a person, and what their vouchers owe. */
interface Model {
  readonly drawers: [number, number];
  readonly isOpen: [boolean, boolean];
  readonly owed: Map<string, number>;
  /** What an entry did to a drawer and to a voucher, to be turned round by its Storno. */
  readonly done: Map<string, { readonly cash: number; readonly changes: readonly (readonly [string, number])[] }>;
}

describeOnBothDatabases('the books of tills', (database) => {
  const desk = tillDesk(database);

  before(async () => {
    const current = await currentSetup(database().knex);
    const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
    await saveSetup(database(), { ...DEFAULT_SETUP, datev }, current.id, null, 'test', 1);
  });

  async function lastEntry(actor: string): Promise<string> {
    const shift = await desk.shiftOf(actor);
    return (await journalOf(database().knex, shift.id)).entries.at(-1)?.id ?? '';
  }

  const balanceOf = async (id: string): Promise<number> =>
    (await readVoucher(database().knex, id, desk.author('user:1').moment)).balance ?? 0;

  async function play(one: Step, model: Model): Promise<void> {
    const actor = PEOPLE[one.who] ?? 'user:1';
    const index = one.who as 0 | 1;
    const pay =
      [inCash, byCard, (cents: number) => mixed(Math.floor(cents / 2), cents - Math.floor(cents / 2))][one.way] ??
      inCash;
    const note = async (cash: number, changes: readonly (readonly [string, number])[]): Promise<void> => {
      model.drawers[index] += cash;
      for (const [id, change] of changes) model.owed.set(id, (model.owed.get(id) ?? 0) + change);
      model.done.set(await lastEntry(actor), { cash, changes });
    };
    const known = [...model.owed.keys()];
    const id = known[one.which % Math.max(1, known.length)];
    if (one.do === 'open') {
      if (model.isOpen[index]) return;
      await desk.open(actor, `Kasse ${one.who + 1}`, one.cents, one.way === 0 ? 'difference' : 'transit');
      model.done.set(await lastEntry(actor), { cash: one.cents - model.drawers[index], changes: [] });
      model.drawers[index] = one.cents;
      model.isOpen[index] = true;
      return;
    }
    if (!model.isOpen[index]) return;
    const shift = await desk.shiftOf(actor);
    switch (one.do) {
      case 'sell': {
        const quantity = 1 + (one.which % 2);
        const amount = one.cents + 1;
        const tender = pay(amount * quantity);
        const { voucherIds } = await desk.sell(actor, amount, quantity, tender);
        return note(
          tender.cash,
          voucherIds.map((voucher) => [voucher, amount] as const),
        );
      }
      case 'redeem': {
        if (id === undefined || (model.owed.get(id) ?? 0) === 0) return;
        const part = Math.min(one.cents, model.owed.get(id) ?? 0);
        const entry = await desk.redeem(actor, id, one.cents, `R-${one.which}-${model.done.size}`, pay);
        expect(entry.voucherAmount).to.equal(part);
        return note(pay(one.cents - part).cash, [[id, -part]]);
      }
      case 'top_up': {
        if (id === undefined) return;
        const tender = pay(one.cents);
        await desk.topUp(actor, id, tender);
        return note(tender.cash, [[id, one.cents]]);
      }
      case 'refund': {
        if (id !== undefined && (model.owed.get(id) ?? 0) > 0)
          await inTransaction(database(), async (trx) => {
            await cancelVoucher({ trx, ...desk.author('job:test') }, id, { refund: true, reason: 'Widerruf' });
          });
        if (id !== undefined) model.owed.delete(id);
        const { items: refunds } = await refundPage(database().knex, {
          state: 'open',
          way: 'cash',
          text: '',
          isIncomplete: false,
          after: null,
          limit: 1,
        });
        const [refund] = refunds;
        if (refund === undefined) return;
        await payRefundAtCounter(database(), { ...newForm(), shiftId: shift.id }, refund.id, desk.author(actor));
        model.drawers[index] -= refund.cents;
        return;
      }
      case 'storno': {
        const { entries } = await journalOf(database().knex, shift.id);
        const entry = entries[one.which % Math.max(1, entries.length)];
        if (entry === undefined) return;
        const wish = { entryId: entry.id, reason: 'vertippt', isConfirmed: true };
        await reverseAtCounter(database(), { ...newForm(), shiftId: shift.id }, wish, desk.author(actor));
        const { cash, changes } = model.done.get(entry.id) ?? { cash: NaN, changes: [] };
        model.drawers[index] -= cash;
        for (const [voucher, change] of changes) model.owed.set(voucher, (model.owed.get(voucher) ?? 0) - change);
        if (entry.event === 'sale') for (const [voucher] of changes) model.owed.delete(voucher);
        return;
      }
      case 'deposit':
      case 'withdraw': {
        const isOut = one.do === 'withdraw';
        const move = { cents: one.cents, isOut, note: 'Bank' };
        await moveDrawer(database(), { ...newForm(), shiftId: shift.id }, move, desk.author(actor));
        return note(isOut ? -one.cents : one.cents, []);
      }
      case 'close':
        await closeShift(database(), shift.id, { countedCash: one.cents, note: null }, desk.author(actor));
        model.drawers[index] = one.cents;
        model.isOpen[index] = false;
    }
  }

  /** Refused by a rule leaves everything as it was, in the model too. */
  async function tryToPlay(one: Step, model: Model): Promise<void> {
    try {
      await play(one, model);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.code, JSON.stringify(one)).to.be.oneOf(['rule_broken', 'illegal_transition', 'codes_rejected']);
    }
  }

  async function compare(model: Model): Promise<void> {
    const inDrawers = model.drawers[0] + model.drawers[1];
    const { inDrawers: drawers, inAccount, difference } = await desk.compare();
    expect([drawers, inAccount, difference]).to.deep.equal([inDrawers, inDrawers, 0]);
    for (const actor of PEOPLE) {
      const open = await openShiftOf(database().knex, actor);
      if (open === null) continue;
      const shift = await readShift(database().knex, open.id);
      expect(await shiftInAccount(database().knex, shift.id)).to.equal(shift.cash - shift.openingCash);
    }
    for (const [id, owed] of model.owed) expect(await balanceOf(id), id).to.equal(owed);
    const report = await liabilityReport(database().knex, { from: '2026-01-01', on: TODAY, knownUntil: null });
    const owedInAll = [...model.owed.values()].reduce((sum, cents) => sum + cents, 0);
    const closing = report.columns.reduce((sum, one) => sum + one.closing, 0);
    expect(report.checks.filter(({ expected, actual }) => expected !== actual)).to.deep.equal([]);
    expect(closing).to.equal(owedInAll);
  }

  it('follow the drawers, and the report of a day the vouchers, after each step', async () => {
    const model: Model = { drawers: [0, 0], isOpen: [false, false], owed: new Map(), done: new Map() };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 25 }), async (steps) => {
        for (const who of [0, 1]) await tryToPlay({ do: 'open', who, which: 0, cents: 5000, way: 1 }, model);
        for (const one of steps) {
          await tryToPlay(one, model);
          await compare(model);
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
    expect(await cashInDatev()).to.equal(model.drawers[0] + model.drawers[1]);
  }).timeout(180_000);

  /** What DATEV's account 1000 has after the file is read in. */
  async function cashInDatev(): Promise<number> {
    const month = TODAY.slice(0, 7);
    const moment = { today: '2026-07-01', now: Date.parse('2026-07-01T12:00:00Z'), timeZone: 'Europe/Berlin' };
    const run = await createRun(database(), { fromMonth: month, toMonth: month }, 'test', moment);
    let sum = 0;
    for (const { name, kind } of await filesOfRun(database().knex, run.id)) {
      if (kind !== 'datev') continue;
      const parts: Buffer[] = [];
      for await (const part of (await readRunFile(database().knex, run.id, name)).content) parts.push(part);
      const { bookings, problems } = checkBatch(name, Buffer.concat(parts));
      expect(problems).to.deep.equal([]);
      for (const { debit, credit, cents } of bookings)
        sum += (debit === '1000' ? cents : 0) - (credit === '1000' ? cents : 0);
    }
    return sum;
  }
});
