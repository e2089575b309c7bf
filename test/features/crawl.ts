import type { Answer, Visitor } from '../support/pages.ts';

export interface Crawl {
  readonly starts: readonly string[];
  /** Ends the visit, or is no page. */
  readonly leftOut: RegExp;
  /** Of addresses that differ by numbers and values only, so many are opened. */
  readonly ofAKind: number;
  readonly most: number;
}

export interface Opened {
  readonly path: string;
  readonly from: string;
  readonly answer: Answer;
}

/** Opens what the pages link to, in the order it is met. */
export async function* crawl(visitor: Visitor, { starts, leftOut, ofAKind, most }: Crawl): AsyncGenerator<Opened> {
  const seen = new Set(starts);
  const kinds = new Map<string, number>();
  const open: { path: string; from: string }[] = starts.map((path) => ({ path, from: '' }));
  let opened = 0;
  for (let next = open.shift(); next !== undefined && opened < most; next = open.shift()) {
    const answer = await visitor.get(next.path);
    opened += 1;
    yield { ...next, answer };
    for (const [, link = ''] of answer.html.matchAll(/<a\b[^>]*\shref="(\/[^"]*)"/g)) {
      const path = link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').split('#')[0] ?? '';
      const kind = path.replaceAll(/=[^&]*/g, '=').replaceAll(/\d+/g, '1');
      const met = kinds.get(kind) ?? 0;
      if (leftOut.test(path) || seen.has(path) || met >= ofAKind) continue;
      kinds.set(kind, met + 1);
      seen.add(path);
      open.push({ path, from: next.path });
    }
  }
}
