import { availableOf, budgetLeftOf, type EligibilityCheck } from '../../../core/engine/restrictions.ts';
import type { Booking, IncludeExclude, Voucher } from '../../../core/engine/voucher.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';

/** One check in words: what is asked for, what is there, and what would make it fit. */
export interface CheckInWords {
  readonly name: string;
  readonly passed: boolean;
  readonly label: string;
  readonly required: string;
  readonly actual: string;
  /** Empty where the check is passed. */
  readonly fix: string;
}

export interface CheckContext {
  readonly booking: Booking;
  readonly today: string;
  readonly locale: Locale;
  readonly t: Translate;
  /** The name of a catalogue entry: `theme`, `wandern` gives "Wandern". */
  readonly nameOf: (kind: string, id: string) => string;
}

export function checkInWords(check: EligibilityCheck, voucher: Voucher, context: CheckContext): CheckInWords {
  const { t } = context;
  const { required, actual, fix = {} } = wordsOf(check, voucher, context);
  return {
    name: check.reason,
    passed: check.passed,
    label: t(`booking-test:check.${check.reason}`),
    required: required === '' ? t('booking-test:no_demand') : required,
    actual,
    fix: check.passed ? '' : t(`booking-test:fix.${check.reason}`, fix),
  };
}

interface Words {
  readonly required: string;
  readonly actual: string;
  readonly fix?: Readonly<Record<string, string | number>>;
}

function wordsOf(
  check: EligibilityCheck,
  voucher: Voucher,
  { booking, today, locale, t, nameOf }: CheckContext,
): Words {
  const say = (key: string, params: Record<string, unknown> = {}): string => t(`booking-test:words.${key}`, params);
  const money = (cents: number): string => formatMoney(cents, voucher.currency, locale);
  const day = (value: string | null): string => (value === null ? '' : formatDay(value, locale));
  const { restrictions, campaign } = voucher;
  const isToday = say('today', { day: day(today) });
  switch (check.reason) {
    case 'cancelled':
      return { required: say('not_cancelled'), actual: say(check.passed ? 'not_cancelled' : 'is_cancelled') };
    case 'deactivated':
      return {
        required: say('active'),
        actual: check.passed ? say('active') : say(voucher.isDeactivated ? 'is_locked' : 'campaign_paused'),
      };
    case 'not_paid': {
      const paidOn = voucher.paidOn ?? campaign?.paidOn ?? null;
      return {
        required: say('paid_by', { day: day(today) }),
        actual: paidOn === null ? say('unpaid') : say('paid_on', { day: day(paidOn) }),
      };
    }
    case 'not_yet_valid':
      return {
        required: voucher.bookFrom === null ? '' : say('from', { day: day(voucher.bookFrom) }),
        actual: isToday,
        fix: { day: day(voucher.bookFrom) },
      };
    case 'expired':
      return {
        required: voucher.bookUntil === null ? '' : say('until', { day: day(voucher.bookUntil) }),
        actual: isToday,
        fix: { day: day(voucher.bookUntil) },
      };
    case 'used_up': {
      const uses = voucher.maxUses === null ? '' : say('max_uses', { count: voucher.maxUses });
      const value = voucher.balance === null ? '' : say('has_value');
      const rest = voucher.balance === null ? '' : say('balance', { amount: money(voucher.balance) });
      return { required: joined(uses, value), actual: joined(say('uses', { count: voucher.uses }), rest) };
    }
    case 'held_by_another_booking': {
      const available = availableOf(voucher);
      const held =
        available === null
          ? say('uses_held', { count: voucher.usesHeldByOthers })
          : say('held', { held: money(voucher.heldByOthers), available: money(available) });
      return { required: say('not_held'), actual: held };
    }
    case 'currency_mismatch':
      return { required: voucher.currency, actual: booking.currency, fix: { currency: voucher.currency } };
    case 'wrong_channel': {
      const channels = restrictions.channels.map((channel) => t(`redemptions:channel.${channel}`)).join(', ');
      return { required: channels, actual: t(`redemptions:channel.${booking.channel}`), fix: { channels } };
    }
    case 'wrong_entry': {
      const own =
        voucher.type === 'deal'
          ? say(`deal_entry.${voucher.deal?.entry ?? 'deal_page'}`)
          : say('deal_entry.booking_flow');
      return { required: own, actual: say(`entry.${booking.entry}`), fix: { entry: own } };
    }
    case 'wrong_partner':
    case 'wrong_brand': {
      const kind = check.reason === 'wrong_partner' ? 'partner' : 'brand';
      const [asked, there] = [restrictions[kind], booking[kind]];
      const name = asked === null ? '' : nameOf(kind, asked);
      return { required: name, actual: there === null ? say('none') : nameOf(kind, there), fix: { name } };
    }
    case 'wrong_customer': {
      const asked = customerText(restrictions.customer);
      return {
        required: asked,
        actual: customerText(booking.customer) || say('no_customer'),
        fix: { customer: asked },
      };
    }
    case 'customer_limit_reached': {
      const isKnown = customerText(booking.customer) !== '';
      const limit = voucher.maxUsesPerCustomer;
      return {
        required: limit === null ? '' : say('per_customer', { count: limit }),
        actual: isKnown ? say('uses_of_customer', { count: voucher.usesByCustomer }) : say('no_customer'),
      };
    }
    case 'wrong_product':
      return listWords(restrictions.products, booking.product === null ? [] : [booking.product], 'product');
    case 'wrong_theme':
      return listWords(restrictions.themes, booking.themes, 'theme');
    case 'wrong_region':
      return listWords(restrictions.regions, booking.regions, 'region');
    case 'travel_date_outside': {
      const { travelFrom, travelUntil } = voucher;
      const required = joined(
        travelFrom === null ? '' : say('from', { day: day(travelFrom) }),
        travelUntil === null ? '' : say('until', { day: day(travelUntil) }),
      );
      return {
        required,
        actual: booking.departure === null ? say('no_departure') : day(booking.departure),
        fix: { days: required },
      };
    }
    case 'too_few_travellers': {
      const least = restrictions.minTravellers;
      return {
        required: least === null ? '' : say('min_travellers', { count: least }),
        actual: say('travellers', { count: Number(check.actual ?? 0) }),
        fix: { count: least ?? 0 },
      };
    }
    case 'trip_price_too_low': {
      const least = Number(check.params['minTripPrice'] ?? 0);
      const fix = { price: money(least), missing: money(Number(check.params['missing'] ?? 0)) };
      return {
        required: least === 0 ? '' : say('min_price', { price: money(least) }),
        actual: money(booking.tripPrice),
        fix,
      };
    }
    case 'no_matching_travellers':
      return {
        required: say(`counts.${voucher.multiplier}`),
        actual: say('counted', { count: Number(check.actual ?? 0) }),
      };
    case 'budget_exhausted': {
      const left = budgetLeftOf(voucher);
      return {
        required: campaign?.budget == null ? '' : say('budget_left'),
        actual:
          left === null ? say('no_budget') : say('budget', { left: money(left), budget: money(campaign?.budget ?? 0) }),
      };
    }
  }

  function listWords({ include, exclude }: IncludeExclude, there: readonly string[], kind: string): Words {
    const names = (ids: readonly string[]): string => ids.map((id) => nameOf(kind, id)).join(', ');
    const required = joined(
      include.length === 0 ? '' : say('only', { names: names(include) }),
      exclude.length === 0 ? '' : say('not', { names: names(exclude) }),
    );
    return { required, actual: there.length === 0 ? say('none') : names(there), fix: { required } };
  }
}

function customerText(customer: Booking['customer']): string {
  return [customer?.id, customer?.email]
    .filter((text) => text !== null && text !== undefined && text !== '')
    .join(', ');
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}
