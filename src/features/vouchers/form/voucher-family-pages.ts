import type { Response, Router } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { DEFAULT_PAYMENT_METHOD, PAYMENT_METHODS, takesMoney } from '../../../core/books/postings.ts';
import { isLegal } from '../../../core/engine/lifecycle.ts';
import type { Clock, Moment } from '../../../platform/process/clock.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { fingerprintOf, idempotently } from '../../../platform/data/idempotency.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { parseDay, parseMoney, type Typed } from '../../../platform/html/typed-input.ts';
import { actorOf, idOf, markInvalid, LENGTHS, linesOf, textOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { doOrAsk } from '../approvals/approval-asking-form.ts';
import type { ApprovalWish } from '../approvals/approval-service.ts';
import { familyOf, MAX_MERGED, MAX_PARTS, mergeVouchers, splitVoucher } from '../succession/voucher-family-service.ts';
import { extendVoucher } from '../life/voucher-extension-service.ts';
import { topUpVoucher } from '../life/voucher-lifecycle-service.ts';
import { reissueVoucher } from '../succession/voucher-reissue-service.ts';
import { findVoucher, findVoucherByCode } from '../record/voucher-service.ts';
import { hasBonus, type VoucherView } from '../record/voucher-view-service.ts';
import { shortEndOfVoucher, shortEndText } from '../record/voucher-warning-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/vouchers/:id/family';
const ACTIONS = ['split', 'merge', 'extend', 'reissue', 'topup'] as const;
type Action = (typeof ACTIONS)[number];
const FIELDS = ['parts', 'codes', 'bookUntil', 'amount', 'method', 'reason'] as const;
type TypedAction = Readonly<Record<(typeof FIELDS)[number], string>>;
/** Guards one form against being sent twice. */
const SCOPE = 'admin:voucher-family';

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Where a voucher came from and what became of it; splitting, merging, extending, a new code, topping up. */
export function voucherFamilyPages({ database, clock }: Parts): Router {
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PATH, requires('vouchers.see'), async (req, res) => {
    await show(res, await findVoucher(database, idOf(req), moment()), null, NOTHING);
  });

  router.post(`${PATH}/:action`, requires('vouchers.change'), async (req, res) => {
    const action = ACTIONS.find((one) => one === req.params['action']);
    if (action === undefined) throw appError('not_found');
    const voucher = await findVoucher(database, idOf(req), moment());
    const typed = typedAction(req.body);
    const { work, errors } = await readAction(action, typed, voucher, res.locals.t);
    if (work === null) return show(res, voucher, action, typed, errors);
    try {
      const once = String((req.body as Record<string, unknown>)['once']).slice(0, 100);
      const request = { scope: SCOPE, key: `${voucher.id}:${once}`, fingerprint: fingerprintOf({ action, typed }) };
      const done = await doOrAsk(database, req, res, {
        work: () => idempotently(database, request, clock.now(), (trx) => work(trx, actorOf(res))),
        wish: () => extensionOf(voucher, typed),
        reason: typed.reason,
        moment: moment(),
      });
      if ('asked' in done) return res.redirect(303, done.asked);
      const { outcome } = done.done;
      addFlash(req, { kind: 'success', text: res.locals.t(`vouchers:family.done.${action}`) });
      const shortEnd =
        action === 'extend'
          ? await shortEndOfVoucher(database.knex, await findVoucher(database, outcome, moment()), clock.today())
          : null;
      if (shortEnd !== null)
        addFlash(req, { kind: 'warning', text: shortEndText(shortEnd, res.locals.t, res.locals.locale) });
      res.redirect(303, `/admin/vouchers/${outcome}/family`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      await show(res, voucher, action, typed, sentences(error, action, res));
    }
  });

  return router;

  async function show(
    res: Response,
    voucher: VoucherView,
    action: Action | null,
    typed: TypedAction,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const { members, links } = await familyOf(database, voucher.id, moment());
    const money = (cents: number): string => formatMoney(cents, voucher.currency, locale);
    const isEditor = may(res.locals.user, 'vouchers.change');
    const balance = voucher.balance ?? 0;
    markInvalid(res, errors);
    renderPage(res, 'vouchers/form/family', {
      title: t('vouchers:family.title', { title: voucher.title }),
      breadcrumbs: [
        { href: '/admin/vouchers', text: t('common:menu.vouchers') },
        { href: `/admin/vouchers/${voucher.id}`, text: voucher.title },
      ],
      voucher,
      balance: money(balance),
      form: formView(typed, errors),
      open: action,
      once: generateToken('f'),
      members: members.map((member) => ({
        ...member,
        isThis: member.id === voucher.id,
        code: shownCode(res.locals.user, member.code),
        balanceText: member.balance === null ? '' : money(member.balance),
        statusText: t(`vouchers:status.${member.status}`),
        from: links
          .filter(({ toId }) => toId === member.id)
          .map((link) => t(`vouchers:family.from_${link.kind}`, { id: link.fromId, amount: money(link.cents) })),
      })),
      hasFamily: links.length > 0,
      may: isEditor ? offered(voucher) : {},
      methods: PAYMENT_METHODS.map((value) => ({ value, label: t(`vouchers:family.method.${value}`) })),
    });
  }

  async function readAction(
    action: Action,
    typed: TypedAction,
    voucher: VoucherView,
    t: Translate,
  ): Promise<{
    readonly work: ((trx: Transaction, actor: string) => Promise<string>) | null;
    readonly errors: readonly FormError[];
  }> {
    const errors: FormError[] = [];
    const read = <T>(path: string, parsed: Typed<T>): T | null => {
      if (parsed.ok) return parsed.value;
      errors.push({ path, message: t(`common:${parsed.error}`) });
      return null;
    };
    if (action !== 'topup' && typed.reason === '')
      errors.push({ path: 'reason', message: t('vouchers:family.reason_required') });
    const { reason } = typed;
    const lines = (text: string): string[] =>
      text
        .split(/[\n;]+/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
    switch (action) {
      case 'split': {
        const parts = lines(typed.parts)
          .slice(0, MAX_PARTS + 1)
          .map((line) => read('parts', parseMoney(line)) ?? 0);
        return {
          errors,
          work:
            errors.length > 0
              ? null
              : async (trx, actor) =>
                  (await splitVoucher({ trx, actor, moment: moment() }, voucher.id, parts, reason))[0]?.id ??
                  voucher.id,
        };
      }
      case 'merge': {
        const ids = [voucher.id];
        for (const code of lines(typed.codes).slice(0, MAX_MERGED)) {
          const other = await findVoucherByCode(database, code, moment());
          if (other === null) errors.push({ path: 'codes', message: t('vouchers:family.unknown_code', { code }) });
          else ids.push(other.id);
        }
        return {
          errors,
          work:
            errors.length > 0
              ? null
              : async (trx, actor) => (await mergeVouchers({ trx, actor, moment: moment() }, ids, reason)).id,
        };
      }
      case 'extend': {
        const day = read('bookUntil', parseDay(typed.bookUntil));
        return {
          errors,
          work:
            errors.length > 0 || day === null
              ? null
              : async (trx, actor) =>
                  (await extendVoucher({ trx, actor, moment: moment() }, voucher.id, { bookUntil: day, reason })).id,
        };
      }
      case 'reissue':
        return {
          errors,
          work:
            errors.length > 0
              ? null
              : async (trx, actor) => (await reissueVoucher({ trx, actor, moment: moment() }, voucher.id, reason)).id,
        };
      case 'topup': {
        const amount = read('amount', parseMoney(typed.amount));
        if (amount !== null && amount <= 0)
          errors.push({ path: 'amount', message: t('vouchers:family.amount_positive') });
        const method = PAYMENT_METHODS.find((one) => one === typed.method);
        if (method === undefined) errors.push({ path: 'method', message: t('common:input.required') });
        if (errors.length > 0 || amount === null || method === undefined) return { errors, work: null };
        return {
          errors,
          work: async (trx, actor) =>
            (await topUpVoucher({ trx, actor, moment: moment() }, voucher.id, { amount, method })).id,
        };
      }
    }
  }
}

/** What the state, the rules and the kind of the voucher allow. */
function offered(voucher: VoucherView): Readonly<Record<Action, boolean>> {
  const hasValue = (voucher.balance ?? 0) > 0;
  const may = (action: Action): boolean => isLegal(action, voucher.status, hasValue);
  return {
    split: may('split') && hasValue && !hasBonus(voucher),
    merge: may('merge') && hasValue && !hasBonus(voucher),
    extend: may('extend') && voucher.campaign === null && voucher.validity.bookUntil !== null,
    reissue: may('reissue'),
    topup: may('topup') && takesMoney(voucher) && !hasBonus(voucher),
  };
}

const NOTHING: TypedAction = {
  parts: '',
  codes: '',
  bookUntil: '',
  amount: '',
  method: DEFAULT_PAYMENT_METHOD,
  reason: '',
};

/** The only action here that can need a second person. */
function extensionOf(voucher: VoucherView, typed: TypedAction): ApprovalWish {
  const day = parseDay(typed.bookUntil);
  if (!day.ok) throw new Error('an extension without its day');
  return { kind: 'extension', voucherId: voucher.id, bookUntil: day.value };
}

function typedAction(body: unknown): TypedAction {
  const sent = body as Readonly<Record<string, unknown>>;
  const typed = Object.fromEntries(FIELDS.map((name) => [name, textOf(sent[name], LENGTHS.reason)])) as TypedAction;
  return { ...typed, parts: linesOf(sent['parts']), codes: linesOf(sent['codes']) };
}

/** What the rule that was broken says, at the field of this form it is about. */
function sentences(error: AppError, action: Action, res: Response): FormError[] {
  const fields = error.details.fields ?? [];
  if (fields.length === 0) return [{ path: '', message: errorSentence(error.code, res.locals.t) }];
  const fieldOf = (path: string): string => (action === 'merge' && path.startsWith('vouchers') ? 'codes' : path);
  return fields.map((field) => ({ path: fieldOf(field.path), message: fieldSentence(field, res.locals.t) }));
}
