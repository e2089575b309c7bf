import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Encrypts short secrets for the database (AES-256-GCM), so that a copy of it alone is worth nothing. */
export interface Vault {
  /** `about` names what the text belongs to: it opens for nothing else. */
  seal(text: string, about: string): string;
  /** null: another key, another owner, or changed on the way. */
  open(sealed: string, about: string): string | null;
}

const FORM = 'v1';
const IV_BYTES = 12;

export function isSealed(text: string): boolean {
  return text.startsWith(`${FORM}.`);
}

export function createVault(secret: string): Vault {
  // Any text is a key: a long random one is as strong as its characters.
  const key = createHash('sha256').update(`reisebon vault ${secret}`).digest();
  return {
    seal(text, about) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
      const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [
        FORM,
        iv.toString('base64url'),
        cipher.getAuthTag().toString('base64url'),
        data.toString('base64url'),
      ].join('.');
    },
    open(sealed, about) {
      const [form, iv = '', tag = '', data = ''] = sealed.split('.');
      if (form !== FORM) return null;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
          authTagLength: 16,
        }).setAAD(Buffer.from(about));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
