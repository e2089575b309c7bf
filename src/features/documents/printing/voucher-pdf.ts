import type { Locale } from '../../../platform/html/i18n.ts';
import bwip from 'bwip-js/node';
import { toString as qrSvg } from 'qrcode';

/** Everything that stands on a printed voucher; texts are as they are to be read. */
export interface PrintedVoucher {
  readonly locale: Locale;
  readonly title: string;
  readonly value: string;
  readonly code: string;
  /** Letters and digits alone, for the bar code. */
  readonly plainCode: string;
  readonly link: string;
  readonly recipient: string;
  readonly message: string;
  readonly validity: string;
  readonly conditions: readonly string[];
  readonly terms: string;
  readonly company: string;
  readonly address: readonly string[];
  readonly motif: {
    readonly image: string;
    readonly textColor: string;
    readonly panelColor: string;
    readonly position: string;
  };
}

export const PRINT_FORMATS = ['a4', 'card'] as const;
export type PrintFormat = (typeof PRINT_FORMATS)[number];

/** What the template of a voucher shows: its data, with both codes drawn. */
export async function voucherTemplateData(voucher: PrintedVoucher): Promise<object> {
  const qr = await qrSvg(voucher.link, { type: 'svg', errorCorrectionLevel: 'Q', margin: 2 });
  // Code 128 knows no umlauts; such a code has its QR code alone.
  const isAscii = /^[\x20-\x7e]+$/.test(voucher.plainCode);
  const barcode = isAscii
    ? bwip.toSVG({ bcid: 'code128', text: voucher.plainCode, height: 10, includetext: false })
    : '';
  return {
    ...voucher,
    // As part of the page: a browser opens a drawing in an image as a page of its own, which takes most of the time.
    qr,
    barcode,
    termLines: voucher.terms.split('\n').filter((line) => line.trim() !== ''),
  };
}

export function dataUrl(mediaType: string, content: Buffer): string {
  return `data:${mediaType};base64,${content.toString('base64')}`;
}
