import { expect } from 'chai';
import { createVault } from '../../../../src/platform/secrets/vault.ts';
import { createLoginService } from '../../../../src/features/staff/login/login-service.ts';
import { bootstrapAdmin, createDemoLogin } from '../../../../src/features/staff/people/user-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const clock = systemClock('Europe/Berlin');

describeOnBothDatabases('staff', (database) => {
  it('gets its first administrator once; a second start leaves the password alone', async () => {
    expect(await bootstrapAdmin(database(), clock, 'Chefin@Example.org', 'the first password')).to.equal(true);
    expect(await bootstrapAdmin(database(), clock, 'chefin@example.org', 'the second password')).to.equal(false);
    const logins = createLoginService(database(), clock, createVault('a key of some length'));
    const login = (password: string) => logins.login({ email: 'chefin@example.org', password, address: '127.0.0.1' });
    expect(await login('the second password')).to.deep.equal({ ok: false, reason: 'wrong_credentials' });
    expect(await login('the first password')).to.have.nested.property('user.role', 'admin');
  });

  it('gets a demo login with a fresh password, told once', async () => {
    const demo = (await createDemoLogin(database(), clock)) as { email: string; password: string };
    expect(demo.password).to.match(/^[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}$/);
    expect(await createDemoLogin(database(), clock)).to.equal(null);
    const outcome = await createLoginService(database(), clock, createVault('a key of some length')).login({
      ...demo,
      address: '127.0.0.1',
    });
    expect(outcome.ok).to.equal(true);
  });
});
