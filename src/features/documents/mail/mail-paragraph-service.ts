/** A mail's plain text as the parts of its HTML page: paragraphs of lines of texts and links. */
export interface TextPart {
  readonly text: string;
  /** null: no link. */
  readonly href: string | null;
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

export function paragraphsOf(body: string): TextPart[][][] {
  return body
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => paragraph.trim().split('\n').map(partsOf));
}

function partsOf(line: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of line.matchAll(LINK)) {
    if (match.index > from) parts.push({ text: line.slice(from, match.index), href: null });
    parts.push({ text: match[0], href: match[0] });
    from = match.index + match[0].length;
  }
  if (from < line.length) parts.push({ text: line.slice(from), href: null });
  return parts;
}
