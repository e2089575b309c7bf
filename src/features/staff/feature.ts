import type { RequestHandler } from 'express';
import type { Feature, Shell } from '../../platform/process/feature.ts';
import { jobRoutes } from '../../platform/jobs/job-api.ts';
import { jobFileExpiry } from '../../platform/jobs/job-file-expiry.ts';
import type { MailRoom } from '../documents/mail/mail-service.ts';
import { apiKeyPages } from './api-keys/api-key-pages.ts';
import { createApiKeyService, type ApiKeyService } from './api-keys/api-key-service.ts';
import { auditPages } from './audit/audit-pages.ts';
import { jobPages } from './jobs/job-pages.ts';
import { accountGate, loadUser, loginPages } from './login/login-pages.ts';
import { createLoginService } from './login/login-service.ts';
import { createAccountService } from './people/account-service.ts';
import { passwordPages } from './people/password-pages.ts';
import { permissionPages } from './people/permission-pages.ts';
import { profilePages } from './people/profile-pages.ts';
import { bootstrapStaff } from './people/bootstrap-service.ts';
import { userPages } from './people/user-pages.ts';

export { createDemoLogin, namesOfActors } from './people/user-service.ts';

export interface StaffFeature extends Feature {
  readonly apiKeys: ApiKeyService;
  /** Who is signed in, for every page. */
  readonly loadUser: RequestHandler;
}

/** People and API keys, what they did, and the jobs they started. */
export function staffFeature(shell: Shell & { readonly mails: MailRoom }): StaffFeature {
  const apiKeys = createApiKeyService(shell.database, shell.clock);
  const logins = createLoginService(shell.database, shell.clock, shell.vault);
  const parts = { ...shell, apiKeys, logins, accounts: createAccountService(shell) };
  return {
    apiKeys,
    loadUser: loadUser(logins),
    gates: [accountGate(logins)],
    pages: [
      loginPages(parts),
      passwordPages(parts),
      profilePages(parts),
      permissionPages(),
      userPages(parts),
      apiKeyPages(parts),
      auditPages(shell),
      jobPages(shell),
    ],
    api: jobRoutes(shell),
    scheduled: [jobFileExpiry(shell)],
    bootstrap: () => bootstrapStaff(parts),
  };
}
