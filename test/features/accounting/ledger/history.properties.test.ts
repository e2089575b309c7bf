import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { filesOfRun, readRunFile } from '../../../../src/features/accounting/datev/export-run-service.ts';
import { createRun } from '../datev/datev-run.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { lastDayOf, monthAfter } from '../../../../src/core/month.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { balancesOf, liabilitiesOf } from '../../../../src/core/books/ledger-sums.ts';
import { totals } from '../../../../src/features/accounting/ledger/totals-service.ts';
import { endRun } from '../../../../src/features/vouchers/ending/derecognition-store.ts';
import {
  acceptDerecognition,
  barredDay,
  derecognitionItems,
  derecognitionRun,
  proposeDerecognition,
  rejectDerecognition,
} from '../../../../src/features/vouchers/ending/derecognition-run-service.ts';
import { derecogniseItem } from '../../../../src/features/vouchers/ending/derecognition-service.ts';
import { reactivateVoucher } from '../../../../src/features/vouchers/ending/reactivation-service.ts';
import { expiredToRefund, refundExpired } from '../../../../src/features/vouchers/ending/expiry-refund-service.ts';
import { correctValue } from '../../../../src/features/vouchers/life/voucher-correction-service.ts';
import { refundPage } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { payRefund } from '../../../../src/features/accounting/refunds/refund-service.ts';
import { cancelVoucher, topUpVoucher } from '../../../../src/features/vouchers/life/voucher-lifecycle-service.ts';
import { reissueVoucher } from '../../../../src/features/vouchers/succession/voucher-reissue-service.ts';
import { mergeVouchers, splitVoucher } from '../../../../src/features/vouchers/succession/voucher-family-service.ts';
import { extendVoucher } from '../../../../src/features/vouchers/life/voucher-extension-service.ts';
import { readVoucher } from '../../../../src/features/vouchers/record/voucher-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { AppError } from '../../../../src/platform/process/errors.ts';
import { checkBatch, type CheckedBooking } from '../datev/datev-checker.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

interface Step {
  readonly do:
    | 'sell'
    | 'late_sale'
    | 'top_up'
    | 'spend'
    | 'give_back'
    | 'cancel'
    | 'reissue'
    | 'split'
    | 'merge'
    | 'extend'
    | 'correct'
    | 'settle_refund'
    | 'expire'
    | 'derecognise'
    | 'reactivate'
    | 'next_month'
    | 'seal'
    | 'export';
  readonly which: number;
  readonly cents: number;
  readonly kind: number;
}

const step = fc.record({
  do: fc.constantFrom<Step['do'][]>(
    'sell',
    'sell',
    'top_up',
    'spend',
    'spend',
    'spend',
    'give_back',
    'give_back',
    'cancel',
    'reissue',
    'split',
    'merge',
    'extend',
    'correct',
    'correct',
    'settle_refund',
    'expire',
    'derecognise',
    'reactivate',
    'reactivate',
    'late_sale',
    'next_month',
    'next_month',
    'seal',
    'export',
  ),
  which: fc.nat(20),
  cents: fc.integer({ min: 1, max: 30_000 }),
  kind: fc.nat(3),
});

interface Entry {
  readonly voucher_id: number | string;
  readonly event: string;
  readonly credit_role: string;
  readonly cents: number | string;
  readonly posted_on: string;
  readonly event_on: string | null;
  readonly balance: number | string;
  readonly paid_on: string | null;
}

const RESIDUALS = ['keep', 'keep', 'forfeit', 'reissue', 'credit'] as const;
const VALUE_ROLES = new Set(['V_KAUF', 'V_VERR', 'V_CREDIT', 'MEMO_GOODWILL']);
const ADDING = new Set(['sale', 'issue', 'top_up', 'transfer_in', 'correction']);
const STEPS = 60;
const HISTORIES = 4;
const timeZone = 'Europe/Berlin';

describeOnBothDatabases('whatever happens to vouchers over the months', (database) => {
  const { sell, spend, giveBack } = historyOf(database);
  let month = '2026-01';
  let toClose = '2026-01';
  let names = 0;
  const bookings: CheckedBooking[] = [];
  const closedReports = new Map<string, string>();

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
    let day = 5;
    for (const one of steps) {
      // Time goes on: what is done later stands on no earlier day.
      const today = `${month}-${String(day).padStart(2, '0')}`;
      day = Math.min(day + 1, 28);
      const moment = at(today);
      const voucher = pick(vouchers, one.which);
      switch (one.do) {
        case 'sell':
        case 'late_sale': {
          const kinds = [
            { type: 'purchase' as const },
            { type: 'settlement' as const, funding: 'refund_conversion' as const },
            { type: 'settlement' as const, funding: 'goodwill' as const },
            { type: 'settlement' as const, funding: 'legal_claim' as const },
          ];
          const paidAt = one.do === 'sell' ? today : '2026-01-02';
          const residual = RESIDUALS[one.which % RESIDUALS.length] ?? 'keep';
          const bonus =
            one.kind === 0 && residual === 'keep' && one.cents % 3 > 0
              ? { issuePrice: Math.ceil((one.cents * 2) / 3) }
              : {};
          const validity = one.which % 3 === 0 ? { bookUntil: `${monthAfter(month)}-10` } : {};
          await allowed(
            sell(`V${++names}`, one.cents, today, { ...kinds[one.kind], paidAt, residual, validity, ...bonus }).then(
              ({ id, code }) => vouchers.push({ id, code }),
            ),
          );
          break;
        }
        case 'spend': {
          const id = voucher === undefined ? null : await spend([voucher.code], one.cents, `B-${++names}`, today);
          if (id !== null) redemptions.push(id);
          break;
        }
        case 'give_back': {
          const id = pick(redemptions, one.which);
          if (id !== undefined)
            await giveBack(id, one.kind === 0 ? null : Math.max(1, Math.floor(one.cents / 3)), today);
          break;
        }
        case 'top_up':
          if (voucher !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                topUpVoucher({ trx, actor: 'test', moment }, voucher.id, { amount: one.cents, method: 'cash' }),
              ),
            );
          break;
        case 'cancel':
          if (voucher !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                cancelVoucher({ trx, actor: 'test', moment }, voucher.id, { refund: one.kind > 1, reason: 'Test' }),
              ),
            );
          break;
        case 'reissue':
          if (voucher !== undefined) {
            await allowed(
              inTransaction(database(), async (trx) => {
                const made = await reissueVoucher({ trx, actor: 'test', moment }, voucher.id, 'verloren');
                vouchers.push({ id: made.id, code: made.code });
              }),
            );
          }
          break;
        case 'split':
          if (voucher !== undefined) {
            await allowed(
              inTransaction(database(), async (trx) => {
                const balance = (await readVoucher(trx, voucher.id, moment)).balance ?? 0;
                for (const part of await splitVoucher(
                  { trx, actor: 'test', moment },
                  voucher.id,
                  [1, balance - 1],
                  'geteilt',
                ))
                  vouchers.push({ id: part.id, code: part.code });
              }),
            );
          }
          break;
        case 'merge': {
          const other = pick(vouchers, one.which + 1);
          if (voucher === undefined || other === undefined) break;
          await allowed(
            inTransaction(database(), async (trx) => {
              const made = await mergeVouchers({ trx, actor: 'test', moment }, [voucher.id, other.id], 'zusammen');
              vouchers.push({ id: made.id, code: made.code });
            }),
          );
          break;
        }
        case 'extend':
          if (voucher !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                extendVoucher({ trx, actor: 'test', moment }, voucher.id, {
                  bookUntil: '2031-12-31',
                  reason: 'Kulanz',
                }),
              ),
            );
          break;
        case 'correct': {
          const change = one.which % 2 === 0 ? one.cents : -one.cents;
          const counter = one.kind > 1 ? ('TRANSIT' as const) : ('DEBITOR' as const);
          if (voucher !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                correctValue({ trx, actor: 'test', moment }, voucher.id, { change, counter, reason: 'vertippt' }),
              ),
            );
          break;
        }
        case 'settle_refund': {
          const filter = { state: 'open', way: null, isIncomplete: false, text: '', after: null, limit: 20 } as const;
          const task = pick((await refundPage(database().knex, filter)).items, one.which);
          if (task !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                payRefund({ trx, actor: 'test', moment }, task.id, task.way, { paidOn: today, reference: null }),
              ),
            );
          break;
        }
        case 'expire':
          for (const { id } of await expiredToRefund(database().knex, moment, '0', 5))
            await inTransaction(database(), (trx) => refundExpired({ trx, actor: 'test', moment }, id));
          break;
        case 'derecognise': {
          // As if the years had passed: the books are the same, whatever the law says of the day.
          const run = await proposeDerecognition(database(), { actor: 'user:1', moment }, '2099-01-01');
          if (run === null) break;
          if (one.kind > 1) {
            await rejectDerecognition(database(), { actor: 'user:2', moment }, run);
            break;
          }
          await acceptDerecognition(database(), { actor: 'user:2', moment }, run);
          const accepted = await derecognitionRun(database().knex, run);
          const day = await barredDay(database().knex, accepted.barredOn);
          for (const item of await derecognitionItems(database().knex, run, '0', 2))
            await inTransaction(database(), (trx) =>
              derecogniseItem({ trx, actor: 'user:2', moment }, accepted, item, day),
            );
          await inTransaction(database(), (trx) => endRun(trx, run));
          break;
        }
        case 'reactivate': {
          const id = pick(
            await database()
              .knex('vouchers')
              .whereNotNull('derecognised_at')
              .orderBy('id')
              .limit(20)
              .pluck<(number | string)[]>('id'),
            one.which,
          );
          if (id !== undefined)
            await allowed(
              inTransaction(database(), (trx) =>
                reactivateVoucher({ trx, actor: 'test', moment }, String(id), 'meldet sich'),
              ),
            );
          break;
        }
        case 'next_month': {
          const closing = month;
          month = monthAfter(month);
          day = 5;
          if (one.kind > 0) {
            for (; toClose <= closing; toClose = monthAfter(toClose)) {
              // Months before the first entry are not there to be closed.
              await allowed(
                closeMonth(database(), toClose, 'test', at(`${month}-03`)).then(async (closed) =>
                  closedReports.set(closed.month, await reportOf(closed.month)),
                ),
              );
            }
          }
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

  async function reportOf(reported: string): Promise<string> {
    return JSON.stringify(
      await liabilityReport(database().knex, { from: `${reported}-01`, on: lastDayOf(reported), knownUntil: null }),
    );
  }

  /** What accounting.md 5.6 asks of every voucher, booking and report. */
  async function expectInvariants(): Promise<void> {
    const { knex } = database();
    for (const [closed, report] of closedReports)
      expect(await reportOf(closed), `the report of ${closed} changed`).to.equal(report);
    for (const day of [`${month}-07`, `${month}-19`, `${month}-28`]) {
      const { checks } = await liabilityReport(knex, { from: `${month}-01`, on: day, knownUntil: null });
      for (const { check, expected, actual } of checks) expect(actual, `${check} on ${day}`).to.equal(expected);
    }
    const entries = await knex('ledger_entries as e')
      .join('vouchers as v', 'v.id', 'e.voucher_id')
      .select<Entry[]>(
        'e.voucher_id',
        'e.event',
        'e.credit_role',
        'e.cents',
        'e.posted_on',
        'e.event_on',
        'v.balance',
        'v.paid_on',
      );
    const added = new Map<string, number>();
    for (const {
      voucher_id: id,
      event,
      credit_role: credit,
      cents,
      posted_on: posted,
      event_on: happened,
      paid_on: paid,
    } of entries) {
      if (ADDING.has(event) && VALUE_ROLES.has(credit))
        added.set(String(id), (added.get(String(id)) ?? 0) + Number(cents));
      if (event === 'redemption')
        expect((happened ?? posted) >= (paid ?? '9999'), `voucher ${String(id)} redeemed before it was paid`).to.equal(
          true,
        );
    }
    for (const { voucher_id: id, balance } of entries)
      expect(Number(balance)).to.be.within(0, added.get(String(id)) ?? 0);
    const redeemed = await knex('redemptions as d')
      .join('redemption_lines as l', 'l.redemption_id', 'd.id')
      .groupBy('d.id', 'd.trip_price')
      .havingRaw('sum(l.applied) > d.trip_price')
      .select('d.id');
    expect(redeemed).to.deep.equal([]);
    const twice = await knex('reversal_lines as y')
      .join('redemption_lines as l', 'l.id', 'y.redemption_line_id')
      .groupBy('l.id', 'l.applied')
      .havingRaw('sum(y.amount) > l.applied')
      .select('l.id');
    expect(twice).to.deep.equal([]);
    const paidTwice = await knex('refunds').groupBy('voucher_id').havingRaw('count(*) > 1').select('voucher_id');
    expect(paidTwice).to.deep.equal([]);
  }

  async function expectSoundBooks(): Promise<void> {
    const { knex } = database();
    await expectInvariants();
    expect((await verifyEverything(knex, Date.now())).problem).to.equal(null);
    const { setup } = await currentSetup(knex);
    const all = await totals(knex, { from: null, to: null });
    const balances = balancesOf(setup, all);
    const sum = (pick: (one: (typeof balances)[number]) => number): number =>
      balances.reduce((total, one) => total + pick(one), 0);
    expect(sum((one) => one.debit)).to.equal(sum((one) => one.credit));
    const owed = liabilitiesOf(setup, all).reduce((total, one) => total + one.cents, 0);
    const open = await knex('vouchers as v')
      .join('voucher_rules as r', 'r.id', 'v.rules_id')
      .whereNot('r.funding', 'goodwill')
      .orWhereNull('r.funding')
      .sum({ cents: knex.raw('v.balance - v.bonus_balance') })
      .first<{ cents: number | string | null }>();
    const forfeited = all.reduce(
      (total, row) =>
        total + (row.creditRole === 'V_FORFEIT' ? row.cents : 0) - (row.debitRole === 'V_FORFEIT' ? row.cents : 0),
      0,
    );
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
    expect(
      await knex('ledger_entries as e').leftJoin('export_entries as x', 'x.entry_id', 'e.id').whereNull('x.entry_id'),
    ).to.deep.equal([]);
    const [counted] = await knex('export_entries').whereNull('skip_reason').count({ rows: '*' });
    expect(bookings.length).to.be.greaterThan(0);
    expect(bookings).to.have.length(Number(counted?.['rows']));
    // What the files say of an account is what the ledger says of it.
    const { setup } = await currentSetup(knex);
    const inFiles = (account: string): number =>
      bookings.reduce(
        (total, one) => total + (one.debit === account ? one.cents : 0) - (one.credit === account ? one.cents : 0),
        0,
      );
    const inLedger = balancesOf(setup, await totals(knex, { from: null, to: null }));
    for (const account of ['1796', '1604', '10000', '1360', '1000', '1200', '8700']) {
      const ledger = inLedger
        .filter((one) => one.account === account)
        .reduce((total, one) => total + one.debit - one.credit, 0);
      expect(inFiles(account), account).to.equal(ledger);
    }
  });
});
