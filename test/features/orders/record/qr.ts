import * as jsqr from 'jsqr';
import sharp from 'sharp';

type Decode = (data: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null;

/** What the QR code in a picture says. */
export async function qrOfPicture(picture: Uint8Array): Promise<string> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const decode = (jsqr.default as unknown as { default?: Decode }).default ?? (jsqr.default as unknown as Decode);
  return decode(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}
