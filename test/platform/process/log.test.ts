import { expect } from 'chai';
import { createLog, describeError, maskCode, maskUrl } from '../../../src/platform/process/log.ts';

describe('the log', () => {
  it('shows of a code its last four characters', () => {
    expect(maskCode('SOMMER-7K2M')).to.equal('…7K2M');
    expect(maskCode('7K2M')).to.equal('…');
  });

  it('masks codes in addresses', () => {
    expect(maskUrl('/api/v1/balances/KAUF-7K2M')).to.equal('/api/v1/balances/…7K2M');
    expect(maskUrl('/api/v1/vouchers/by-code/SOMMER10?x=1')).to.equal('/api/v1/vouchers/by-code/…ER10?x=1');
    expect(maskUrl('/admin/vouchers?type=deal&q=KAUF%2D7K2M&code=ABCDE')).to.equal(
      '/admin/vouchers?type=deal&q=…7K2M&code=…DE',
    );
    expect(maskUrl('/?code=%E0%A4%A')).to.equal('/?code=…A4%A');
  });

  it('says of a database error its code and table, never a value', () => {
    const error = Object.assign(new Error("insert into `vouchers` (`code`) values ('SECRET-7K2M') - Duplicate entry"), {
      code: 'ER_DUP_ENTRY',
      sql: "insert into `vouchers` (`code`) values ('SECRET-7K2M')",
    });
    expect(describeError(error)).to.include({ code: 'ER_DUP_ENTRY', table: 'vouchers' });
    expect(JSON.stringify(describeError(error))).not.to.include('SECRET');
  });

  it('says what went wrong elsewhere, and why', () => {
    const error = new Error('the outer thing', { cause: new TypeError('the inner thing') });
    expect(describeError(error)).to.deep.include({ type: 'Error', message: 'the outer thing' });
    expect(JSON.stringify(describeError(error))).to.include('the inner thing');
  });

  it('never writes secrets', () => {
    let written = '';
    const log = createLog('info', { write: (line) => (written += line) });
    log.info({ password: 'hush', caller: { token: 'hush', authorization: 'hush' }, codes: ['hush'] }, 'told');
    expect(written).to.include('"level":"info"').and.include('told');
    expect(written).not.to.include('hush');
  });
});
