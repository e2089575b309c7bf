import * as jsqr from 'jsqr';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

type Decode = (pixels: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null;

interface Canvases {
  create(
    width: number,
    height: number,
  ): {
    readonly canvas: object;
    readonly context: {
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
    };
  };
}

const SCALE = 2;

/** The environment of a server that prints: it finds the Chromium of this machine. */
export const PRINTING = { CHROMIUM_PATH: '' } as const;

/** Of one page, without blanks: letters that the fonts draw apart are told apart. */
export async function textOfPdf(pdf: Uint8Array, page = 1): Promise<string> {
  const document = await opened(pdf);
  const content = await (await document.getPage(page)).getTextContent();
  await document.loadingTask.destroy();
  return content.items
    .map((item) => ('str' in item ? item.str : ''))
    .join('')
    .replace(/\s+/g, '');
}

/** What the QR code of a page says, read from the page as it is drawn. */
export async function qrOfPdf(pdf: Uint8Array, pageNumber = 1): Promise<string> {
  const document = await opened(pdf);
  const page = await document.getPage(pageNumber);
  const viewport = page.getViewport({ scale: SCALE });
  const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
  const { canvas, context } = (document.canvasFactory as Canvases).create(width, height);
  await page.render({ canvas: canvas as HTMLCanvasElement, viewport }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  await document.loadingTask.destroy();
  const decode = (jsqr.default as unknown as { default?: Decode }).default ?? (jsqr.default as unknown as Decode);
  return decode(data, width, height)?.data ?? '';
}

function opened(pdf: Uint8Array) {
  return getDocument({ data: new Uint8Array(pdf), useSystemFonts: false, verbosity: 0 }).promise;
}
