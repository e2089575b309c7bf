import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { idOf, LENGTHS, fieldOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { listUrl, readFilter, VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { forgetList, MAX_SAVED_LISTS, MAX_SAVED_NAME, saveList } from './voucher-saved-list-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

/** Lists a person keeps under a name. */
export function voucherSavedListPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.post(`${VOUCHERS_PATH}/views`, requires('vouchers.see'), async (req, res) => {
    const { t, user } = res.locals;
    const name = fieldOf(req, 'name', MAX_SAVED_NAME);
    const list = listUrl(readFilter(Object.fromEntries(new URLSearchParams(fieldOf(req, 'query', LENGTHS.text)))));
    const isSaved =
      name !== '' && user !== null && (await saveList(database, user.id, name, list.split('?')[1] ?? '', clock.now()));
    const text = isSaved
      ? t('vouchers:views.saved', { name })
      : name === ''
        ? t('vouchers:views.name_missing')
        : t('vouchers:views.too_many', { most: MAX_SAVED_LISTS });
    addFlash(req, { kind: isSaved ? 'success' : 'danger', text });
    res.redirect(303, list);
  });

  router.post(`${VOUCHERS_PATH}/views/:id/delete`, requires('vouchers.see'), async (req, res) => {
    const { t, user } = res.locals;
    await forgetList(database, user?.id ?? 0, idOf(req));
    addFlash(req, { kind: 'success', text: t('vouchers:views.deleted') });
    res.redirect(303, VOUCHERS_PATH);
  });

  return router;
}
