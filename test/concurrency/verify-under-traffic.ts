import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { closeMonth } from '../../src/features/accounting/closing/period-service.ts';
import { verifyAndRecord, verifyEverything } from '../../src/features/accounting/proof/proof-service.ts';
import { inSnapshot } from '../../src/platform/data/snapshot.ts';
import { fixedClock } from '../../src/platform/process/clock.ts';
import { apiClient, bookingOf } from '../support/api-client.ts';
import type { TestDatabase } from '../support/databases.ts';
import { startTestServer } from '../support/http.ts';

interface Traffic {
  readonly vouchers: number;
  readonly checks: number;
  readonly redeemers: number;
  /** After each redemption of one of them: 100 ms for eight of them are at most 80 a second. */
  readonly pauseMs?: number;
}

/** Checks the books again and again, and closes a month, while vouchers are redeemed and given back without a pause. */
export async function expectSoundUnderTraffic(
  database: TestDatabase,
  { vouchers, checks, redeemers, pauseMs = 0 }: Traffic,
): Promise<{ readonly redeemed: number; readonly milliseconds: number }> {
  const clock = fixedClock('2026-07-05T10:00:00Z');
  const server = await startTestServer({ database, clock });
  const api = apiClient(server.url);
  const codes: string[] = [];
  for (let index = 0; index < vouchers; index += 1) {
    const sold = {
      type: 'purchase',
      title: `Karte ${index}`,
      paidAt: '2026-06-10',
      value: { originalValue: 1_000_000 },
    };
    codes.push((await api.post('/vouchers', sold)).body.code as string);
  }
  let isOver = false;
  let redeemed = 0;
  const redeem = async (lane: number): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const code = codes[(lane + turn * redeemers) % codes.length] ?? '';
      const body = { booking: bookingOf(500), codes: [code], bookingNumber: `V-${lane}-${turn}` };
      const answer = await api.post('/redemptions', body);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      redeemed += 1;
      await sleep(pauseMs);
      if (turn % 5 === 0) await api.post(`/redemptions/${answer.body.id as string}/reversals`, { reason: 'Storno' });
    }
  };
  const lanes = Array.from({ length: redeemers }, (_unused, lane) => redeem(lane));
  const begun = performance.now();
  try {
    const found: unknown[] = [];
    for (let check = 0; check < 20 * checks && (check < checks || redeemed < checks); check += 1) {
      // Each fifth one is kept and sealed, as a person's is.
      const { problem } =
        check % 5 === 0
          ? await verifyAndRecord(database, 'test', clock.now())
          : await inSnapshot(database, (connection) => verifyEverything(connection, clock.now()));
      found.push(problem);
    }
    expect(found.filter((problem) => problem !== null)).to.deep.equal([]);
    expect(await closeMonth(database, '2026-06', 'test', clock.moment())).to.deep.include({ month: '2026-06' });
  } finally {
    isOver = true;
    await Promise.all(lanes);
    await server.close();
  }
  expect((await verifyAndRecord(database, 'test', clock.now())).problem).to.equal(null);
  return { redeemed, milliseconds: performance.now() - begun };
}
