import type { VoucherView } from './voucher-view-service.ts';

export interface FieldChange {
  readonly before: unknown;
  readonly after: unknown;
}

const FIELDS = [
  'title',
  'type',
  'currency',
  'value',
  'validity',
  'restrictions',
  'usage',
  'stacking',
  'deal',
  'funding',
  'residual',
  'refundOnExpiry',
  'motif',
  'message',
  'paidAt',
  'bookingId',
  'invoiceId',
  'note',
  'recipient',
] as const;
/** A person's data goes long before the log does, so the log says that it changed and not what it was. */
const PERSONAL = /^(?:recipient\.|restrictions\.customer\.)/;

/** Field by field what differs: `{ 'value.maxAmount': { before: 5000, after: null } }`. Lists are compared whole. */
export function fieldChanges(before: VoucherView, after: VoucherView): Record<string, FieldChange> {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const changes: Record<string, FieldChange> = {};
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(path) ?? null, now.get(path) ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changes[path] = PERSONAL.test(path) ? { before: veiled(was), after: veiled(is) } : { before: was, after: is };
  }
  return changes;
}

function leavesOf(view: VoucherView): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, member] of Object.entries(value)) walk(`${path}.${name}`, member);
    } else leaves.set(path, value);
  };
  for (const field of FIELDS) walk(field, view[field]);
  return leaves;
}

function veiled(value: unknown): string | null {
  return value === null ? null : '…';
}
