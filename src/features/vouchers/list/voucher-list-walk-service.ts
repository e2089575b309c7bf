import type { VoucherRecord } from '../rows/voucher-row.ts';
import type { Order, Place } from './voucher-list-store.ts';
import type { Step } from './voucher-walk-store.ts';

export const MAX_STEP = 500;

export interface FoundRows {
  readonly rows: readonly VoucherRecord[];
  readonly next: Place | null;
  readonly isPartial: boolean;
}

/** A step by number with a few more rows put in where they belong. */
export async function stepWith(
  ids: readonly string[],
  { order, after, limit }: { readonly order: Order; readonly after: Place | null; readonly limit: number },
  other: Promise<Step>,
): Promise<Step> {
  const sign = order.isDescending ? -1 : 1;
  const { places } = await other;
  const more = ids.filter(
    (id) => (after === null || (Number(id) - Number(after.id)) * sign > 0) && !places.some((place) => place.id === id),
  );
  const merged = [...places, ...more.map((id) => ({ value: null, rulesId: '0', id }))]
    .sort((a, b) => (Number(a.id) - Number(b.id)) * sign)
    .slice(0, limit);
  return { places: merged, next: merged.length < limit ? null : (merged.at(-1) ?? null) };
}

export interface Walk {
  readonly step: (after: Place | null, limit: number) => Promise<Step>;
  /** Those of a step that belong on the list. */
  readonly keep: (ids: readonly string[]) => Promise<VoucherRecord[]>;
  readonly start: Place | null;
}

/** Step by step until a page is full, the list ends, or enough was looked at. */
export async function walk({ step, keep, start }: Walk, limit: number, maxExamined: number): Promise<FoundRows> {
  const found: { record: VoucherRecord; place: Place }[] = [];
  let after = start;
  let size = Math.min(limit + 1, MAX_STEP);
  for (let examined = 0; ;) {
    const { places, next } = await step(after, size);
    const byId = new Map((await keep(places.map(({ id }) => id))).map((record) => [record.id, record]));
    for (const place of places) {
      const record = byId.get(place.id);
      if (record !== undefined) found.push({ record, place });
    }
    if (found.length > limit)
      return {
        rows: found.slice(0, limit).map(({ record }) => record),
        next: found[limit - 1]?.place ?? null,
        isPartial: false,
      };
    if (next === null) return { rows: found.map(({ record }) => record), next: null, isPartial: false };
    examined += size;
    after = next;
    if (examined >= maxExamined) return { rows: found.map(({ record }) => record), next, isPartial: true };
    size = Math.min(size * 3, MAX_STEP);
  }
}
