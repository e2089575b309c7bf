import type { Shell } from '../../../platform/process/feature.ts';
import type { ApiKeyService } from '../api-keys/api-key-service.ts';
import { sealPlainFactors } from '../login/factor-service.ts';
import { bootstrapAdmin } from './user-service.ts';

/** At the start of a process: the secrets of second factors, the first administrator and the first API key. */
export async function bootstrapStaff({
  config,
  database,
  clock,
  log,
  vault,
  apiKeys,
}: Shell & { readonly apiKeys: ApiKeyService }): Promise<void> {
  const closed = await sealPlainFactors(database, vault);
  if (closed > 0)
    log.warn(
      { people: closed },
      'the key of the second factors does not fit: these people sign in with a recovery code and set up their factor anew',
    );
  const { bootstrapAdmin: admin, bootstrapApiKey } = config;
  if (admin !== null) await bootstrapAdmin(database, clock, admin.email, admin.password);
  if (bootstrapApiKey !== null) await apiKeys.bootstrap(bootstrapApiKey);
}
