import type { Moment } from '../../../platform/process/clock.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { formatMoney, percentInput } from '../../../platform/html/format.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const REDEMPTIONS_PATH = '/admin/redemptions';

export function momentOfPages({ clock }: Pick<Shell, 'clock'>): Moment {
  return clock.moment();
}

/** Who did it, as people call them: by name, `API-Schlüssel 7`, or `Auftrag 12`. */
export function actorText(actor: string, names: ReadonlyMap<string, string>, t: Translate): string {
  const name = names.get(actor);
  if (name !== undefined) return name;
  const [kind = '', id = ''] = actor.split(':');
  return ['key', 'job', 'user', 'hold'].includes(kind)
    ? t(`redemptions:actor.${kind}`, { id })
    : t('redemptions:actor.system');
}

/** How much of what was redeemed still counts. */
export function stateOf(lines: readonly { readonly applied: number; readonly reversed: number }[]): {
  readonly key: 'redeemed' | 'partly_reversed' | 'reversed';
  readonly tone: string;
} {
  const reversed = lines.reduce((sum, line) => sum + line.reversed, 0);
  if (reversed === 0) return { key: 'redeemed', tone: 'ok' };
  const isWhole = lines.every((line) => line.reversed === line.applied);
  return isWhole ? { key: 'reversed', tone: 'quiet' } : { key: 'partly_reversed', tone: 'info' };
}

/** `Reisender 2 (Kind)`, or the booking itself. */
export function travellerText(traveller: number | null, kinds: readonly string[], t: Translate): string {
  if (traveller === null) return t('redemptions:of_booking');
  return t('redemptions:traveller', {
    number: traveller + 1,
    kind: t(`redemptions:kind.${kinds[traveller] ?? 'adult'}`),
  });
}

/** A step of the explanation in words. */
export function stepText(
  step: Readonly<Record<string, string | number | null>>,
  currency: string,
  locale: Locale,
  t: Translate,
): string {
  const money = (value: unknown): string => (typeof value === 'number' ? formatMoney(value, currency, locale) : '');
  const { key = '', minTripPrice, amount, basisPoints, multiplier, count } = step;
  if (key === 'tier') {
    const worth = typeof basisPoints === 'number' ? `${percentInput(basisPoints, locale)}\u00a0%` : money(amount);
    return t('redemptions:step.tier', { minTripPrice: money(minTripPrice), worth });
  }
  if (key === 'count')
    return t('redemptions:step.count', {
      count: Number(count),
      who: t(`redemptions:multiplier.${String(multiplier)}`),
    });
  return t(`redemptions:step.${String(key)}`, { amount: money(amount) });
}
