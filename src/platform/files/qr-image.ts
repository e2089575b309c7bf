import { toBuffer, toString } from 'qrcode';

/** An SVG picture as the address of an `<img>`: black on white with its quiet zone, so that it also scans on dark pages. */
export async function qrDataUrl(text: string): Promise<string> {
  const svg = await toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** The same as a PNG, for mails: their readers show no SVG. */
export function qrPng(text: string): Promise<Buffer> {
  return toBuffer(text, { type: 'png', errorCorrectionLevel: 'M', margin: 4, scale: 6 });
}
