const BEGIN = '<x:xmpmeta';
const END = '</x:xmpmeta>';

/**
 * The metadata of a PDF/A are UTF-8, but the library writes one byte for each sign, so that a seller's "ü" breaks them.
 * They are written anew in the place they have: what a sign takes more is taken from the indentation, so that no address
 * in the file moves. `name` is the seller's true name, of which some signs may be lost by then.
 */
export function withReadableMetadata(pdf: Buffer, name: string): Buffer {
  const text = pdf.toString('latin1');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin) + END.length;
  if (begin < 0 || end < END.length) throw new Error('a PDF/A without metadata');
  const room = end - begin;
  const garbled = Buffer.from(name, 'latin1').toString('latin1');
  const readable = Buffer.from(
    text.slice(begin, end).replaceAll(escaped(garbled), escaped(name)).replaceAll(/>\s+</g, '><'),
  );
  if (readable.length > room) throw new Error('a name too long for the metadata of a PDF/A');
  const filled = Buffer.concat([readable, Buffer.alloc(room - readable.length, ' ')]);
  return Buffer.concat([pdf.subarray(0, begin), filled, pdf.subarray(end)]);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
