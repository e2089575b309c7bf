import { cp1252Byte } from '../../../core/books/cp1252-text.ts';

/** Bytes of a text that `toCp1252Text` has written; throws where it has not, because a silent '?' is a wrong document. */
export function encodeCp1252(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (const sign of text) {
    const byte = cp1252Byte(sign);
    if (byte === null) throw new Error('a sign that Windows-1252 does not have');
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}
