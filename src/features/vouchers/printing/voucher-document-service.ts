import type { Moment } from '../../../platform/process/clock.ts';
import { groupCode } from '../../../core/engine/code-mask.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formatDay, formatMoney, formatPercent } from '../../../platform/html/format.ts';
import { toLocale, type I18n, type Locale, type Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { handOutCodes } from '../../campaigns/codes/code-service.ts';
import type { DeliveredFile } from '../../documents/mail/mail-delivery-service.ts';
import type { MailRoom } from '../../documents/mail/mail-service.ts';
import type { VoucherPrints, VoucherToPrint, PrintFormat } from '../../documents/printing/print-service.ts';
import { documentSettings, type DocumentSettings } from '../../settings/document-settings-service.ts';
import { insertFirstPin, type PreparedPin } from '../record/voucher-pin-service.ts';
import { audit, findVoucher, readVoucher } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

export interface VoucherDocuments {
  readonly database: Database;
  readonly prints: VoucherPrints;
  readonly mails: MailRoom;
  readonly i18n: I18n;
  readonly baseUrl: string;
}

/** What the mail and the printed voucher call a file. */
export function pdfName(voucher: Pick<VoucherView, 'id'>, t: Translate): string {
  return `${t('documents:print.file')}-${voucher.id}.pdf`;
}

/** One voucher as a PDF; with it the codes of its campaign count as handed out, as those of a batch do. */
export async function voucherPdf(
  documents: VoucherDocuments,
  id: string,
  format: PrintFormat,
  locale: Locale,
  moment: Moment,
): Promise<Buffer> {
  const { campaign } = await findVoucher(documents.database, id, moment);
  if (campaign !== null) await handOutCodes(documents.database, campaign, moment.now);
  const voucher = await toPrint(documents, await findVoucher(documents.database, id, moment), locale);
  return documents.prints.pdf(documents.database.knex, voucher, format);
}

/** A voucher as a mail brings it along. */
export function voucherAttachment(
  shell: VoucherDocuments & Pick<Shell, 'clock' | 'config'>,
): (id: string, locale: string) => Promise<DeliveredFile> {
  return async (id, locale) => {
    const language = toLocale(locale) ?? shell.config.defaultLocale;
    const content = await voucherPdf(shell, id, 'a4', language, shell.clock.moment());
    return { filename: pdfName({ id }, shell.i18n.translator(language)), content, contentType: 'application/pdf' };
  };
}

/** One document with a page for each. */
export async function vouchersPdf(
  documents: VoucherDocuments,
  vouchers: readonly VoucherView[],
  format: PrintFormat,
  locale: Locale,
): Promise<Buffer> {
  const sheets: VoucherToPrint[] = [];
  for (const voucher of vouchers) sheets.push(await toPrint(documents, voucher, locale));
  return documents.prints.pdfOfMany(documents.database.knex, sheets, format);
}

/** What the printed page tells of a voucher. */
export type PrintedVoucher = Pick<
  VoucherView,
  | 'type'
  | 'title'
  | 'value'
  | 'currency'
  | 'deal'
  | 'code'
  | 'validity'
  | 'restrictions'
  | 'stacking'
  | 'recipient'
  | 'message'
  | 'motif'
>;

/** The page as it would be printed, of a voucher that nobody has saved yet. */
export async function draftPreview(
  documents: VoucherDocuments,
  draft: PrintedVoucher,
  format: PrintFormat,
  locale: Locale,
): Promise<string> {
  return documents.prints.html(documents.database.knex, await toPrint(documents, draft, locale), format);
}

export async function voucherPreview(
  documents: VoucherDocuments,
  id: string,
  format: PrintFormat,
  locale: Locale,
  moment: Moment,
): Promise<string> {
  const voucher = await toPrint(documents, await findVoucher(documents.database, id, moment), locale);
  return documents.prints.html(documents.database.knex, voucher, format);
}

/**
 * Queues the voucher's mail with its PDF; answers whom it goes to. `attempt` makes a second one on purpose another
 * document. The first mail carries the PIN of the holder's page (`prepareFirstPin`). `restOf` is the booking whose rest
 * the voucher is: then the mail tells of that.
 */
export async function mailVoucher(
  documents: VoucherDocuments,
  trx: Transaction,
  id: string,
  wish: {
    readonly to: string | null;
    readonly locale: Locale;
    readonly attempt: string;
    readonly firstPin: PreparedPin | null;
    readonly restOf?: string;
  },
  actor: string,
  moment: Moment,
): Promise<string> {
  const voucher = await readVoucher(trx, id, moment);
  const to = wish.to ?? addressOf(voucher);
  if (to === null)
    throw appError('rule_broken', {
      fields: [{ path: 'to', code: 'no_recipient', text: 'vouchers:refusal.no_recipient' }],
    });
  if (!isDeliverable(voucher)) throw appError('illegal_transition');
  const settings = await documentSettings(trx);
  const t = documents.i18n.translator(wish.locale);
  const code = groupCode(normaliseCode(voucher.code), settings.codeMask);
  const pin =
    wish.firstPin !== null && (await insertFirstPin(trx, id, wish.firstPin.hash, moment.now)) ? wish.firstPin.pin : '';
  await documents.mails.queue(
    trx,
    {
      event: wish.restOf === undefined ? 'voucher_mail' : 'voucher_rest',
      dedupeKey: `voucher:${id}:mail:${wish.attempt}`,
      locale: wish.locale,
      brand: voucher.restrictions.brand,
      to: { email: to, name: voucher.recipient?.name ?? null },
      values: {
        name: voucher.recipient?.name ?? '',
        title: voucher.title,
        value: worthText(voucher, wish.locale, t),
        code,
        pin,
        validUntil: validityText(voucher, wish.locale, t),
        message: voucher.message ?? '',
        balanceLink: `${documents.baseUrl}/v`,
        bookingNumber: wish.restOf ?? '',
      },
      secrets: [code, pin],
      attachments: [{ kind: 'vouchers', ids: [id] }],
      sendAfter: moment.now,
      about: { entity: 'voucher', id },
    },
    moment.now,
  );
  await audit({ trx, actor, moment }, 'voucher.mail', id, { attempt: wish.attempt });
  return to;
}

/** That somebody had it on paper who is not shown its code elsewhere. */
export async function recordPrint(act: Act, id: string, format: PrintFormat): Promise<void> {
  await audit(act, 'voucher.print', id, { format });
}

/** Whether its mail could be sent now to whoever it is for. */
export function canBeMailed(voucher: VoucherView): boolean {
  return addressOf(voucher) !== null && isDeliverable(voucher);
}

/** Whether it may leave the house at all: it is paid, and nothing has ended it. */
export function isDeliverable({ status }: VoucherView): boolean {
  return !UNDELIVERED.includes(status);
}

const UNDELIVERED: readonly string[] = ['cancelled', 'refunded', 'replaced', 'derecognised', 'unpaid'];

function addressOf(voucher: VoucherView): string | null {
  return voucher.recipient?.email ?? voucher.restrictions.customer?.email ?? null;
}

async function toPrint(documents: VoucherDocuments, voucher: PrintedVoucher, locale: Locale): Promise<VoucherToPrint> {
  const settings = await documentSettings(documents.database.knex);
  const t = documents.i18n.translator(locale);
  const plainCode = normaliseCode(voucher.code);
  return {
    locale,
    title: voucher.title,
    value: worthText(voucher, locale, t),
    code: groupCode(plainCode, settings.codeMask),
    plainCode,
    link: linkOf(settings, documents.baseUrl, plainCode),
    recipient: voucher.recipient?.name == null ? '' : t('documents:print.for', { name: voucher.recipient.name }),
    message: voucher.message ?? '',
    validity: validityText(voucher, locale, t),
    conditions: conditionsOf(voucher, locale, t),
    terms: settings.voucherTerms,
    company: settings.companyName,
    address: settings.companyAddress.split('\n').filter((line) => line.trim() !== ''),
    motifId: voucher.motif,
    kind: t(`documents:print.kind.${voucher.type}`),
    scanHint: t('documents:print.scan'),
  };
}

/** The code stands behind the `#` of our own page, so that no server's log holds it; a booking flow reads it as it likes. */
function linkOf({ bookingUrl }: DocumentSettings, baseUrl: string, code: string): string {
  return bookingUrl === '' ? `${baseUrl}/v#${code}` : bookingUrl.replaceAll('{code}', encodeURIComponent(code));
}

/** What a scanner read: a bare code, the address of our page, or that of the booking flow of these settings. */
export async function scannedCode(database: Database, text: string): Promise<string> {
  if (text.includes('#')) return decoded(text.slice(text.lastIndexOf('#') + 1));
  const { bookingUrl } = await documentSettings(database.knex);
  const [before = '', after = ''] = bookingUrl.split('{code}', 2);
  const isOurs =
    before !== '' && text.startsWith(before) && text.endsWith(after) && text.length > before.length + after.length;
  return isOurs ? decoded(text.slice(before.length, text.length - after.length)) : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function worthText(voucher: PrintedVoucher, locale: Locale, t: Translate): string {
  const { value, currency, deal } = voucher;
  if (value.originalValue !== null) return formatMoney(value.originalValue, currency, locale);
  if (deal?.paysInFull === true) return t('documents:print.whole_trip');
  const tiers = value.tiers.map(({ amount, percent }) =>
    percent === undefined ? formatMoney(amount, currency, locale) : formatPercent(Math.round(percent * 100), locale),
  );
  const last = tiers.at(-1) ?? '';
  return tiers.length > 1 ? t('documents:print.up_to', { worth: last }) : last;
}

function validityText({ validity }: PrintedVoucher, locale: Locale, t: Translate): string {
  return validity.bookUntil === null
    ? t('documents:print.no_end')
    : t('documents:print.until', { day: formatDay(validity.bookUntil, locale) });
}

function conditionsOf(
  { validity, restrictions, value, currency, stacking }: PrintedVoucher,
  locale: Locale,
  t: Translate,
): string[] {
  const conditions: string[] = [];
  const { travelFrom, travelUntil } = validity;
  if (travelFrom !== null && travelUntil !== null)
    conditions.push(
      t('documents:print.travel_between', {
        from: formatDay(travelFrom, locale),
        until: formatDay(travelUntil, locale),
      }),
    );
  else if (travelFrom !== null)
    conditions.push(t('documents:print.travel_from', { day: formatDay(travelFrom, locale) }));
  else if (travelUntil !== null)
    conditions.push(t('documents:print.travel_until', { day: formatDay(travelUntil, locale) }));
  const [first] = value.tiers;
  if (first !== undefined && first.minTripPrice > 0)
    conditions.push(t('documents:print.from_price', { price: formatMoney(first.minTripPrice, currency, locale) }));
  if (value.maxAmount !== null)
    conditions.push(t('documents:print.at_most', { amount: formatMoney(value.maxAmount, currency, locale) }));
  if (restrictions.minTravellers !== null)
    conditions.push(t('documents:print.travellers', { count: restrictions.minTravellers }));
  if (stacking.exclusive) conditions.push(t('documents:print.alone'));
  return conditions;
}
