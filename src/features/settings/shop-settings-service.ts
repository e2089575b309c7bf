import { defineSetting } from './setting-service.ts';

/** What the voucher shop sells and how it is paid. Amounts are minor units of the currency of the general settings. */
export interface ShopSettings {
  readonly isOpen: boolean;
  /** The amounts offered as buttons. */
  readonly amounts: readonly number[];
  readonly allowsFreeAmount: boolean;
  readonly minAmount: number;
  readonly maxAmount: number;
  readonly maxQuantity: number;
  /** A voucher holds until the end of the so-and-so-many-th year after its sale; null: without an end. */
  readonly validYears: number | null;
  readonly paymentDays: number;
  readonly accountHolder: string;
  readonly iban: string;
  readonly bic: string;
  readonly bankName: string;
  /** Who gives the vouchers out, as it stands in mails and under every page of the shop. */
  readonly companyName: string;
  readonly companyAddress: string;
  readonly contactEmail: string;
  readonly contactPhone: string;
  /** Gets a mail for every order; empty: nobody. */
  readonly notifyEmail: string;
  readonly imprintUrl: string;
  readonly privacyUrl: string;
  /** Plain text; an empty line begins a paragraph. */
  readonly terms: string;
}

export const DEFAULT_SHOP_SETTINGS: ShopSettings = {
  isOpen: false,
  amounts: [5000, 10_000, 15_000, 25_000],
  allowsFreeAmount: true,
  minAmount: 1000,
  maxAmount: 100_000,
  maxQuantity: 10,
  validYears: 3,
  paymentDays: 14,
  accountHolder: '',
  iban: '',
  bic: '',
  bankName: '',
  companyName: '',
  companyAddress: '',
  contactEmail: '',
  contactPhone: '',
  notifyEmail: '',
  imprintUrl: '',
  privacyUrl: '',
  terms: '',
};

/** The bounds of what is counted. */
export const SHOP_COUNTS = {
  amounts: { min: 0, max: 12 },
  maxQuantity: { min: 1, max: 100 },
  validYears: { min: 1, max: 30 },
  paymentDays: { min: 1, max: 90 },
} as const;

export const SHOP_SETTING = defineSetting('shop', DEFAULT_SHOP_SETTINGS);
export const { read: shopSettings, change: changeShopSettings } = SHOP_SETTING;
