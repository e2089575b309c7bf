import type { Request, Response } from 'express';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';

export const ACCOUNTING_PATH = '/admin/accounting';

/** Roles and events are words that other parts add to; one without a text shows itself. */
export function wordText({ i18n }: Pick<Shell, 'i18n'>, t: Translate, group: 'role' | 'event', word: string): string {
  const key = `accounting:${group}.${word}`;
  return i18n.has(key) ? t(key) : word;
}

/** The address with these parameters; what is empty is left out. */
export function urlWith(path: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, value] as [string, string]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}

/** Does the work; a refusal is told on the page one is sent to. */
export async function act(req: Request, res: Response, target: string, work: () => Promise<string>): Promise<void> {
  try {
    addFlash(req, { kind: 'success', text: await work() });
  } catch (error) {
    rethrowUnexpected(error);
    addFlash(req, { kind: 'danger', text: refusalSentence(error, res.locals.t) });
  }
  res.redirect(303, target);
}
