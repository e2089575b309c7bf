import type { Request, Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { FEE_BEARERS } from '../../../core/engine/reversal-plan.ts';
import { idOf, actorOf, LENGTHS, markInvalid } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney, moneyInput } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { reversalSettings } from '../../settings/reversal-settings-service.ts';
import { readRedemption, type Redemption } from '../redemptions/redemption-service.ts';
import { momentOfPages, REDEMPTIONS_PATH, travellerText } from '../redemptions/redemption-view.ts';
import { MODES, parseWish, typedReversal, type TypedReversal } from './reversal-form.ts';
import {
  isBlocked,
  previewReversal,
  reversibleParts,
  type ReversalPreview,
  type ReversiblePart,
} from './reversal-preview-service.ts';
import { readReversals, reverse, type Reversal } from './reversal-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const BOOKING_KEY = 'booking';

/** Giving value back: choose how much, see it in figures, then do it. */
export function reversalPages(pages: Shell): Router {
  const { database } = pages;
  const router = pageRouter();
  const path = `${REDEMPTIONS_PATH}/:id/reversal`;

  router.get(path, requires('redemptions.reverse'), async (req, res) => {
    const redemption = await readRedemption(database, idOf(req));
    const parts = await reversibleParts(database, redemption.id, momentOfPages(pages));
    const isAsked = typeof req.query['mode'] === 'string';
    const typed = typedReversal(req.query, await defaults(redemption, res));
    if (!isAsked) return show(res, redemption, parts, typed, [], null);
    const { wish, errors } = parseWish(typed, parts, redemption.evaluation.currency, res.locals.t);
    if (wish === null) return show(res, redemption, parts, typed, errors, null);
    const preview = await previewReversal(database, parts, wish, momentOfPages(pages));
    if ('excessive' in preview)
      return show(res, redemption, parts, typed, excessErrors(preview.excessive, redemption, parts, res), null);
    await show(res, redemption, parts, typed, [], preview);
  });

  router.post(path, requires('redemptions.reverse'), async (req, res) => {
    const { t, locale } = res.locals;
    const redemption = await readRedemption(database, idOf(req));
    const { currency } = redemption.evaluation;
    const parts = await reversibleParts(database, redemption.id, momentOfPages(pages));
    const typed = typedReversal(req.body, await defaults(redemption, res));
    const { wish, errors } = parseWish(typed, parts, currency, t);
    if (wish === null) return show(res, redemption, parts, typed, errors, null);
    if (typed.reason === '') {
      const preview = await previewReversal(database, parts, wish, momentOfPages(pages));
      return show(
        res,
        redemption,
        parts,
        typed,
        [{ path: 'reason', message: t('redemptions:reversal.reason_missing') }],
        'excessive' in preview ? null : preview,
      );
    }
    const expectedAmount = /^\d{1,15}$/.test(typed.expected) ? Number(typed.expected) : -1;
    const request = {
      scope: actorOf(res),
      key: `reversal-${typed.token}`,
      fingerprint: fingerprintOf({ id: redemption.id, ...typed }),
    };
    const reason = typed.reason.slice(0, LENGTHS.reason);
    const input = { redemptionId: redemption.id, clientId: null, wish, expectedAmount, reason };
    const { outcome } = await reverse(database, input, request, actorOf(res), momentOfPages(pages));
    if (outcome.kind === 'reversed') {
      addFlash(req, {
        kind: 'success',
        text: t('redemptions:reversal.done', { amount: formatMoney(outcome.reversal.amount, currency, locale) }),
      });
      tellUnusable(req, res, parts, outcome.reversal);
      return res.redirect(303, `${REDEMPTIONS_PATH}/${redemption.id}`);
    }
    // Somebody else gave something back in between: what is left now is shown anew.
    const now = await reversibleParts(database, redemption.id, momentOfPages(pages));
    const again = await previewReversal(database, now, wish, momentOfPages(pages));
    const changed = { path: '', message: t('redemptions:reversal.changed') };
    if ('excessive' in again)
      return show(res, redemption, now, typed, [changed, ...excessErrors(again.excessive, redemption, now, res)], null);
    await show(res, redemption, now, typed, [changed], again);
  });

  return router;

  async function defaults(redemption: Redemption, res: Response): Promise<Partial<TypedReversal>> {
    const { evaluation } = redemption;
    const { feeBearer } = await reversalSettings(database.knex);
    return {
      mode: 'whole',
      money: moneyInput(evaluation.payable, evaluation.currency, res.locals.locale),
      bearer: feeBearer,
    };
  }

  async function show(
    res: Response,
    redemption: Redemption,
    parts: readonly ReversiblePart[],
    typed: TypedReversal,
    errors: readonly FormError[],
    preview: ReversalPreview | null,
  ): Promise<void> {
    markInvalid(res, errors);
    const { t, user } = res.locals;
    const { evaluation, booking } = redemption;
    const kinds = booking.travellers.map(({ kind }) => kind);
    const settings = await reversalSettings(database.knex);
    const given = await readReversals(database, [redemption.id]);
    renderPage(res, 'booking/reversals/reversal', {
      title: t('redemptions:reversal.title'),
      breadcrumbs: [
        { href: REDEMPTIONS_PATH, text: t('redemptions:title') },
        { href: `${REDEMPTIONS_PATH}/${redemption.id}`, text: redemption.bookingNumber },
      ],
      action: `${REDEMPTIONS_PATH}/${redemption.id}/reversal`,
      backHref: `${REDEMPTIONS_PATH}/${redemption.id}`,
      form: formView(typed, errors),
      typed,
      token: generateToken('r'),
      currency: evaluation.currency,
      settings,
      given:
        given.length === 0
          ? null
          : {
              amount: given.reduce((sum, { amount }) => sum + amount, 0),
              at: given.at(-1)?.reversedAt,
              reason: given.at(-1)?.reason,
            },
      modes: MODES.map((value) => ({
        value,
        label: t(`redemptions:reversal.mode.${value}`),
        hint: t(`redemptions:reversal.mode_hint.${value}`),
      })),
      bearers: FEE_BEARERS.map((value) => ({ value, label: t(`redemptions:reversal.bearer.${value}`) })),
      travellers: [...kinds.map((_kind, index) => index), null]
        .filter((traveller) => parts.some(({ line }) => line.allocation.some((share) => share.traveller === traveller)))
        .map((traveller) => ({
          name: `traveller_${traveller ?? BOOKING_KEY}`,
          label: travellerText(traveller, kinds, t),
        })),
      lines: parts.map(({ line, left, voucher }) => ({
        name: `line_${line.id}`,
        label: `${voucher.title} (${shownCode(user, voucher.code)})`,
        left,
      })),
      left: parts.reduce((sum, { left }) => sum + left, 0),
      preview: preview === null ? null : shownPreview(preview, res),
    });
  }

  function shownPreview(preview: ReversalPreview, res: Response) {
    const { t, user } = res.locals;
    return {
      ...preview,
      parts: preview.parts.map((part) => ({
        ...part,
        title: part.voucher.title,
        code: shownCode(user, part.voucher.code),
        receiverCode: part.receiver.id === part.voucher.id ? '' : shownCode(user, part.receiver.code),
        kindText: t(`redemptions:line_kind.${part.line.kind}`),
        blockedText: part.blockedBy === null ? '' : t(`vouchers:status.${part.blockedBy}`),
      })),
    };
  }
}

/** What came back to a voucher that has ended is somebody's task. */
function tellUnusable(req: Request, res: Response, parts: readonly ReversiblePart[], { lines }: Reversal): void {
  const given = new Set(lines.map(({ voucherId }) => voucherId));
  const unusable = parts.filter(
    ({ voucher, receiver }) => given.has(voucher.id) && receiver.balance !== null && isBlocked(receiver.status),
  );
  if (unusable.length === 0) return;
  const vouchers = unusable.map(({ receiver }) => shownCode(res.locals.user, receiver.code)).join(', ');
  addFlash(req, {
    kind: 'warning',
    text: res.locals.t('redemptions:reversal.to_settle', { count: unusable.length, vouchers }),
  });
}

function excessErrors(
  excessive: readonly string[],
  { evaluation }: Redemption,
  parts: readonly ReversiblePart[],
  res: Response,
): FormError[] {
  const { t, locale } = res.locals;
  const money = (cents: number): string => formatMoney(cents, evaluation.currency, locale);
  const left = parts.reduce((sum, part) => sum + part.left, 0);
  if (excessive.length === 0)
    return [
      { path: '', message: t(left === 0 ? 'redemptions:reversal.nothing_left' : 'redemptions:reversal.nothing_asked') },
    ];
  return excessive.map((path) => {
    if (path === 'amount') return { path, message: t('redemptions:reversal.amount_wrong', { left: money(left) }) };
    if (path === 'fee') return { path, message: t('redemptions:reversal.fee_wrong') };
    const part = parts.find(({ line }) => line.id === path);
    return {
      path: `line_${path}`,
      message: t('redemptions:reversal.line_wrong', { title: part?.voucher.title ?? '', left: money(part?.left ?? 0) }),
    };
  });
}
