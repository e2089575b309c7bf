import { expect } from 'chai';
import { withReadableMetadata } from '../../../../src/features/partners/invoices/invoice-metadata-pdf.ts';

/** As the library writes it: one byte for each sign, indented. */
function garbled(name: string): Buffer {
  const text = `<x:xmpmeta>\n\t\t<dc:creator>\n\t\t\t\t<rdf:li>${name}</rdf:li>\n\t\t</dc:creator>\n</x:xmpmeta>`;
  return Buffer.concat([Buffer.from('%PDF before '), Buffer.from(text, 'latin1'), Buffer.from(' after')]);
}

describe('the metadata of a PDF/A', () => {
  for (const name of ['Müller & Söhne GmbH', 'Łódź Travel', 'Plain Ltd', '旅行'])
    it(`say "${name}" in UTF-8, and nothing after them moves`, () => {
      const before = garbled(name.replace('&', '&amp;'));
      const after = withReadableMetadata(before, name);
      expect(after.length).to.equal(before.length);
      expect(after.indexOf(' after')).to.equal(before.indexOf(' after'));
      expect(after.toString('utf8')).to.contain(`<rdf:li>${name.replace('&', '&amp;')}</rdf:li>`);
    });

  it('are missed where there are none', () => {
    expect(() => withReadableMetadata(Buffer.from('%PDF'), 'x')).to.throw('without metadata');
  });
});
