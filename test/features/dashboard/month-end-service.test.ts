import { expect } from 'chai';
import { MONTH_END_STEPS, monthEnd } from '../../../src/features/dashboard/month-end-service.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('what is left at the end of a month', (database) => {
  it('is nothing where nothing happened, and there is no list of a month of before', async () => {
    const found = await monthEnd(database(), '2026-02', '2026-02-05');
    expect(found?.isClosed).to.equal(false);
    for (const step of MONTH_END_STEPS) expect(found?.counts[step], step).to.equal(0);
    expect(await monthEnd(database(), '2025-12', '2026-02-05')).to.equal(null);
  });
});
