import type { Request, Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { isId } from '../../../platform/data/id.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { formView } from '../../../platform/html/form-view.ts';
import { actorOf, fieldOf, idOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { readCampaign, type CampaignView } from '../record/campaign-service.ts';
import { asVoucher } from './campaign-form.ts';
import { CAMPAIGNS_PATH, crumbsOfCodes } from './campaign-tabs-view.ts';
import { joinCampaign, leaveCampaign, requireJoinable } from '../../vouchers/life/voucher-campaign-service.ts';
import { namesIn, summaryOf as summaryOfRules } from '../../vouchers/form/read-voucher-form.ts';
import { momentOf } from '../../vouchers/list/voucher-list-pages.ts';
import { findVoucher, findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import type { VoucherSummary } from '../../vouchers/form/voucher-summary-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${CAMPAIGNS_PATH}/:id/codes/membership`;

/** Takes a voucher into a campaign or out of it, after telling what that changes. */
export function campaignMemberPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();

  router.post(PATH, requires('vouchers.change'), async (req, res) => {
    const { t } = res.locals;
    const campaign = await readCampaign(database.knex, idOf(req));
    const leaving = fieldOf(req, 'leave');
    const voucher = isId(leaving)
      ? await findVoucher(database, leaving, momentOf(pages))
      : await findVoucherByCode(database, fieldOf(req, 'code'), momentOf(pages));
    if (voucher === null)
      return refused(req, res, campaign, t('campaigns:codes.unknown', { code: fieldOf(req, 'code') }));
    const isLeaving = leaving !== '';
    try {
      if (fieldOf(req, 'do') !== 'confirm') {
        if (!isLeaving)
          await inTransaction(database, (trx) => requireJoinable(trx, voucher.id, campaign.id, momentOf(pages)));
        return await ask(res, campaign, voucher, isLeaving);
      }
      await inTransaction(database, (trx) =>
        (isLeaving ? leaveCampaign : joinCampaign)(
          { trx, actor: actorOf(res), moment: momentOf(pages) },
          voucher.id,
          campaign.id,
        ),
      );
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const [field] = error.details.fields ?? [];
      return refused(
        req,
        res,
        campaign,
        field === undefined ? errorSentence(error.code, res.locals.t) : fieldSentence(field, res.locals.t),
      );
    }
    addFlash(req, { kind: 'success', text: t(isLeaving ? 'campaigns:codes.left' : 'campaigns:codes.joined') });
    res.redirect(303, isLeaving ? `/admin/vouchers/${voucher.id}` : `${CAMPAIGNS_PATH}/${campaign.id}/codes`);
  });

  return router;

  async function ask(res: Response, campaign: CampaignView, voucher: VoucherView, isLeaving: boolean): Promise<void> {
    const { t, locale, user } = res.locals;
    const code = shownCode(user, voucher.code);
    const balance = voucher.balance === null ? null : formatMoney(voucher.balance, voucher.currency, locale);
    const lines = [
      ...(balance === null ? [] : [t('campaigns:member.keeps_value', { balance })]),
      t('campaigns:member.keeps_uses', { count: voucher.uses }),
      ...(isLeaving
        ? [t('campaigns:member.leaves_rules')]
        : [
            t('campaigns:member.takes_rules'),
            ...(campaign.budget === null ? [] : [t('campaigns:member.takes_budget')]),
          ]),
      ...(campaign.active ? [] : [t(isLeaving ? 'campaigns:member.stays_locked' : 'campaigns:member.stops')]),
    ];
    renderPage(res, 'campaigns/member', {
      title: t(isLeaving ? 'campaigns:member.leave_title' : 'campaigns:member.join_title', { code }),
      breadcrumbs: crumbsOfCodes(campaign, res.locals),
      action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/membership`,
      back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
      isLeaving,
      voucher: { id: voucher.id, code: voucher.code, href: `/admin/vouchers/${voucher.id}`, shown: code },
      lines,
      before: isLeaving ? null : { title: voucher.title, ...(await summaryOf(res, voucher)) },
      after: { title: campaign.title, ...(await summaryOf(res, asVoucher(campaign))) },
    });
  }

  async function summaryOf(res: Response, voucher: VoucherView): Promise<VoucherSummary> {
    const nameOf = await namesIn(database, voucher);
    return summaryOfRules(pages, voucher, { currency: voucher.currency, paidAt: voucher.paidAt, nameOf }, res.locals);
  }

  function refused(req: Request, res: Response, campaign: CampaignView, message: string): void {
    const { t } = res.locals;
    res.status(422);
    renderPage(res, 'campaigns/member-refused', {
      title: t('campaigns:codes.join'),
      breadcrumbs: crumbsOfCodes(campaign, res.locals),
      action: `${CAMPAIGNS_PATH}/${campaign.id}/codes/membership`,
      back: `${CAMPAIGNS_PATH}/${campaign.id}/codes`,
      form: formView({ code: fieldOf(req, 'code') }, [{ path: 'code', message }]),
    });
  }
}
