import { moneyInput } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { textOf } from '../../../platform/http/request.ts';
import { storedForm } from '../../vouchers/form/read-voucher-form.ts';
import { typedVoucher, type TypedVoucher } from '../../vouchers/form/typed-voucher-form.ts';
import { fixedByCodes } from '../../vouchers/form/voucher-fields-view.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';
import type { CampaignBody, CampaignView } from '../record/campaign-service.ts';

/** What is typed into the form of a campaign: a voucher's fields and the budget. */
export type TypedCampaign = TypedVoucher & { readonly budget: string };

export function typedCampaign(body: unknown): TypedCampaign {
  const { budget } = (typeof body === 'object' && body !== null ? body : {}) as { readonly budget?: unknown };
  return withBudget({ ...typedVoucher(body), campaign: '', code: '' }, { budget: textOf(budget) });
}

export function withBudget(typed: TypedVoucher, { budget }: { readonly budget: string }): TypedCampaign {
  return { ...typed, budget };
}

/** What the codes stand on: fixed as soon as there are some. */
export function fixedNames({ codeCount, removedCodes, paidAt, type }: CampaignView): readonly string[] {
  return codeCount + removedCodes === 0 ? [] : fixedByCodes(type, paidAt !== null);
}

/** The campaign in the shape the form's fields are read from. */
export function asVoucher(campaign: CampaignView): VoucherView {
  return {
    ...campaign,
    code: '',
    campaign: null,
    recipient: null,
    bookingId: null,
    invoiceId: null,
    note: null,
    status: campaign.active ? 'active' : 'deactivated',
    available: null,
    balance: null,
    issuePrice: null,
    bonusBalance: 0,
    held: 0,
    uses: 0,
    bookingNumbers: [],
  };
}

/** A campaign as its form shows it. */
export function storedCampaign(campaign: CampaignView, locale: Locale): TypedCampaign {
  const budget = campaign.budget === null ? '' : moneyInput(campaign.budget, campaign.currency, locale);
  return withBudget(storedForm(asVoucher(campaign), locale), { budget });
}

/** What the fields of a voucher's form said, as a campaign with its budget. */
export function campaignBody(
  body: CampaignBody,
  typed: TypedCampaign,
  t: Translate,
): { readonly body: CampaignBody; readonly errors: readonly FormError[] } {
  const budget = typed.budget.trim() === '' ? null : parseMoney(typed.budget);
  const errors = budget?.ok === false ? [{ path: 'budget', message: t(`common:${budget.error}`) }] : [];
  return {
    body: { ...withoutOwn(body), budget: budget?.ok === true ? budget.value : null, active: typed.active === 'true' },
    errors,
  };
}

/** Without what each voucher has of its own; the day of payment is the campaign's for all its codes. */
function withoutOwn(body: CampaignBody): CampaignBody {
  const own = voucherFields().filter(({ of, name }) => of !== 'rules' && name !== 'paidAt');
  const groups = own.map(({ path }) => path.split('.')[0]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !groups.includes(name))) as unknown as CampaignBody;
}
