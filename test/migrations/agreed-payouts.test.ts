import { expect } from 'chai';
import { up } from '../../migrations/331-agreed-payouts.ts';
import { migrateVouchers } from '../../src/features/vouchers/life/voucher-migration-service.ts';
import { rulesFromBody } from '../../src/features/vouchers/rules/rules-service.ts';
import { inTransaction } from '../../src/platform/data/db.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { apiClient } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

describeOnBothDatabases('payouts at the end that nobody agreed on', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('are taken back for vouchers that were taken over, and for what came of them, alone', async () => {
    const { knex } = database();
    const api = apiClient(server.url);
    const value = { originalValue: 10_000 };
    const body = {
      type: 'settlement',
      title: 'Umbuchung',
      funding: 'refund_conversion',
      refundOnExpiry: true,
    } as const;
    const own = (await api.post('/vouchers', { ...body, value, paidAt: '2026-01-02' })).body as { id: string };
    await inTransaction(database(), (trx) =>
      migrateVouchers(
        { trx, actor: 'system', moment: systemClock('Europe/Berlin').moment() },
        '1',
        ['ALT-1', 'ALT-2', 'ALT-3'].map((code) => ({
          code,
          rules: rulesFromBody(
            { ...body, value, ...(code === 'ALT-3' ? { funding: 'legal_claim' as const } : {}) },
            'EUR',
          ),
          paidOn: '2026-01-02',
          rest: 10_000,
          recipient: null,
          note: null,
          campaign: null,
        })),
      ),
    );
    const taken = async (code: string): Promise<{ id: string; refundOnExpiry: boolean }> =>
      (await api.get(`/vouchers/by-code/${code}`)).body as { id: string; refundOnExpiry: boolean };
    const { items } = (
      await api.post(`/vouchers/${(await taken('ALT-2')).id}/splits`, { parts: [4000, 6000], reason: 'zwei' })
    ).body as { items: { id: string }[] };
    const agreed = async (id: string): Promise<boolean> =>
      ((await api.get(`/vouchers/${id}`)).body as { refundOnExpiry: boolean }).refundOnExpiry;
    expect(await Promise.all(items.map(({ id }) => agreed(id)))).to.deep.equal([true, true]);
    await knex.transaction((trx) => up(trx));
    expect((await taken('ALT-1')).refundOnExpiry).to.equal(false);
    expect(await Promise.all(items.map(({ id }) => agreed(id)))).to.deep.equal([false, false]);
    expect((await taken('ALT-3')).refundOnExpiry).to.equal(true);
    expect(await agreed(own.id)).to.equal(true);
  });
});
