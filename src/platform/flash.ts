import type { Request } from 'express';

/** A sentence the next page shows once: what was done, or why nothing was. */
export interface Flash {
  readonly kind: 'success' | 'info' | 'warning' | 'danger';
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
  /** Something to take along, with a button that copies it. */
  readonly copy?: { readonly text: string; readonly label: string };
}

export function addFlash(req: Request, flash: Flash): void {
  req.session.flash = [...(req.session.flash ?? []), flash];
}

export function takeFlashes(req: Request): readonly Flash[] {
  // A page of an error may come before there is a session.
  const flashes = (req.session as typeof req.session | undefined)?.flash;
  if (!flashes) return [];
  delete req.session.flash;
  return flashes;
}
