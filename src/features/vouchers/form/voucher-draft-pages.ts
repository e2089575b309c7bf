import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { rulesFromBody, rulesToBody } from '../rules/rules-service.ts';
import { PRINT_POLICY } from '../printing/voucher-document-pages.ts';
import { draftPreview, type PrintedVoucher, type VoucherDocuments } from '../printing/voucher-document-service.ts';
import { newSubject, readForm, sentForm, storedSubject, type ReadForm } from './read-voucher-form.ts';
import { VOUCHERS_PATH } from '../list/voucher-list-pages.ts';
import { findVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

/** Stands in a preview where the code is not known yet, or not for everybody's eyes. */
const SAMPLE_CODE = 'MUSTERCODE234567';

/** The printed page beside the form, of what is typed in it and not saved yet. */
export function voucherDraftPages(shell: Shell & VoucherDocuments): Router {
  const { database, clock } = shell;
  const router = pageRouter();

  router.post(
    [`${VOUCHERS_PATH}/draft`, `${VOUCHERS_PATH}/:id/draft`],
    requires('vouchers.change'),
    async (req, res) => {
      const id = req.params['id'];
      const voucher = typeof id === 'string' ? await findVoucher(database, id, clock.moment()) : null;
      const subject = voucher === null ? await newSubject(database) : storedSubject(voucher);
      const sent = sentForm(req.body, voucher, res.locals.locale);
      const form = await readForm({ database, clock }, sent, subject, res.locals);
      const html = await draftPreview(
        shell,
        draftOf(form, voucher, may(res.locals.user, 'codes.see')),
        'a4',
        res.locals.locale,
      );
      res.set('Content-Security-Policy', PRINT_POLICY).set('X-Frame-Options', 'SAMEORIGIN').type('html').send(html);
    },
  );

  return router;
}

/** What cannot be read yet is left out, so that the rest is seen while somebody types. */
function draftOf(
  { body, errors, campaign: chosen, currency }: ReadForm,
  voucher: VoucherView | null,
  seesCodes: boolean,
): PrintedVoucher {
  const isWrong = (name: string): boolean => errors.some(({ path }) => path.startsWith(name));
  const campaign = voucher?.campaign == null ? chosen : null;
  const value = { ...body.value, ...(isWrong('tiers') ? { tiers: [] } : {}) };
  const rules =
    voucher?.campaign == null ? (campaign ?? rulesToBody(rulesFromBody({ ...body, value }, currency))) : voucher;
  const code = voucher === null ? (isWrong('code') ? null : body.code) : seesCodes ? voucher.code : null;
  const { name = null, email = null } = body.recipient ?? {};
  return { ...rules, currency, code: code ?? SAMPLE_CODE, recipient: { name, email } };
}
