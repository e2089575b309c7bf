import type { Booking, CodeEntry, StackingPolicy, Tier, Voucher } from '../../../src/core/engine/voucher.ts';

/**
 * The engine once more, as slow and plain as the rules are written: every subset is applied from the start, nothing is
 * pruned, all arithmetic is bigint. It shares no line with src/core, so that a slip in one of the two shows.
 */

export interface ReferenceResult {
  readonly accepted: { readonly code: string; readonly applied: number }[];
  readonly rejected: { readonly code: string; readonly reason: string; readonly conflictsWith: string[] }[];
  readonly discount: number;
  readonly payment: number;
  readonly payable: number;
  readonly storedValueUsed: number;
  readonly alternatives: { readonly codes: string[]; readonly payable: number; readonly storedValueUsed: number }[];
}

interface Candidate {
  readonly voucher: Voucher;
  readonly atMost: number | null;
  readonly typed: string;
}

interface Applied {
  readonly members: Candidate[];
  readonly amounts: number[];
  readonly discount: number;
  readonly payable: number;
  readonly stored: number;
}

export function referenceEvaluate(
  policy: StackingPolicy,
  vouchers: readonly Voucher[],
  booking: Booking,
  codes: readonly CodeEntry[],
  today: string,
): ReferenceResult {
  const rejected: { code: string; reason: string; conflictsWith: string[]; at: number }[] = [];
  const eligible: (Candidate & { at: number })[] = [];
  const seen = new Set<string>();
  codes.forEach((entry, at) => {
    const normal = normal1(entry.code);
    let reason: string | null = normal === '' || [...normal].length > 64 ? 'malformed_code' : null;
    const voucher = vouchers.find((one) => one.normalisedCode === normal);
    if (reason === null && voucher !== undefined && seen.has(voucher.id)) reason = 'duplicate_code';
    if (reason === null && voucher === undefined) reason = 'unknown_code';
    if (voucher !== undefined) seen.add(voucher.id);
    if (reason === null && voucher !== undefined) reason = firstReason(voucher, booking, today);
    if (reason !== null || voucher === undefined)
      rejected.push({ code: entry.code, reason: reason ?? '', conflictsWith: [], at });
    else eligible.push({ voucher, atMost: entry.atMost, typed: entry.code, at });
  });
  const subsets = allSubsets(eligible)
    .map((members) => apply(policy, members, booking))
    .filter((set) => isAdmissible(policy, set));
  const chosen = policy.strategy === 'best' ? best(subsets) : entered(policy, eligible, booking);
  for (const one of eligible) {
    if (chosen.members.some((member) => member.voucher.id === one.voucher.id)) continue;
    const [reason, conflictsWith] = whyNot(
      policy,
      one.voucher,
      chosen.members.map(({ voucher }) => voucher),
    );
    rejected.push({ code: one.typed, reason, conflictsWith, at: one.at });
  }
  return {
    accepted: chosen.members.map(({ voucher }, index) => ({ code: voucher.code, applied: chosen.amounts[index] ?? 0 })),
    rejected: rejected.sort((a, b) => a.at - b.at).map(({ at: _at, ...rest }) => rest),
    discount: chosen.discount,
    payment: booking.tripPrice - chosen.discount - chosen.payable,
    payable: chosen.payable,
    storedValueUsed: chosen.stored,
    alternatives: policy.strategy === 'best' ? alternativesOf(subsets, chosen) : [],
  };
}

function normal1(code: string): string {
  return code
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function usesLeft(voucher: Voucher): number {
  return voucher.maxUses === null ? Infinity : voucher.maxUses - voucher.uses;
}

function isStored(voucher: Voucher): boolean {
  return voucher.type === 'purchase' || voucher.type === 'settlement';
}

function count(voucher: Voucher, booking: Booking): number {
  const adults = booking.travellers.filter(({ kind }) => kind === 'adult').length;
  const children = booking.travellers.filter(({ kind }) => kind === 'child').length;
  return { booking: 1, pax: adults + children, adult: adults, child: children }[voucher.multiplier];
}

function firstReason(v: Voucher, b: Booking, today: string): string | null {
  const paid = v.paidOn ?? v.campaign?.paidOn ?? null;
  const same = (a?: string | null, c?: string | null) =>
    (a ?? '').trim().toLowerCase() === (c ?? '').trim().toLowerCase();
  const customerFits = () => {
    const bound = v.restrictions.customer;
    if (bound === null) return true;
    const own = b.customer;
    if (own === null) return false;
    if (bound.id && own.id) return bound.id === own.id;
    return Boolean(bound.email && own.email) && same(bound.email, own.email);
  };
  const pair = (list: { include: readonly string[]; exclude: readonly string[] }, has: readonly string[]) =>
    (list.include.length === 0 || list.include.some((id) => has.includes(id))) &&
    !list.exclude.some((id) => has.includes(id));
  const heads = b.travellers.filter(({ kind }) => kind !== 'infant').length;
  const realLeft = isStored(v) ? (v.balance ?? 0) > 0 && usesLeft(v) > 0 : usesLeft(v) > 0;
  const freeLeft = usesLeft(v) - v.usesHeldByOthers > 0 && (!isStored(v) || (v.balance ?? 0) - v.heldByOthers > 0);
  const isDealPageOnly = v.type === 'deal' && v.deal?.entry === 'deal_page';
  const isDealForPage = v.type === 'deal' && (v.deal?.entry === 'deal_page' || v.deal?.entry === 'both');
  const r = v.restrictions;
  const checks: [string, boolean][] = [
    ['cancelled', v.isCancelled],
    ['deactivated', v.isDeactivated || v.campaign?.active === false],
    ['not_paid', paid === null || paid > today],
    ['not_yet_valid', v.bookFrom !== null && today < v.bookFrom],
    ['expired', v.bookUntil !== null && today > v.bookUntil],
    ['used_up', !realLeft],
    ['held_by_another_booking', !freeLeft],
    ['currency_mismatch', v.currency !== b.currency],
    ['wrong_channel', r.channels.length > 0 && !r.channels.includes(b.channel)],
    ['wrong_entry', b.entry === 'deal_page' ? !isDealForPage : isDealPageOnly],
    ['wrong_partner', r.partner !== null && r.partner !== b.partner],
    ['wrong_brand', r.brand !== null && r.brand !== b.brand],
    ['wrong_customer', !customerFits()],
    [
      'customer_limit_reached',
      v.maxUsesPerCustomer !== null &&
        (!(b.customer?.id || b.customer?.email) || v.usesByCustomer >= v.maxUsesPerCustomer),
    ],
    ['wrong_product', !pair(r.products, b.product === null ? [] : [b.product])],
    ['wrong_theme', !pair(r.themes, b.themes)],
    ['wrong_region', !pair(r.regions, b.regions)],
    [
      'travel_date_outside',
      (v.travelFrom !== null || v.travelUntil !== null) &&
        (b.departure === null ||
          (v.travelFrom !== null && b.departure < v.travelFrom) ||
          (v.travelUntil !== null && b.departure > v.travelUntil)),
    ],
    ['too_few_travellers', r.minTravellers !== null && heads < r.minTravellers],
    ['trip_price_too_low', v.tiers.length > 0 && v.tiers.every((tier) => tier.minTripPrice > b.tripPrice)],
    ['no_matching_travellers', count(v, b) === 0],
    [
      'budget_exhausted',
      v.campaign !== null &&
        v.campaign.budget !== null &&
        v.campaign.budget - v.campaign.budgetUsed - v.campaign.budgetHeldByOthers <= 0,
    ],
  ];
  return checks.find(([, fails]) => fails)?.[0] ?? null;
}

function round(a: number, b: number, c: number): number {
  return Number((2n * BigInt(a) * BigInt(b) + BigInt(c)) / (2n * BigInt(c)));
}

function tierOf(voucher: Voucher, booking: Booking): Tier | null {
  const fitting = voucher.tiers.filter((tier) => tier.minTripPrice <= booking.tripPrice);
  return fitting.reduce<Tier | null>(
    (top, tier) => (top === null || tier.minTripPrice > top.minTripPrice ? tier : top),
    null,
  );
}

function worth(policy: StackingPolicy, v: Voucher, b: Booking, left: number): number {
  const cover = v.type === 'discount' ? b.tripPrice - b.nonDiscountable : b.tripPrice;
  if (v.type === 'deal' && v.deal?.paysInFull === true) return left;
  const tier = tierOf(v, b);
  if (tier === null) return Infinity;
  const n = count(v, b);
  if (tier.amount !== null) return tier.amount * n;
  let scope = cover;
  if (v.multiplier === 'adult' || v.multiplier === 'child') {
    const matching = b.travellers.filter(({ kind }) => kind === v.multiplier);
    const heads = b.travellers.filter(({ kind }) => kind !== 'infant').length;
    const hasPrices = b.travellers.every(({ price }) => price !== null && price !== undefined);
    scope = hasPrices
      ? Math.min(
          cover,
          matching.reduce((sum, { price }) => sum + (price ?? 0), 0),
        )
      : round(cover, n, heads);
  }
  const base = policy.percentBase === 'original' ? scope : cover === 0 ? 0 : round(scope, left, cover);
  return round(base, tier.basisPoints ?? 0, 10000);
}

function byCodePoint(a: string, b: string): number {
  const x = [...a].map((one) => one.codePointAt(0) ?? 0);
  const y = [...b].map((one) => one.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  return x.length - y.length;
}

function inOrder(policy: StackingPolicy, members: readonly Candidate[], b: Booking): Candidate[] {
  const group = { discount: 0, deal: 1, settlement: 2, purchase: 3 };
  const key = ({ voucher: v }: Candidate): (number | string)[] => {
    const tier = tierOf(v, b);
    const isPercent = tier?.basisPoints != null;
    const size = isPercent ? tier.basisPoints : (tier?.amount ?? 0) * count(v, b);
    if (v.type === 'discount') return [0, isPercent === (policy.discountOrder === 'percent_first') ? 0 : 1, -size];
    if (v.type === 'deal') return v.deal?.paysInFull === true ? [1, 1, 0, 0] : [1, 0, isPercent ? 1 : 0, -size];
    return [group[v.type], v.bookUntil ?? '9999-12-31', (v.balance ?? 0) - v.heldByOthers];
  };
  return [...members].sort((p, q) => {
    const a = key(p);
    const c = key(q);
    for (let i = 0; i < a.length; i++) {
      if (a[i] === c[i]) continue;
      return (a[i] as number) < (c[i] as number) ? -1 : 1;
    }
    return byCodePoint(p.voucher.normalisedCode, q.voucher.normalisedCode);
  });
}

function apply(policy: StackingPolicy, members: readonly Candidate[], b: Booking): Applied {
  const ordered = inOrder(policy, members, b);
  const budgets = new Map<string, number>();
  let discount = 0;
  let paid = 0;
  let stored = 0;
  const amounts = ordered.map(({ voucher: v, atMost }) => {
    const left = v.type === 'discount' ? b.tripPrice - b.nonDiscountable - discount : b.tripPrice - discount - paid;
    const caps = [worth(policy, v, b, left), left];
    if (v.maxAmount !== null) caps.push(v.maxAmount);
    if (isStored(v)) caps.push((v.balance ?? 0) - v.heldByOthers);
    if (atMost !== null) caps.push(atMost);
    const c = v.campaign;
    if (c !== null && c.budget !== null)
      caps.push(c.budget - c.budgetUsed - c.budgetHeldByOthers - (budgets.get(c.id) ?? 0));
    const amount = Math.min(...caps);
    if (c !== null) budgets.set(c.id, (budgets.get(c.id) ?? 0) + amount);
    if (v.type === 'discount') discount += amount;
    else paid += amount;
    if (isStored(v)) stored += amount;
    return amount;
  });
  return { members: ordered, amounts, discount, payable: b.tripPrice - discount - paid, stored };
}

function isAdmissible(policy: StackingPolicy, { members, amounts }: Applied): boolean {
  const vs = members.map(({ voucher }) => voucher);
  if (vs.length > 1 && vs.some(({ exclusive }) => exclusive)) return false;
  if (vs.some((a, i) => vs.some((c, j) => i < j && isForbidden(policy, a, c)))) return false;
  if (
    vs.some(
      (a) => a.campaign !== null && vs.filter((c) => c.campaign?.id === a.campaign?.id).length > policy.maxPerCampaign,
    )
  )
    return false;
  if (vs.some(({ type }) => (policy.maxPerType[type] ?? Infinity) < vs.filter((c) => c.type === type).length))
    return false;
  return vs.length <= policy.maxVouchers && amounts.every((amount) => amount > 0);
}

function isForbidden(policy: StackingPolicy, a: Voucher, c: Voucher): boolean {
  return policy.forbiddenPairs.some(([x, y]) => (a.type === x && c.type === y) || (a.type === y && c.type === x));
}

function allSubsets(all: readonly Candidate[]): Candidate[][] {
  return Array.from({ length: 2 ** all.length }, (_unused, mask) => all.filter((_one, i) => (mask >> i) & 1));
}

function endings({ members }: Applied): string[] {
  return members
    .map(({ voucher }) => `${voucher.bookUntil ?? '9999-12-31'} ${voucher.normalisedCode}`)
    .sort(byCodePoint);
}

function compareLists(a: readonly string[], c: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, c.length); i++) {
    const order = byCodePoint(a[i] ?? '', c[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - c.length;
}

function best(subsets: readonly Applied[]): Applied {
  return [...subsets].sort(
    (a, c) =>
      a.payable - c.payable ||
      a.stored - c.stored ||
      a.members.length - c.members.length ||
      compareLists(endings(a), endings(c)),
  )[0] as Applied;
}

function entered(policy: StackingPolicy, eligible: readonly Candidate[], b: Booking): Applied {
  let taken: Candidate[] = [];
  for (const one of eligible) if (isAdmissible(policy, apply(policy, [...taken, one], b))) taken = [...taken, one];
  return apply(policy, taken, b);
}

function whyNot(policy: StackingPolicy, v: Voucher, chosen: readonly Voucher[]): [string, string[]] {
  const codes = (list: readonly Voucher[]) => list.map(({ code }) => code);
  if (v.exclusive) return ['exclusive_voucher', codes(chosen)];
  const exclusive = chosen.filter((one) => one.exclusive);
  if (exclusive.length > 0) return ['exclusive_voucher', codes(exclusive)];
  const forbidden = chosen.filter((one) => isForbidden(policy, v, one));
  if (forbidden.length > 0) return ['type_not_combinable', codes(forbidden)];
  const ofCampaign = chosen.filter((one) => v.campaign !== null && one.campaign?.id === v.campaign.id);
  if (v.campaign !== null && ofCampaign.length >= policy.maxPerCampaign)
    return ['campaign_already_used', codes(ofCampaign)];
  const ofType = chosen.filter(({ type }) => type === v.type);
  if (ofType.length >= (policy.maxPerType[v.type] ?? Infinity)) return ['too_many_of_type', codes(ofType)];
  if (chosen.length >= policy.maxVouchers) return ['too_many_vouchers', codes(chosen)];
  return ['not_needed', []];
}

function alternativesOf(subsets: readonly Applied[], chosen: Applied): ReferenceResult['alternatives'] {
  const isWithin = (a: Applied, c: Applied) =>
    a.members.every((m) => c.members.some((n) => n.voucher.id === m.voucher.id));
  const front = subsets.filter(
    (a) =>
      !subsets.some(
        (c) => c.payable <= a.payable && c.stored <= a.stored && (c.payable < a.payable || c.stored < a.stored),
      ),
  );
  const byPair = new Map<string, Applied>();
  for (const one of front) {
    const key = `${one.payable} ${one.stored}`;
    const known = byPair.get(key);
    const order =
      known === undefined
        ? -1
        : one.members.length - known.members.length || compareLists(endings(one), endings(known));
    if (order < 0) byPair.set(key, one);
  }
  return [...byPair.values()]
    .filter((one) => !isWithin(one, chosen))
    .sort((a, c) => a.payable - c.payable)
    .slice(0, 3)
    .map((one) => ({
      codes: one.members.map(({ voucher }) => voucher.code),
      payable: one.payable,
      storedValueUsed: one.stored,
    }));
}
