import { isSoundMask } from '../../core/engine/code-mask.ts';
import { defineSetting, optionalCount, text, usualOf, type SettingsOf } from './setting-service.ts';

const MAX_LENGTH = 8000;
const isAddress = (typed: string): boolean => typed === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed);
const isBookingUrl = (typed: string): boolean =>
  typed === '' ||
  (/^https?:\/\//.test(typed) && typed.includes('{code}') && URL.canParse(typed.replace('{code}', 'X')));

/** What stands on vouchers and in mails. Texts are empty where nothing is said. */
export const DOCUMENT_FIELDS = {
  companyName: text('', { maxLength: MAX_LENGTH }),
  /** One line a row, under every mail and on every voucher. */
  companyAddress: text('', { maxLength: MAX_LENGTH, hasLines: true }),
  senderEmail: text('', { maxLength: MAX_LENGTH, isSound: isAddress }),
  senderName: text('', { maxLength: MAX_LENGTH }),
  /** How a code is grouped on paper: `XXXX-XXXX-XXXX-XXXX`, or a pattern of `${vou_identifier;min=0;max=4;upperCase}`. */
  codeMask: text('XXXX-XXXX-XXXX-XXXX', { maxLength: MAX_LENGTH, isSound: isSoundMask }),
  /** Where a code is redeemed; `{code}` is put in. Empty: the page of the voucher. */
  bookingUrl: text('', { maxLength: MAX_LENGTH, isSound: isBookingUrl }),
  voucherTerms: text('', { maxLength: MAX_LENGTH, hasLines: true }),
  /** So many days before its end a voucher's recipient is reminded; null: never. */
  reminderDays: optionalCount(null, { min: 1, max: 365 }),
};

export type DocumentSettings = SettingsOf<typeof DOCUMENT_FIELDS>;

export const DOCUMENT_SETTING = defineSetting<DocumentSettings>('documents', usualOf(DOCUMENT_FIELDS));
export const {
  defaults: DEFAULT_DOCUMENT_SETTINGS,
  read: documentSettings,
  change: changeDocumentSettings,
} = DOCUMENT_SETTING;
