import { readFile, stat } from 'node:fs/promises';
import Builder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';

/** An element: text, or its children by name; several of one name are a list. Attributes begin with `@`. */
export type XmlNode = string | { readonly [name: string]: XmlNode } | readonly XmlNode[] | undefined;

const MAX_XML_BYTES = 20 * 1024 * 1024;
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The tree of an XML file somebody sent; null for anything that is none, is too large or brings a document type: entities
 * are never expanded, so that no file grows in memory or reads another one.
 */
export async function readXml(path: string): Promise<XmlNode | null> {
  if ((await stat(path)).size > MAX_XML_BYTES) return null;
  const text = decode(await readFile(path));
  if (text === null || /<!DOCTYPE|<!ENTITY/i.test(text)) return null;
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    tagValueProcessor: (_name, value) => predefined(value),
    attributeValueProcessor: (_name, value) => predefined(value),
  });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- without it a file that breaks off would be half a statement
    return parser.parse(text, true) as XmlNode;
  } catch {
    return null;
  }
}

/** The text of an XML file in UTF-8; attributes begin with `@`, the text beside them is `#text`. */
export function writeXml(document: object): string {
  const builder = new Builder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(document)}`;
}

function decode(bytes: Buffer): string | null {
  const label =
    /^\uFEFF?<\?xml[^>]*encoding=["']([\w.-]+)["']/
      .exec(bytes.subarray(0, 200).toString('latin1'))?.[1]
      ?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'iso-8859-1', 'iso-8859-15', 'windows-1252', 'us-ascii'].includes(label)) return null;
  return new TextDecoder(label).decode(bytes);
}

function predefined(text: string): string {
  return text.replaceAll(/&(lt|gt|amp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});/g, (_all, name: string) => {
    if (!name.startsWith('#')) return PREDEFINED[name] ?? '';
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  });
}
