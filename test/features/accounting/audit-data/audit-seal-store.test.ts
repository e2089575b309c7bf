import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { SEAL_SOURCES } from '../../../../src/features/accounting/audit-data/audit-seal-store.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

/** RFC 6962, section 2.1, as it stands there. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [first = Buffer.alloc(0)] = leaves;
  if (leaves.length === 1) return sha256(Buffer.from([0]), first);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

describeOnBothDatabases('seals for a tax auditor', (database) => {
  const { sell } = historyOf(database);
  const rowsOf = async (table: string, from: string, to: string) =>
    (await SEAL_SOURCES.find((one) => one.table === table)?.rows(database().knex, '0', { from, to }, 1000)) ?? [];

  it('can be built again from the leaves that come along', async () => {
    for (let day = 1; day <= 5; day += 1) await sell(`Mai ${day}`, 1000, `2026-05-0${day}`);
    await sealLedger(database(), 'test', 1);
    await sell('Juni', 2000, '2026-06-01');
    await sealLedger(database(), 'test', 2);
    const seals = (await rowsOf('siegel', '2026-05-01', '2026-05-31')).map(({ cells }) => cells);
    expect(seals).to.have.lengthOf(2);
    const leaves = (await rowsOf('siegel_eintrag', '2026-05-01', '2026-05-31')).map(({ cells }) => cells);
    expect(leaves.map(([, seal]) => Number(seal))).to.deep.equal([1, 1, 1, 1, 1]);
    expect(rootOf(leaves.map(([, , hash]) => Buffer.from(String(hash), 'hex'))).toString('hex')).to.equal(
      seals[0]?.[4],
    );
  });
});
