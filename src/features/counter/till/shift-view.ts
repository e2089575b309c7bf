import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import { isReversible, TENDERS } from '../../../core/sale/till.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { actorOf } from '../../../platform/http/request.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { COUNTER_PATH, type Typed } from './counter-form.ts';
import type { Shift, ShiftJournal, TillEntry } from './shift-service.ts';

export interface ShownShift {
  readonly journal: ShiftJournal;
  /** What the books say of its movements. */
  readonly inAccount: number;
  readonly names: ReadonlyMap<string, string>;
  readonly typed: Typed | null;
  readonly errors: readonly FormError[];
}

/** A drawer is moved and counted by whom it belongs to, or by an administrator. */
export function isOwnShift({ actor }: Shift, res: Response): boolean {
  return actor === actorOf(res) || may(res.locals.user, 'shifts.close_any');
}

/** The journal of a shift: what happened, and drawer and account side by side. */
export function shiftPage({ journal, inAccount, names, typed, errors }: ShownShift, res: Response) {
  const { t, user } = res.locals;
  const { shift, entries, sums } = journal;
  const isOpen = shift.closedAt === null;
  const moved = shift.cash - shift.openingCash;
  const reversed = new Set(entries.map(({ reversesId }) => reversesId));
  const mayCancel = isOpen && may(user, 'counter.cancel') && isOwnShift(shift, res);
  return {
    title: t('counter:journal.title', { till: shift.till }),
    breadcrumbs: breadcrumbsOf(t),
    form: formView({ ...emptyForm(), ...typed }, errors),
    shift,
    who: names.get(shift.actor) ?? '',
    closedBy: names.get(shift.closedBy ?? '') ?? '',
    isOpen,
    expected: shift.cash - (shift.difference ?? 0),
    moved,
    inAccount,
    // Before the till had documents, the books did not follow it.
    isInBooks: entries.every(({ documentNumber }) => documentNumber !== null) && moved === inAccount,
    tenders: TENDERS.map((tender) => t(`counter:tender.${tender}`)),
    sums: { ...sums, tenders: TENDERS.map((tender) => sums[tender]) },
    entries: entries.map((entry) => ({
      ...entry,
      tenders: TENDERS.map((tender) => entry[tender]),
      text: t(`counter:event.${entry.event}`),
      types: entry.businessTypes.join(', '),
      reference: entry.bookingNumber ?? entry.note ?? '',
      href: hrefOf(entry),
      receiptHref: entry.documentNumber === null ? '' : `/admin/receipts/${entry.documentNumber}`,
      reversalHref:
        mayCancel && isReversible(entry.event) && entry.documentNumber !== null && !reversed.has(entry.id)
          ? `${COUNTER_PATH}/shifts/${shift.id}/entries/${entry.id}/reversal`
          : '',
    })),
    directions: (['in', 'out'] as const).map((value) => ({ value, label: t(`counter:direction.${value}`) })),
    mayChange: isOpen && may(user, 'counter.sell') && isOwnShift(shift, res),
  };
}

function emptyForm(): Typed {
  return { amount: '', direction: 'in', note: '', counted: '', entryKey: generateToken('') };
}

function breadcrumbsOf(t: Translate): readonly object[] {
  return [
    { href: COUNTER_PATH, text: t('counter:title') },
    { href: `${COUNTER_PATH}/shifts`, text: t('counter:shifts.title') },
  ];
}

function hrefOf({ orderId, voucherId }: TillEntry): string {
  if (orderId !== null) return `/admin/orders/${orderId}`;
  return voucherId === null ? '' : `/admin/vouchers/${voucherId}`;
}
