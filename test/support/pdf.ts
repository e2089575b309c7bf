import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Of the first page, without blanks: letters that the fonts draw apart are told apart. */
export async function textOfPdf(pdf: Uint8Array): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(pdf), useSystemFonts: false, verbosity: 0 }).promise;
  const content = await (await document.getPage(1)).getTextContent();
  return content.items.map((item) => ('str' in item ? item.str : '')).join('').replace(/\s+/g, '');
}
