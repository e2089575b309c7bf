import type { Request, Response } from 'express';
import { TableError } from '../../../platform/files/table-file.ts';
import { uploadOf, type Upload } from '../../../platform/files/uploads.ts';

/** Takes an uploaded table and leads on; what is wrong with it is told where it was uploaded. */
export async function takeTable(
  req: Request,
  res: Response,
  /** Where it goes on; null: nothing can be read. */
  take: (file: Upload) => Promise<string | null>,
  refuse: (sentence: string) => void,
): Promise<void> {
  const { t } = res.locals;
  const file = uploadOf(req, 'file');
  if (file === null) return refuse(t('exchange:import.no_file'));
  try {
    const next = await take(file);
    if (next === null) refuse(t('common:table.unreadable'));
    else res.redirect(303, next);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    refuse(t(`common:${error.problem}`));
  }
}
