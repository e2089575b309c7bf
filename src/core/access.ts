/**
 * Who may do what: the one place that compares roles. A page, a button, a menu entry and an operation of the API name
 * a permission.
 */

export const ROLES = ['admin', 'agent', 'accountant', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asked for first of all, of whom there is always one, and who needs no right of their own. */
export const ADMINISTRATOR: Role = 'admin';
/** What somebody new is, unless another role is chosen. */
export const USUAL_ROLE: Role = 'agent';

/** What is granted to a person besides the role. */
export const RIGHTS = ['canSeeCodes', 'canSendVouchers', 'canPrintVouchers', 'canRefund', 'canChangeSettings'] as const;
export type Right = (typeof RIGHTS)[number];
/** What somebody new has, unless it is taken away: sending a voucher shows its code to its recipient only. */
export const USUAL_RIGHTS: readonly Right[] = ['canSendVouchers'];

/** What an API key may be given. */
export const API_RIGHTS = ['booking', 'manage', 'read', 'all'] as const;
export type ApiRight = (typeof API_RIGHTS)[number];

export type RightHolder = { readonly role: Role } & Readonly<Record<Right, boolean>>;

/** Each right with the answer of a question. */
export function rightsWhere(has: (right: Right) => boolean): Readonly<Record<Right, boolean>> {
  return Object.fromEntries(RIGHTS.map((right) => [right, has(right)])) as Readonly<Record<Right, boolean>>;
}

interface Grant {
  /** Who have it by their role. */
  readonly roles: readonly Role[];
  /** Who have it once they were granted the right. A right gives nothing to a role that is not named here. */
  readonly granted?: Readonly<Partial<Record<Right, readonly Role[]>>>;
  /** Which API keys have it: any one of these is enough. */
  readonly keys?: readonly ApiRight[];
}

const EVERYBODY = ROLES;
const ADMINS = ['admin'] as const;
const AGENTS = ['admin', 'agent'] as const;
const BOOKKEEPERS = ['admin', 'accountant'] as const;
const BOOK_READERS = ['admin', 'accountant', 'auditor'] as const;
const OVERSEERS = ['admin', 'auditor'] as const;
const ALL_BUT_AUDITORS = ['admin', 'agent', 'accountant'] as const;

/** In the order in which the page of permissions shows them; the word before the dot is their group there. */
const GRANTS = {
  'overview.see': { roles: EVERYBODY },
  'account.change': { roles: EVERYBODY },

  'vouchers.see': { roles: EVERYBODY, keys: ['read', 'manage'] },
  'vouchers.change': { roles: AGENTS, keys: ['manage'] },
  'vouchers.send': { roles: ADMINS, granted: { canSendVouchers: ['agent'] }, keys: ['manage'] },
  'vouchers.preview': { roles: ADMINS, granted: { canSeeCodes: ['agent'] } },
  'vouchers.print': {
    roles: ADMINS,
    granted: { canSeeCodes: ['agent'], canPrintVouchers: ['agent'] },
    keys: ['manage'],
  },
  'vouchers.document': {
    roles: ADMINS,
    granted: { canSeeCodes: ['agent'], canSendVouchers: ['agent'], canPrintVouchers: ['agent'] },
  },
  'vouchers.correct': { roles: BOOKKEEPERS },
  'vouchers.refund': { roles: ADMINS, granted: { canRefund: ['agent'] } },
  'vouchers.import': { roles: AGENTS },
  'vouchers.export': { roles: EVERYBODY },
  'codes.see': {
    roles: ADMINS,
    granted: { canSeeCodes: ['agent', 'accountant', 'auditor'] },
    keys: ['booking', 'read', 'manage'],
  },

  'campaigns.see': { roles: EVERYBODY, keys: ['read', 'manage'] },
  'campaigns.change': { roles: AGENTS, keys: ['manage'] },

  'balances.see': { roles: [], keys: ['booking', 'read', 'manage'] },
  'quotes.ask': { roles: [], keys: ['booking'] },
  'holds.see': { roles: EVERYBODY, keys: ['booking'] },
  'holds.make': { roles: [], keys: ['booking'] },
  'holds.release': { roles: AGENTS, keys: ['booking'] },
  'redemptions.see': { roles: EVERYBODY, keys: ['booking', 'read', 'manage'] },
  'redemptions.make': { roles: [], keys: ['booking'] },
  'redemptions.reverse': { roles: AGENTS, keys: ['booking'] },
  'redemptions.see_all': { roles: EVERYBODY, keys: ['all'] },
  'trials.see': { roles: EVERYBODY },
  'trials.keep': { roles: AGENTS },
  'trials.replay': { roles: AGENTS },

  'orders.see': { roles: EVERYBODY, keys: ['read', 'manage'] },
  'orders.change': { roles: ALL_BUT_AUDITORS, keys: ['manage'] },
  'orders.refund': { roles: ADMINS, granted: { canRefund: ['agent', 'accountant'] } },
  'chargebacks.win': { roles: BOOKKEEPERS, granted: { canRefund: ['agent'] } },
  'refunds.see': { roles: EVERYBODY },
  'refunds.pay': { roles: BOOKKEEPERS, granted: { canRefund: ['agent'] } },
  'approvals.see': { roles: EVERYBODY },
  'approvals.decide': { roles: BOOKKEEPERS },
  'approvals.decide_refund': { roles: BOOKKEEPERS, granted: { canRefund: ['agent'] } },

  'counter.sell': { roles: AGENTS },
  'counter.cancel': { roles: ADMINS, granted: { canRefund: ['agent'] } },
  'shifts.see': { roles: EVERYBODY },
  'shifts.close_any': { roles: ADMINS },
  'receipts.see': { roles: EVERYBODY },

  'partner_invoices.see': { roles: EVERYBODY },
  'partner_invoices.change': { roles: BOOKKEEPERS },
  'settlements.see': { roles: BOOK_READERS },
  'settlements.change': { roles: BOOKKEEPERS },

  'mails.see': { roles: EVERYBODY },
  'mails.change': { roles: AGENTS },
  'motifs.see': { roles: EVERYBODY },
  'motifs.change': { roles: AGENTS },
  'catalogue.see': { roles: EVERYBODY, keys: ['read', 'manage', 'booking'] },
  'catalogue.change': { roles: AGENTS, keys: ['manage'] },

  'books.see': { roles: BOOK_READERS },
  'books.change': { roles: BOOKKEEPERS },
  'books.close': { roles: BOOKKEEPERS },
  'books.backdate': { roles: BOOKKEEPERS },
  'derecognitions.see': { roles: BOOK_READERS },
  'derecognitions.decide': { roles: BOOKKEEPERS },

  'rules.see': { roles: EVERYBODY },
  'stacking.see': {
    roles: ['admin', 'agent', 'auditor'],
    granted: { canChangeSettings: ['accountant'] },
    keys: ['read', 'manage'],
  },
  'settings.see': {
    roles: OVERSEERS,
    granted: { canChangeSettings: ['agent', 'accountant'] },
    keys: ['read', 'manage'],
  },
  'settings.change': { roles: ADMINS, granted: { canChangeSettings: ['agent', 'accountant'] }, keys: ['manage'] },

  'jobs.see': { roles: EVERYBODY, keys: ['manage', 'read'] },
  'jobs.see_all': { roles: ADMINS },
  'jobs.stop': { roles: EVERYBODY, keys: ['manage'] },
  'tidying.see': { roles: OVERSEERS },
  'tidying.change': { roles: ADMINS },
  'person_data.use': { roles: ADMINS },
  'audit.see': { roles: BOOK_READERS },
  'people.manage': { roles: ADMINS },
  'keys.manage': { roles: ADMINS },
} as const satisfies Readonly<Record<string, Grant>>;

export type Permission = keyof typeof GRANTS;

export const PERMISSIONS = Object.keys(GRANTS) as readonly Permission[];

/**
 * Whether a person may do it; somebody who is not signed in may do nothing. A new permission is one row of GRANTS, a new
 * role one word of ROLES and of the groups it belongs to.
 * may(agent, 'refunds.pay') = false, may(agent with canRefund, 'refunds.pay') = true; may(auditor with canRefund,
 * 'refunds.pay') = false, because a right gives nothing to a role that its row does not name.
 */
export function may(person: RightHolder | null, permission: Permission): boolean {
  if (person === null) return false;
  const standing = standingOf(person.role, permission);
  return typeof standing === 'boolean' ? standing : standing.some((right) => person[right]);
}

/** Whether a role may do it: yes, no, or with any one of these rights. */
export function standingOf(role: Role, permission: Permission): boolean | readonly Right[] {
  const { roles, granted = {} }: Grant = GRANTS[permission];
  if (roles.includes(role)) return true;
  const rights = RIGHTS.filter((right) => granted[right]?.includes(role) === true);
  return rights.length === 0 ? false : rights;
}

/** Which rights of an API key allow it: any one of them is enough. */
export function apiRightsFor(permission: Permission): readonly ApiRight[] {
  const { keys = [] }: Grant = GRANTS[permission];
  return keys;
}

/** Whether an API key with these rights may do it. */
export function mayKey(rights: readonly ApiRight[], permission: Permission): boolean {
  return apiRightsFor(permission).some((right) => rights.includes(right));
}
