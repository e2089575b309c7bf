import { expect } from 'chai';
import {
  findDoubleProofs,
  findTellings,
  findToldSeals,
  readLastSealedAudit,
} from '../../../../src/features/accounting/records/telling-store.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { isProven, writeAudit } from '../../../../src/platform/data/audit.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('entries of the audit log', (database) => {
  const ENTRY = { recordedAt: 5, actor: 'test', action: 'order.change', entity: 'order', entityId: '7', changes: {} };

  it('are proven each by a number used once, so that a copy is told', async () => {
    const { knex } = database();
    await inTransaction(database(), (trx) => writeAudit(trx, [ENTRY, ENTRY]));
    const rows = await knex('audit_log').select<Record<string, unknown>[]>();
    expect(rows.map(isProven)).to.deep.equal([true, true]);
    expect(rows[0]?.['proof']).not.to.equal(rows[1]?.['proof']);
    expect(isProven({ ...rows[0], actor: 'user:1' })).to.equal(false);
    expect(isProven({ ...rows[0], proof: null })).to.equal(false);
    expect(await findDoubleProofs(knex, [5])).to.deep.equal([]);
    await knex('audit_log').insert({ ...rows[0], id: 1000 });
    expect(await findDoubleProofs(knex, [5])).to.deep.equal([rows[0]?.['proof']]);
  });

  it('are found by entity, action and id, and told from those already sealed', async () => {
    const { knex } = database();
    const of = (ids: readonly string[] | null, action: string | null = null) =>
      findTellings(knex, { entity: 'order', action, ids }, 0, 10);
    expect((await of(['7'])).length).to.equal(3);
    expect(await of(['8'])).to.deep.equal([]);
    expect(await of(null, 'order.cancel')).to.deep.equal([]);
    expect(await readLastSealedAudit(knex)).to.equal(0);
    await sealRecords(database(), 'test', 1);
    expect(await readLastSealedAudit(knex)).to.equal(1000);
    expect(await findToldSeals(knex)).to.deep.equal([1]);
  });
});
