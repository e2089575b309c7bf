import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 bits that is shown once; only its hash is kept. */
export function generateToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 is enough here: what has 256 random bits cannot be guessed from its hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
