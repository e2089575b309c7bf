import { expect } from 'chai';
import {
  API_RIGHTS,
  apiRightsFor,
  may,
  mayKey,
  PERMISSIONS,
  rightsWhere,
  RIGHTS,
  ROLES,
  standingOf,
  type Permission,
  type Right,
  type Role,
} from '../../src/core/access.ts';

/** Who may do what, written down a second time: for each role `yes`, `-`, or the rights that give it; then the API keys. */
const EXPECTED: Readonly<Record<Permission, string>> = {
  'overview.see': 'yes yes yes yes',
  'account.change': 'yes yes yes yes',
  'vouchers.see': 'yes yes yes yes keys read|manage',
  'vouchers.change': 'yes yes - - keys manage',
  'vouchers.send': 'yes canSendVouchers - - keys manage',
  'vouchers.preview': 'yes canSeeCodes - -',
  'vouchers.print': 'yes canSeeCodes|canPrintVouchers - - keys manage',
  'vouchers.document': 'yes canSeeCodes|canSendVouchers|canPrintVouchers - -',
  'vouchers.correct': 'yes - yes -',
  'vouchers.refund': 'yes canRefund - -',
  'vouchers.import': 'yes yes - -',
  'vouchers.export': 'yes yes yes yes',
  'codes.see': 'yes canSeeCodes canSeeCodes canSeeCodes keys booking|read|manage',
  'campaigns.see': 'yes yes yes yes keys read|manage',
  'campaigns.change': 'yes yes - - keys manage',
  'balances.see': '- - - - keys booking|read|manage',
  'quotes.ask': '- - - - keys booking',
  'holds.see': 'yes yes yes yes keys booking',
  'holds.make': '- - - - keys booking',
  'holds.release': 'yes yes - - keys booking',
  'redemptions.see': 'yes yes yes yes keys booking|read|manage',
  'redemptions.make': '- - - - keys booking',
  'redemptions.reverse': 'yes yes - - keys booking',
  'redemptions.see_all': 'yes yes yes yes keys all',
  'trials.see': 'yes yes yes yes',
  'trials.keep': 'yes yes - -',
  'trials.replay': 'yes yes - -',
  'orders.see': 'yes yes yes yes keys read|manage',
  'orders.change': 'yes yes yes - keys manage',
  'orders.refund': 'yes canRefund canRefund -',
  'chargebacks.win': 'yes canRefund yes -',
  'refunds.see': 'yes yes yes yes',
  'refunds.pay': 'yes canRefund yes -',
  'approvals.see': 'yes yes yes yes',
  'approvals.decide': 'yes - yes -',
  'approvals.decide_refund': 'yes canRefund yes -',
  'counter.sell': 'yes yes - -',
  'counter.cancel': 'yes canRefund - -',
  'shifts.see': 'yes yes yes yes',
  'shifts.close_any': 'yes - - -',
  'receipts.see': 'yes yes yes yes',
  'partner_invoices.see': 'yes yes yes yes',
  'partner_invoices.change': 'yes - yes -',
  'settlements.see': 'yes - yes yes',
  'settlements.change': 'yes - yes -',
  'mails.see': 'yes yes yes yes',
  'mails.change': 'yes yes - -',
  'motifs.see': 'yes yes yes yes',
  'motifs.change': 'yes yes - -',
  'catalogue.see': 'yes yes yes yes keys read|manage|booking',
  'catalogue.change': 'yes yes - - keys manage',
  'books.see': 'yes - yes yes',
  'books.change': 'yes - yes -',
  'books.close': 'yes - yes -',
  'books.backdate': 'yes - yes -',
  'derecognitions.see': 'yes - yes yes',
  'derecognitions.decide': 'yes - yes -',
  'rules.see': 'yes yes yes yes',
  'stacking.see': 'yes yes canChangeSettings yes keys read|manage',
  'settings.see': 'yes canChangeSettings canChangeSettings yes keys read|manage',
  'settings.change': 'yes canChangeSettings canChangeSettings - keys manage',
  'jobs.see': 'yes yes yes yes keys manage|read',
  'jobs.see_all': 'yes - - -',
  'jobs.stop': 'yes yes yes yes keys manage',
  'tidying.see': 'yes - - yes',
  'tidying.change': 'yes - - -',
  'person_data.use': 'yes - - -',
  'audit.see': 'yes - yes yes',
  'people.manage': 'yes - - -',
  'keys.manage': 'yes - - -',
};

describe('who may do what', () => {
  it('is this table', () => {
    expect(Object.fromEntries(PERMISSIONS.map((permission) => [permission, rowOf(permission)]))).to.deep.equal(
      EXPECTED,
    );
  });

  it('is nothing for somebody who is not signed in', () => {
    expect(PERMISSIONS.filter((permission) => may(null, permission))).to.deep.equal([]);
  });

  it('is everything a person can do at all for an administrator without any right', () => {
    const denied = PERMISSIONS.filter((permission) => !may(person('admin'), permission));
    expect(denied).to.deep.equal(
      PERMISSIONS.filter((permission) => ROLES.every((role) => standingOf(role, permission) === false)),
    );
  });

  it('is changed for an auditor by no right but to see codes', () => {
    const gained = PERMISSIONS.filter(
      (permission) => may(person('auditor', ...RIGHTS), permission) && !may(person('auditor'), permission),
    );
    expect(gained).to.deep.equal(['codes.see']);
  });

  it('goes by the right where the role needs one', () => {
    expect(may(person('agent'), 'refunds.pay')).to.equal(false);
    expect(may(person('agent', 'canRefund'), 'refunds.pay')).to.equal(true);
    expect(may(person('agent', 'canSeeCodes', 'canChangeSettings'), 'refunds.pay')).to.equal(false);
    expect(may(person('accountant'), 'refunds.pay')).to.equal(true);
    expect(may(person('auditor', 'canRefund'), 'refunds.pay')).to.equal(false);
  });

  it('gives each right and each role something', () => {
    for (const right of RIGHTS)
      expect(
        PERMISSIONS.some((permission) =>
          ROLES.some((role) => may(person(role, right), permission) && !may(person(role), permission)),
        ),
        right,
      ).to.equal(true);
  });

  it('asks an API key for any one of the rights', () => {
    expect(mayKey(['read'], 'vouchers.see')).to.equal(true);
    expect(mayKey(['booking'], 'vouchers.see')).to.equal(false);
    expect(mayKey(['booking', 'manage'], 'vouchers.change')).to.equal(true);
    expect(mayKey([], 'vouchers.see')).to.equal(false);
    expect(mayKey(API_RIGHTS, 'people.manage')).to.equal(false);
  });
});

function person(role: Role, ...rights: readonly Right[]) {
  return { role, ...rightsWhere((right) => rights.includes(right)) };
}

function rowOf(permission: Permission): string {
  const cells = ROLES.map((role) => {
    const standing = standingOf(role, permission);
    return standing === true ? 'yes' : standing === false ? '-' : standing.join('|');
  });
  const keys = apiRightsFor(permission);
  return [...cells, ...(keys.length === 0 ? [] : [`keys ${keys.join('|')}`])].join(' ');
}
