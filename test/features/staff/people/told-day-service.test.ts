import { expect } from 'chai';
import { requirePaidDay, requireToldDay } from '../../../../src/features/staff/people/told-day-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { AppError } from '../../../../src/platform/process/errors.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const MOMENT = { now: Date.parse('2026-07-03T12:00:00Z'), today: '2026-07-03' };

describeOnBothDatabases('a day of payment that somebody tells', (database) => {
  const ids = new Map<string, string>();

  before(async () => {
    for (const role of ['admin', 'agent', 'accountant', 'auditor']) {
      const [id] = await database()
        .knex('users')
        .insert({
          ...{ name: role, email: `${role}@example.org`, role, password_hash: 'x', is_active: true, is_invited: false },
          created_at: 1,
        });
      ids.set(role, `user:${String(id)}`);
    }
    await database().knex('accounting_books').where({ id: 1 }).update({ open_from: '2026-07-01' });
  });

  const told = (who: string, day: string): Promise<string> =>
    inTransaction(database(), (trx) =>
      requireToldDay({ trx, actor: ids.get(who) ?? who, moment: MOMENT }, day, 'paidOn'),
    ).then(
      () => 'taken',
      (error: unknown) => (error instanceof AppError ? String(error.details.fields?.[0]?.code) : String(error)),
    );

  it('lies in the open days for everybody', async () => {
    for (const who of ['admin', 'agent', 'key:1', 'webhook'])
      expect([await told(who, '2026-07-01'), await told(who, '2026-07-03')], who).to.deep.equal(['taken', 'taken']);
  });

  it('may be an earlier one for whoever has the right, and for a provider that has seen it', async () => {
    for (const who of ['admin', 'accountant', 'webhook']) expect(await told(who, '2026-06-30'), who).to.equal('taken');
    for (const who of ['agent', 'auditor', 'key:1', 'user:999', 'hold:1'])
      expect(await told(who, '2026-06-30'), who).to.equal('day_before_open');
  });

  it('is nobody’s where it is to come or long ago', async () => {
    for (const who of ['admin', 'accountant', 'agent', 'key:1', 'webhook'])
      expect(
        [await told(who, '2062-07-01'), await told(who, '2026-07-04'), await told(who, '1900-01-01')],
        who,
      ).to.deep.equal(['day_to_come', 'day_to_come', 'day_too_old']);
  });

  it('may be any day of the past where nothing is posted', async () => {
    const of = (day: string, isPosted: boolean): Promise<void> =>
      inTransaction(database(), (trx) => requirePaidDay({ trx, actor: 'key:1', moment: MOMENT }, day, isPosted));
    await of('1999-01-01', false);
    for (const [day, isPosted] of [
      ['2026-07-04', false],
      ['2026-06-30', true],
    ] as const)
      expect(await of(day, isPosted).catch((error: unknown) => (error as AppError).code)).to.equal('rule_broken');
  });
});
