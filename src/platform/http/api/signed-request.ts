import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature is good for five minutes; a clock may be wrong by as much. */
const MAX_AGE_SECONDS = 300;

/**
 * Whether `t=<seconds>,v1=<hex>` signs this body: HMAC-SHA256 over `<seconds>.<body>`. Several `v1` may stand there while
 * the secret is being changed. An old signature is refused, so a copied request is of no use later.
 */
export function isSignedBy(secret: string, signature: string, body: Buffer, now: number): boolean {
  const parts = signature.split(',').map((part) => part.trim().split('=', 2));
  const at = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(at) || Math.abs(now / 1000 - Number(at)) > MAX_AGE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${at}.`).update(body).digest();
  return parts.some(
    ([name, value = '']) =>
      name === 'v1' && /^[0-9a-f]{64}$/i.test(value) && timingSafeEqual(Buffer.from(value, 'hex'), expected),
  );
}
