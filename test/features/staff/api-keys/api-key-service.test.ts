import { expect } from 'chai';
import { createApiKeyService, type ApiKeyService } from '../../../../src/features/staff/api-keys/api-key-service.ts';
import { hashToken } from '../../../../src/platform/secrets/tokens.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('API keys', (database) => {
  const clock = {
    time: Date.UTC(2026, 10, 23, 9),
    day: '2026-11-23',
    now: () => clock.time,
    today: () => clock.day,
    moment: () => ({ now: clock.time, today: clock.day }),
    startOfDay: () => 0,
    endOfDay: () => 0,
  };
  const NEW_KEY = { name: 'Test', channel: 'counter', rights: ['manage'], origins: ['https://a.example'] } as const;
  let keys: ApiKeyService;
  before(() => {
    keys = createApiKeyService(database(), clock);
  });

  it('are known by their token, with channel, rights and origins', async () => {
    const { key, token } = await keys.create(NEW_KEY, 'user:1');
    expect(await keys.authenticate(token)).to.deep.equal({
      id: key.id,
      ...NEW_KEY,
      channels: ['counter'],
      owner: { clientId: String(key.clientId), circle: '0' },
    });
    for (const wrong of ['', `${token}x`, token.slice(1), 'x'.repeat(100_000)])
      expect(await keys.authenticate(wrong)).to.equal(null);
  });

  it('say on which day they were last used, written once a day', async () => {
    const { key, token } = await keys.create(NEW_KEY, 'user:1');
    expect((await keys.find(key.id)).lastUsedOn).to.equal(null);
    await keys.authenticate(token);
    expect((await keys.find(key.id)).lastUsedOn).to.equal('2026-11-23');
    clock.time += 86_400_000;
    clock.day = '2026-11-24';
    await keys.authenticate(token);
    expect((await keys.find(key.id)).lastUsedOn).to.equal('2026-11-24');
  });

  it('are refused at once where they were revoked, and within five seconds in another process', async () => {
    const { key, token } = await keys.create(NEW_KEY, 'user:1');
    const otherProcess = createApiKeyService(database(), clock);
    await keys.authenticate(token);
    await otherProcess.authenticate(token);
    await keys.revoke(key.id, 'user:1');
    expect(await keys.authenticate(token)).to.equal(null);
    expect(await otherProcess.authenticate(token)).not.to.equal(null);
    clock.time += 5000;
    expect(await otherProcess.authenticate(token)).to.equal(null);
  });

  it('are renewed for the same client, and the old one is good to the end of the day that was named', async () => {
    const old = await keys.create(NEW_KEY, 'user:1');
    const { key, token } = await keys.roll(old.key.id, '2026-11-26', 'user:1');
    expect([key.clientId, key.endsOn]).to.deep.equal([old.key.clientId, null]);
    const ownerOf = async (of: string): Promise<unknown> => (await keys.authenticate(of))?.owner;
    expect(await ownerOf(token)).to.deep.equal(await ownerOf(old.token));
    clock.day = '2026-11-26';
    clock.time += 2 * 86_400_000;
    expect(await ownerOf(old.token)).not.to.equal(undefined);
    clock.day = '2026-11-27';
    clock.time += 86_400_000;
    expect(await ownerOf(old.token)).to.equal(undefined);
    expect(await ownerOf(token)).not.to.equal(undefined);
    for (const [id, endsOn, code] of [
      [key.id, '2026-11-26', 'rule_broken'],
      [key.id, '2099-01-01', 'rule_broken'],
      [old.key.id, '2026-11-30', 'conflict'],
    ] as const) {
      const refusal = await keys.roll(id, endsOn, 'user:1').catch((error: unknown) => error);
      expect(refusal).to.include({ code });
    }
  });

  it('of the environment are made once, also by two processes at the same time', async () => {
    await Promise.all([
      keys.bootstrap('the key of the environment'),
      createApiKeyService(database(), clock).bootstrap('the key of the environment'),
    ]);
    await keys.bootstrap('the key of the environment');
    expect(
      await database()
        .knex('api_keys')
        .where({ token_hash: hashToken('the key of the environment') }),
    ).to.have.length(1);
    expect(await keys.authenticate('the key of the environment')).to.deep.include({
      channels: ['web', 'counter', 'partner'],
      rights: ['booking', 'manage', 'read', 'all'],
      origins: [],
    });
  });
});
