import { currencyDigits } from '../../../core/currency.ts';
import { FEE_BEARERS, type ReversalWish } from '../../../core/engine/reversal-plan.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { LENGTHS, textOf } from '../../../platform/http/request.ts';
import type { ReversiblePart } from './reversal-preview-service.ts';

export const MODES = ['whole', 'fee', 'travellers', 'lines', 'amount'] as const;

/** The form as it was typed; `line_12` and `traveller_0` stand for themselves. */
export interface TypedReversal extends Readonly<Record<string, string>> {
  readonly mode: string;
  readonly fee: string;
  readonly money: string;
  readonly bearer: string;
  readonly amount: string;
  readonly reason: string;
  readonly expected: string;
  readonly token: string;
}

const FIELDS = ['mode', 'fee', 'money', 'bearer', 'amount', 'reason', 'expected', 'token'] as const;

export function typedReversal(source: unknown, defaults: Partial<TypedReversal>): TypedReversal {
  const sent = (typeof source === 'object' && source !== null ? source : {}) as Record<string, unknown>;
  const rows = Object.entries(sent)
    .filter(([name]) => /^(line_\d{1,18}|traveller_(\d{1,2}|booking))$/.test(name))
    .slice(0, 200)
    .map(([name, value]) => [name, textOf(value)]);
  const fields = FIELDS.map((name) => [
    name,
    name in sent ? textOf(sent[name], LENGTHS.reason) : (defaults[name] ?? ''),
  ]);
  return Object.fromEntries([...fields, ...rows]) as TypedReversal;
}

export function parseWish(
  typed: TypedReversal,
  parts: readonly ReversiblePart[],
  currency: string,
  t: Translate,
): { readonly wish: ReversalWish | null; readonly errors: FormError[] } {
  const errors: FormError[] = [];
  const moneyAt = (path: string, label: string): number => {
    const text = typed[path] ?? '';
    const money = parseMoney(text === '' ? '0' : text, currencyDigits(currency));
    if (money.ok && money.value >= 0) return money.value;
    errors.push({ path, message: `${label}: ${t(`common:${money.ok ? 'input.money' : money.error}`)}` });
    return 0;
  };
  const wish = wishOf();
  return { wish: errors.length > 0 ? null : wish, errors };

  function wishOf(): ReversalWish {
    switch (MODES.find((one) => one === typed.mode) ?? 'whole') {
      case 'whole':
        return { kind: 'whole' };
      case 'amount':
        return { kind: 'amount', amount: moneyAt('amount', t('redemptions:reversal.amount')) };
      case 'fee': {
        const bearer = FEE_BEARERS.find((one) => one === typed.bearer) ?? 'voucher_last';
        return {
          kind: 'fee',
          fee: moneyAt('fee', t('redemptions:reversal.fee')),
          money: moneyAt('money', t('redemptions:reversal.money')),
          bearer,
        };
      }
      case 'lines':
        return {
          kind: 'lines',
          amounts: new Map(parts.map(({ line, voucher }) => [line.id, moneyAt(`line_${line.id}`, voucher.title)])),
        };
      case 'travellers': {
        const named = Object.keys(typed).filter((name) => name.startsWith('traveller_') && typed[name] === 'true');
        return {
          kind: 'travellers',
          travellers: named.map((name) =>
            name === 'traveller_booking' ? null : Number(name.slice('traveller_'.length)),
          ),
        };
      }
    }
  }
}
