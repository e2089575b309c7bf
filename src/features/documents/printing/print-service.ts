import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../platform/data/db.ts';
import type { Printer } from '../../../platform/files/chromium.ts';
import { croppedJpeg } from '../../../platform/files/images.ts';
import { motifFor, motifImage, offeredMotifs } from '../motifs/motif-service.ts';
import type { Motif } from '../motifs/motif-store.ts';
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
  /** One document with a page for each: fonts and motifs are in it once. */
  pdfOfMany(connection: Connection, vouchers: readonly VoucherToPrint[], format: PrintFormat): Promise<Buffer>;
}

/** A browser prints so many pages in three seconds; with more its time and memory grow faster than they do. */
export const MAX_SHEETS = 500;

/** Width to height of the picture's place in the templates. */
const PICTURE_RATIOS: Readonly<Record<PrintFormat, number>> = { a4: 210 / 128, card: 148 / 58 };
const MAX_CROPS = 20;

const RANGES = {
  'inter-latin-wght-normal': 'U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212',
  'inter-latin-ext-wght-normal': 'U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0',
} as const;
/** Stands where no motif has been uploaded yet. */
const PLAIN_MOTIF = {
  image: dataUrl(
    'image/svg+xml',
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 13" preserveAspectRatio="xMidYMid slice"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#13283a"/><stop offset="1" stop-color="#2f7f9e"/></linearGradient></defs><rect width="21" height="13" fill="url(#g)"/></svg>',
    ),
  ),
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
  const crops = new Map<string, string>();
  const pageOf = async (
    connection: Connection,
    vouchers: readonly VoucherToPrint[],
    format: PrintFormat,
  ): Promise<string> => {
    const motifs = new Map<string | null, { readonly index: number; readonly motif: PrintedVoucher['motif'] }>();
    for (const { motifId } of vouchers) {
      if (!motifs.has(motifId))
        motifs.set(motifId, { index: motifs.size, motif: await motifOf(connection, motifId, format, crops) });
    }
    const sheets = await Promise.all(
      vouchers.map(async (voucher) => {
        const { index, motif } = motifs.get(voucher.motifId) ?? { index: 0, motif: PLAIN_MOTIF };
        return {
          ...(await voucherTemplateData({ ...voucher, motif })),
          motif: { ...motif, index },
          kind: voucher.kind,
          scanHint: voucher.scanHint,
        };
      }),
    );
    const { locale = 'de', title = '' } = vouchers[0] ?? {};
    // Without their padding: a template would escape it.
    const images = [...motifs.values()].map(({ motif }) => motif.image.replace(/=+$/, ''));
    return parts.renderView(`pdf/voucher-${format}`, { locale, title, images, sheets, fonts });
  };
  return {
    html: (connection, voucher, format) => pageOf(connection, [voucher], format),
    pdf: async (connection, voucher, format) => parts.printer.print(await pageOf(connection, [voucher], format), {}),
    pdfOfMany: async (connection, vouchers, format) =>
      parts.printer.print(await pageOf(connection, vouchers, format), {}),
  };
}

/** The font of everything that is printed, as part of the page: a template sees no files. */
export function embeddedFonts(root: string): readonly EmbeddedFont[] {
  return Object.entries(RANGES).map(([file, range]) => ({
    // Without its padding: a template would escape it.
    url: dataUrl(
      'font/woff2',
      readFileSync(join(root, `node_modules/@fontsource-variable/inter/files/${file}.woff2`)),
    ).replace(/=+$/, ''),
    range,
  }));
}

export interface EmbeddedFont {
  readonly url: string;
  readonly range: string;
}

/**
 * The picture as it is to be seen, cut to its place: one that a browser has to cut itself is decoded and packed anew for
 * every page, which took three quarters of the time of a voucher.
 */
async function motifOf(
  connection: Connection,
  id: string | null,
  format: PrintFormat,
  crops: Map<string, string>,
): Promise<PrintedVoucher['motif']> {
  const motif: Motif | null = (await motifFor(connection, id)) ?? (await offeredMotifs(connection))[0] ?? null;
  if (motif === null) return PLAIN_MOTIF;
  const { textColor, panelColor, position } = motif;
  const original = await motifImage(connection, motif.id, 'image');
  const key = `${format} ${createHash('sha256').update(original).digest('hex')}`;
  const image = crops.get(key) ?? dataUrl('image/jpeg', await croppedJpeg(original, PICTURE_RATIOS[format]));
  crops.set(key, image);
  const [oldest] = crops.keys();
  if (crops.size > MAX_CROPS && oldest !== undefined) crops.delete(oldest);
  return { image, textColor, panelColor, position };
}
