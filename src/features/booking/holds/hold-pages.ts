import type { Request, Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { idOrNull, parameterOf, markInvalid, actorOf, LENGTHS, textOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { readCampaign } from '../../campaigns/record/campaign-service.ts';
import { findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import { campaignChoice } from '../../vouchers/list/campaign-filter-view.ts';
import {
  heldLines,
  heldOfCampaign,
  heldPage,
  lockAndRelease,
  MAX_RELEASED_AT_ONCE,
  releaseCampaign,
  releaseLines,
  type HeldCode,
  type HeldLine,
} from './hold-release-service.ts';
import { momentOfPages } from '../redemptions/redemption-view.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/holds';
const ROWS = 50;

/** Which code is held by which unfinished booking, and how to free it. */
export function holdPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();
  router.use(PATH, requires('holds.see'));

  router.get(PATH, showHolds);

  router.get(`${PATH}/release`, requires('holds.release'), async (req, res) => {
    await ask(res, wantedOf(req.query), '', []);
  });

  router.post(`${PATH}/release`, requires('holds.release'), release);

  return router;

  function done(req: Request, res: Response, text: string): void {
    addFlash(req, { kind: 'success', text });
    res.redirect(303, PATH);
  }

  async function ask(res: Response, wanted: Wanted, reason: string, errors: readonly FormError[]): Promise<void> {
    const { t } = res.locals;
    const { now } = momentOfPages(pages);
    const campaign = wanted.campaignId === null ? null : await readCampaign(database.knex, wanted.campaignId);
    const rows = campaign === null ? await heldLines(database, wanted.lines, now) : [];
    const ofCampaign =
      campaign === null
        ? null
        : { ...(await heldOfCampaign(database, campaign.id, now)), title: campaign.title, currency: campaign.currency };
    markInvalid(res, errors);
    renderPage(res, 'booking/holds/hold-release', {
      title: t('holds:release_title'),
      breadcrumbs: [{ href: PATH, text: t('holds:title') }],
      path: PATH,
      form: formView({ reason }, errors),
      rows: rows.map((row) => shownRow(row, now, res)),
      totals: totalsOf(rows)
        .map(({ currency, amount }) => formatMoney(amount, currency, res.locals.locale))
        .join(', '),
      bookings: new Set(rows.map(({ holdId }) => holdId)).size,
      campaign: ofCampaign,
      campaignId: wanted.campaignId,
      isJob: ofCampaign !== null && ofCampaign.codes > MAX_RELEASED_AT_ONCE,
      isEmpty: ofCampaign === null ? rows.length === 0 : ofCampaign.codes === 0,
    });
  }

  function shownRow(row: HeldCode, now: number, res: Response) {
    const minutes = Math.max(1, Math.ceil((row.expiresAt - now) / 60_000));
    return {
      ...row,
      line: `${row.holdId}-${row.voucherId}`,
      codeText: shownCode(res.locals.user, row.code),
      voucherHref: `/admin/vouchers/${row.voucherId}`,
      campaignHref: row.campaignId === null ? '' : `${PATH}?campaign=${row.campaignId}`,
      releaseHref: `${PATH}/release?line=${row.holdId}-${row.voucherId}`,
      minutesText: res.locals.t('holds:minutes', { count: minutes }),
    };
  }

  async function showHolds(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const moment = momentOfPages(pages);
    const choice = await campaignChoice(database, parameterOf(req, 'campaign', 220), res);
    const typed = {
      code: parameterOf(req, 'code'),
      reference: parameterOf(req, 'reference', 128),
      campaign: choice.text,
    };
    const errors: FormError[] = choice.error === null ? [] : [choice.error];
    markInvalid(res, errors);
    const voucher = typed.code === '' ? null : await findVoucherByCode(database, typed.code, moment);
    const filter = {
      // No voucher has the id 0: an unknown code is held by nobody.
      voucherId: typed.code === '' ? null : (voucher?.id ?? '0'),
      reference: typed.reference === '' ? null : typed.reference,
      campaignId: choice.id,
      now: moment.now,
      after: readPlace(parameterOf(req, 'cursor')),
      limit: ROWS,
    };
    const { items: rows, nextCursor } =
      errors.length > 0 ? { items: [], nextCursor: null } : await heldPage(database, filter);
    const ofCampaign =
      choice.id !== null && rows.length > 0 ? await heldOfCampaign(database, choice.id, moment.now) : null;
    renderPage(res, 'booking/holds/holds', {
      title: t('holds:title'),
      form: formView(typed, errors),
      offeredCampaigns: choice.offered,
      path: PATH,
      rows: rows.map((row) => shownRow(row, moment.now, res)),
      isFiltered: Object.values(typed).some((value) => value !== ''),
      mayRelease: may(res.locals.user, 'holds.release'),
      campaignRelease:
        ofCampaign === null ? null : { ...ofCampaign, href: `${PATH}/release?campaign=${choice.id ?? ''}` },
      first: filter.after === null ? '' : urlOf(typed, ''),
      next: nextCursor === null ? '' : urlOf(typed, nextCursor),
    });
  }

  async function release(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const moment = momentOfPages(pages);
    const wanted = wantedOf(req.body);
    const body = req.body as Record<string, unknown>;
    const reason = textOf(body['reason'], LENGTHS.reason);
    if (reason === '') return ask(res, wanted, reason, [{ path: 'reason', message: t('holds:reason_missing') }]);
    if (wanted.campaignId !== null) {
      const id = await releaseCampaign(database, wanted.campaignId, reason, actorOf(res), moment);
      return answerWithJob({ req, res }, database, id, {
        refusedAt: PATH,
        done(result) {
          const { released: count } = result as { readonly released: number };
          return { href: PATH, flashes: [{ kind: 'success', text: t('holds:released', { count }) }] };
        },
      });
    }
    const isLock = textOf(body['do']) === 'lock';
    const count = await (isLock ? lockAndRelease : releaseLines)(database, wanted.lines, reason, actorOf(res), moment);
    done(req, res, t(isLock ? 'holds:locked' : 'holds:released', { count }));
  }
}

interface Wanted {
  readonly lines: readonly HeldLine[];
  readonly campaignId: string | null;
}

function wantedOf(source: unknown): Wanted {
  const sent = (typeof source === 'object' && source !== null ? source : {}) as Record<string, unknown>;
  const campaign = textOf(sent['campaign']);
  const lines = [sent['line']]
    .flat()
    .slice(0, MAX_RELEASED_AT_ONCE)
    .flatMap((value) => {
      const [, holdId, voucherId] = /^(\d{1,18})-(\d{1,18})$/.exec(textOf(value)) ?? [];
      return holdId === undefined || voucherId === undefined ? [] : [{ holdId, voucherId }];
    });
  return { lines, campaignId: idOrNull(campaign) };
}

function totalsOf(rows: readonly HeldCode[]): { currency: string; amount: number }[] {
  const totals = new Map<string, number>();
  for (const { currency, amount } of rows) totals.set(currency, (totals.get(currency) ?? 0) + amount);
  return [...totals].map(([currency, amount]) => ({ currency, amount }));
}

function readPlace(cursor: string): { expiresAt: number; holdId: string; voucherId: string } | null {
  const [, expiresAt, holdId, voucherId] = /^(\d{1,15})-(\d{1,18})-(\d{1,18})$/.exec(cursor) ?? [];
  return expiresAt === undefined || holdId === undefined || voucherId === undefined
    ? null
    : { expiresAt: Number(expiresAt), holdId, voucherId };
}

function urlOf(typed: Readonly<Record<string, string>>, cursor: string): string {
  return `${PATH}?${new URLSearchParams(Object.entries({ ...typed, cursor }).filter(([, value]) => value !== '')).toString()}`;
}
