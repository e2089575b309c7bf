import { createHash } from 'node:crypto';
import sharp from 'sharp';

export interface ReadImage {
  /** Re-encoded as JPEG, without any metadata. */
  readonly image: Buffer;
  readonly thumbnail: Buffer;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
}

export const MAX_IMAGE_BYTES = 15 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
const MAX_WIDTH = 2000;
const MAX_HEIGHT = 1600;
const THUMBNAIL_WIDTH = 480;
const FORMATS: readonly string[] = ['png', 'jpeg', 'webp'];

export type ImageProblem = 'image.unreadable' | 'image.format' | 'image.too_large' | 'image.too_small';

/** The file is no picture we take; `problem` is the key of its sentence in `common:`. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly problem: ImageProblem;
  constructor(problem: ImageProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** A picture somebody uploaded, drawn anew: what is kept holds neither metadata nor anything but pixels. */
export async function readImage(source: string | Buffer): Promise<ReadImage> {
  const options = { limitInputPixels: MAX_PIXELS, failOn: 'error' as const };
  const { format, width, height } = await sharp(source, options)
    .metadata()
    .catch((error: unknown) => {
      throw new ImageError(
        error instanceof Error && error.message.includes('pixel limit') ? 'image.too_large' : 'image.unreadable',
      );
    });
  if (!FORMATS.includes(String(format))) throw new ImageError('image.format');
  if (width * height > MAX_PIXELS) throw new ImageError('image.too_large');
  if (width < 400 || height < 200) throw new ImageError('image.too_small');
  try {
    const upright = sharp(source, options).rotate().flatten({ background: '#ffffff' });
    const { data: image, info } = await upright
      .clone()
      .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 84, mozjpeg: true })
      .toBuffer({ resolveWithObject: true });
    const thumbnail = await upright
      .clone()
      .resize({ width: THUMBNAIL_WIDTH, height: 300, fit: 'cover' })
      .jpeg({ quality: 78 })
      .toBuffer();
    return {
      image,
      thumbnail,
      hash: createHash('sha256').update(image).digest('hex'),
      width: info.width,
      height: info.height,
    };
  } catch {
    throw new ImageError('image.unreadable');
  }
}

/** The middle of a picture in the wanted proportion, as large as it is there. */
export async function croppedJpeg(image: Buffer, widthToHeight: number): Promise<Buffer> {
  const { width, height } = await sharp(image).metadata();
  const isTooWide = width / height > widthToHeight;
  const size = isTooWide
    ? { width: Math.round(height * widthToHeight), height }
    : { width, height: Math.round(width / widthToHeight) };
  return sharp(image)
    .resize({ ...size, fit: 'cover' })
    .jpeg({ quality: 90 })
    .toBuffer();
}
