import { valueAt } from '../../../platform/data/json-path.ts';
import { groupOf } from '../rules/voucher-field.ts';
import { fieldAt, keptFields } from '../rules/known-fields.ts';
import type { VoucherView } from './voucher-view-service.ts';

export interface FieldChange {
  readonly before: unknown;
  readonly after: unknown;
}

/** Field by field what differs: `{ 'value.maxAmount': { before: 5000, after: null } }`. Lists are compared whole. */
export function fieldChanges(before: VoucherView, after: VoucherView): Record<string, FieldChange> {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const changes: Record<string, FieldChange> = {};
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(path) ?? null, now.get(path) ?? null];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changes[path] = isPersonal(path) ? { before: veiled(was), after: veiled(is) } : { before: was, after: is };
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
  const parts = new Set(keptFields().map(groupOf));
  for (const part of parts) walk(part, valueAt(view, part));
  return leaves;
}

/** A person's data goes long before the log does, so the log says that it changed and not what it was. */
function isPersonal(path: string): boolean {
  return fieldAt(path)?.isPersonal === true;
}

function veiled(value: unknown): string | null {
  return value === null ? null : '…';
}
