import type { RequestHandler, Response } from 'express';

/**
 * express-session sends an answer's head and all but the last byte of its body while the session is still being saved.
 * A browser follows a redirect by its head alone, and the next page would not know what the last one said. So what is
 * sent at the end of an answer waits until the session is kept.
 */
export function answeringAfterSession(session: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const begin = holdTheEnd(res);
    session(req, res, (error?: unknown) => {
      begin();
      next(error);
    });
  };
}

type Write = (...chunk: unknown[]) => boolean;
type End = (...chunk: unknown[]) => Response;

/** Stands on both sides of the session: what it writes while an answer ends goes out together with the last byte. */
function holdTheEnd(res: Response): () => void {
  const write = res.write.bind(res) as Write;
  const end = res.end.bind(res) as End;
  const held: unknown[][] = [];
  let isEnding = false;
  const hold: Write = (...chunk) => {
    if (!isEnding) return write(...chunk);
    held.push(chunk);
    return true;
  };
  const release: End = (...chunk) => {
    for (const one of held.splice(0)) write(...one);
    return end(...chunk);
  };
  Object.assign(res, { write: hold, end: release });
  return () => {
    const endOfSession = res.end.bind(res) as End;
    const begin: End = (...chunk) => {
      isEnding = true;
      return endOfSession(...chunk);
    };
    Object.assign(res, { end: begin });
  };
}
