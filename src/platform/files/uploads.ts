import type { Request, RequestHandler } from 'express';
import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import multer, { MulterError } from 'multer';
import { oneLine } from '../../core/text.ts';
import { appError } from '../process/errors.ts';

export interface Upload {
  readonly path: string;
  /** As the sender's machine calls it; for people to read, never for a path. */
  readonly name: string;
  readonly bytes: number;
}

export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
const MAX_FIELDS = 200;
const MAX_FIELD_BYTES = 1024 * 1024;
const UPLOADS_UNDER = '/admin/';

/**
 * Reads forms with a file, on pages of the admin and for signed-in people only. The file is gone when the answer is
 * sent; a job that needs it later adopts it. Comes before the check of the CSRF token, which is a field of the form.
 */
export function uploadedForms(directory: string): RequestHandler {
  mkdirSync(directory, { recursive: true });
  const read = multer({
    dest: directory,
    defParamCharset: 'utf8',
    limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
  }).any();
  return (req, res, next) => {
    if (!req.is('multipart/form-data')) {
      next();
      return;
    }
    if (!res.locals.user || !req.path.startsWith(UPLOADS_UNDER)) {
      next(appError('unsupported_media_type'));
      return;
    }
    res.once('close', () => {
      for (const { path } of filesOf(req)) void rm(path, { force: true });
    });
    void read(req, res, (error: unknown) => {
      next(
        error instanceof MulterError
          ? appError(error.code === 'LIMIT_FILE_SIZE' ? 'too_large' : 'invalid_request')
          : error,
      );
    });
  };
}

/** The file of a form; null where none was chosen. */
export function uploadOf(req: Request, field: string): Upload | null {
  const file = filesOf(req).find(({ fieldname, size }) => fieldname === field && size > 0);
  return file === undefined
    ? null
    : { path: file.path, name: oneLine(file.originalname).slice(0, 200), bytes: file.size };
}

/** The whole of a small file; the caller has looked at `bytes`. */
export function uploadBytes({ path }: Upload): Promise<Buffer> {
  return readFile(path);
}

function filesOf(req: Request): readonly Express.Multer.File[] {
  return Array.isArray(req.files) ? req.files : [];
}
