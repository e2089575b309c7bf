import type { Response } from 'express';
import type { FormError } from '../../platform/html/form-view.ts';

const MAX_ID = 64;
const MAX_NAME = 200;

export function checkEntry(typed: { readonly id: string; readonly name: string }, res: Response): FormError[] {
  const { t } = res.locals;
  const errors: FormError[] = [];
  if (typed.id === '') errors.push({ path: 'id', message: t('catalogue:id_required') });
  if (typed.id.length > MAX_ID) errors.push({ path: 'id', message: t('catalogue:id_long') });
  if (typed.name === '') errors.push({ path: 'name', message: t('catalogue:name_required') });
  if (typed.name.length > MAX_NAME) errors.push({ path: 'name', message: t('catalogue:name_long') });
  return errors;
}

/** `Bayern (DE-BY)` as the field offers it, or the id alone. */
export function parentId(text: string): string {
  return /\(([^()]+)\)$/.exec(text)?.[1] ?? text;
}
