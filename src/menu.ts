import type { MenuSection } from './platform/html/menu.ts';

/** The left menu. A page that does not exist has no entry. */
export const MENU: readonly MenuSection[] = [
  {
    label: null,
    entries: [
      { label: 'common:menu.overview', path: '/admin/overview', icon: 'layout-dashboard' },
      {
        label: 'common:menu.vouchers',
        path: '/admin/vouchers',
        icon: 'ticket',
        children: [
          { label: 'common:menu.vouchers_discount', path: '/admin/vouchers?type=discount' },
          { label: 'common:menu.vouchers_deal', path: '/admin/vouchers?type=deal' },
          { label: 'common:menu.vouchers_purchase', path: '/admin/vouchers?type=purchase' },
          { label: 'common:menu.vouchers_settlement', path: '/admin/vouchers?type=settlement' },
        ],
      },
      {
        label: 'common:menu.orders',
        path: '/admin/orders',
        icon: 'shopping-cart',
        children: [
          { label: 'common:menu.order_money', path: '/admin/orders/money' },
          { label: 'common:menu.chargebacks', path: '/admin/chargebacks' },
        ],
      },
      { label: 'common:menu.campaigns', path: '/admin/campaigns', icon: 'speakerphone' },
      { label: 'common:menu.approvals', path: '/admin/approvals', icon: 'users' },
      { label: 'common:menu.refunds', path: '/admin/refunds', icon: 'receipt-refund' },
      { label: 'common:menu.partner_invoices', path: '/admin/partner-invoices', icon: 'file-text' },
      { label: 'common:menu.redemptions', path: '/admin/redemptions', icon: 'receipt' },
      { label: 'common:menu.holds', path: '/admin/holds', icon: 'clock' },
      { label: 'common:menu.counter', path: '/admin/counter', icon: 'cash', permission: 'counter.sell' },
      {
        label: 'common:menu.shifts',
        path: '/admin/counter/shifts',
        icon: 'cash',
        permission: 'shifts.see',
        unless: 'counter.sell',
      },
      { label: 'common:menu.motifs', path: '/admin/motifs', icon: 'gift' },
      {
        label: 'common:menu.outbox',
        path: '/admin/outbox',
        icon: 'mail',
        children: [{ label: 'common:menu.mail_texts', path: '/admin/mail-texts', permission: 'mails.change' }],
      },
      { label: 'common:menu.booking_test', path: '/admin/booking-test', icon: 'help' },
      {
        label: 'common:menu.demo',
        path: '/demo/trips',
        icon: 'plane',
        children: [
          { label: 'common:menu.demo_trips', path: '/demo/trips' },
          { label: 'common:menu.demo_deals', path: '/demo/deals' },
        ],
      },
    ],
  },
  {
    label: 'common:menu.administration',
    entries: [
      {
        label: 'common:menu.accounting',
        path: '/admin/accounting/journal',
        icon: 'receipt',
        permission: 'books.see',
        children: [
          { label: 'common:menu.accounting_journal', path: '/admin/accounting/journal' },
          { label: 'common:menu.accounting_balances', path: '/admin/accounting/balances' },
          { label: 'common:menu.accounting_liabilities', path: '/admin/accounting/liabilities' },
          { label: 'common:menu.accounting_derecognition', path: '/admin/accounting/derecognition' },
          { label: 'common:menu.accounting_partners', path: '/admin/partner-settlements' },
          { label: 'common:menu.accounting_partner_accounts', path: '/admin/accounting/partners' },
          { label: 'common:menu.accounting_payments', path: '/admin/accounting/payments' },
          { label: 'common:menu.accounting_exports', path: '/admin/accounting/exports' },
          { label: 'common:menu.accounting_month_end', path: '/admin/accounting/month-end' },
          { label: 'common:menu.accounting_periods', path: '/admin/accounting/periods' },
          { label: 'common:menu.accounting_accounts', path: '/admin/accounting/accounts' },
          { label: 'common:menu.accounting_numbers', path: '/admin/accounting/numbers' },
          { label: 'common:menu.accounting_documents', path: '/admin/accounting/document-numbers' },
          { label: 'common:menu.accounting_proof', path: '/admin/accounting/proof' },
        ],
      },
      {
        label: 'common:menu.masterdata',
        path: '/admin/catalogue/products',
        icon: 'list',
        children: [
          { label: 'common:menu.products', path: '/admin/catalogue/products' },
          { label: 'common:menu.themes', path: '/admin/catalogue/themes' },
          { label: 'common:menu.regions', path: '/admin/catalogue/regions' },
          { label: 'common:menu.brands', path: '/admin/catalogue/brands' },
          { label: 'common:menu.partners', path: '/admin/catalogue/partners' },
        ],
      },
      {
        label: 'common:menu.settings',
        path: '/admin/settings/stacking',
        icon: 'settings',
        permission: 'stacking.see',
        children: [
          { label: 'common:menu.settings_stacking', path: '/admin/settings/stacking' },
          { label: 'common:menu.settings_reversals', path: '/admin/settings/reversals' },
          { label: 'common:menu.settings_four_eyes', path: '/admin/settings/four-eyes' },
          {
            label: 'common:menu.settings_documents',
            path: '/admin/settings/documents',
            permission: 'settings.see',
          },
          {
            label: 'common:menu.settings_invoices',
            path: '/admin/settings/invoices',
            permission: 'settings.see',
          },
          {
            label: 'common:menu.settings_shop',
            path: '/admin/settings/shop',
            permission: 'settings.see',
          },
          {
            label: 'common:menu.settings_general',
            path: '/admin/settings/general',
            permission: 'settings.see',
          },
        ],
      },
      { label: 'common:menu.imports', path: '/admin/imports', icon: 'upload', permission: 'vouchers.import' },
      { label: 'common:menu.sheets', path: '/admin/sheets', icon: 'file-text', permission: 'vouchers.change' },
      { label: 'common:menu.jobs', path: '/admin/jobs', icon: 'clipboard-list' },
      { label: 'common:menu.tidying', path: '/admin/tidying', icon: 'trash', permission: 'tidying.see' },
      { label: 'common:menu.person_data', path: '/admin/person-data', icon: 'user', permission: 'person_data.use' },
      { label: 'common:menu.audit', path: '/admin/audit', icon: 'history', permission: 'audit.see' },
      { label: 'common:menu.users', path: '/admin/users', icon: 'users', permission: 'people.manage' },
      { label: 'common:menu.api_keys', path: '/admin/api-keys', icon: 'key', permission: 'keys.manage' },
    ],
  },
];

/** The demo books without a login, so production has neither its pages nor its entry. */
export function withoutDemo(menu: readonly MenuSection[]): readonly MenuSection[] {
  return menu.map((section) => ({
    ...section,
    entries: section.entries.filter(({ path }) => !path.startsWith('/demo/')),
  }));
}
