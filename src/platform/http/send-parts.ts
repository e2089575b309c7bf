import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** Sends what comes part by part as the body, no faster than it is taken. */
export async function sendParts(res: Response, parts: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(parts), res);
}
