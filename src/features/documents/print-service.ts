import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../platform/db.ts';
import type { Printer } from '../../platform/chromium.ts';
import { motifFor, motifImage, offeredMotifs } from './motif-service.ts';
import type { Motif } from './motif-store.ts';
import { dataUrl, voucherTemplateData, type PrintedVoucher, type PrintFormat } from './voucher-pdf.ts';

export { PRINT_FORMATS, type PrintFormat } from './voucher-pdf.ts';

/** A voucher as its own feature tells of it; the motif and what is the same on all is added here. */
export type VoucherToPrint = Omit<PrintedVoucher, 'motif'> & {
  readonly motifId: string | null;
  readonly kind: string;
  readonly scanHint: string;
};

export interface VoucherPrints {
  /** The page as a browser shows it, for the preview. */
  html(connection: Connection, voucher: VoucherToPrint, format: PrintFormat): Promise<string>;
  pdf(connection: Connection, voucher: VoucherToPrint, format: PrintFormat): Promise<Buffer>;
}

const RANGES = {
  'inter-latin-wght-normal': 'U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212',
  'inter-latin-ext-wght-normal': 'U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0',
} as const;
/** Stands where no motif has been uploaded yet. */
const PLAIN_MOTIF = {
  image: dataUrl('image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 13" preserveAspectRatio="xMidYMid slice"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#13283a"/><stop offset="1" stop-color="#2f7f9e"/></linearGradient></defs><rect width="21" height="13" fill="url(#g)"/></svg>')),
  textColor: '#13202c',
  panelColor: '#ffffff',
  position: 'left',
} as const;

export function createVoucherPrints(parts: {
  readonly printer: Printer;
  readonly root: string;
  readonly renderView: (view: string, data: object) => string;
}): VoucherPrints {
  const fonts = embeddedFonts(parts.root);
  const html: VoucherPrints['html'] = async (connection, voucher, format) => {
    const data = await voucherTemplateData({ ...voucher, motif: await motifOf(connection, voucher.motifId) });
    return parts.renderView(`pdf/voucher-${format}`, { ...data, kind: voucher.kind, scanHint: voucher.scanHint, fonts });
  };
  return { html, pdf: async (connection, voucher, format) => parts.printer.print(await html(connection, voucher, format), {}) };
}

/** The font of everything that is printed, as part of the page: a template sees no files. */
export function embeddedFonts(root: string): readonly EmbeddedFont[] {
  return Object.entries(RANGES).map(([file, range]) => ({
    // Without its padding: a template would escape it.
    url: dataUrl('font/woff2', readFileSync(join(root, `node_modules/@fontsource-variable/inter/files/${file}.woff2`))).replace(/=+$/, ''),
    range,
  }));
}

export interface EmbeddedFont {
  readonly url: string;
  readonly range: string;
}

async function motifOf(connection: Connection, id: string | null): Promise<PrintedVoucher['motif']> {
  const motif: Motif | null = (await motifFor(connection, id)) ?? (await offeredMotifs(connection))[0] ?? null;
  if (motif === null) return PLAIN_MOTIF;
  const { textColor, panelColor, position } = motif;
  return { image: dataUrl('image/jpeg', await motifImage(connection, motif.id, 'image')), textColor, panelColor, position };
}
