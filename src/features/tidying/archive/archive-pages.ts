import type { Router } from 'express';
import type { Permission } from '../../../core/access.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf, actorOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { restoreFromArchive, type Archived } from './archive-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATHS: readonly (readonly [string, Archived, Permission])[] = [
  ['/admin/campaigns', 'campaign', 'campaigns.change'],
  ['/admin/vouchers', 'voucher', 'vouchers.change'],
];

/** The way back out of the archive, from the page of what lies in it. */
export function archivePages({ database, clock }: Shell): Router {
  const router = pageRouter();
  for (const [path, what, permission] of PATHS) {
    router.post(`${path}/:id/restoration`, requires(permission), async (req, res) => {
      const id = idOf(req);
      if (await restoreFromArchive(database, what, id, actorOf(res), clock.now()))
        addFlash(req, { kind: 'success', text: res.locals.t(`tidying:restored.${what}`) });
      res.redirect(303, `${path}/${id}`);
    });
  }
  return router;
}
