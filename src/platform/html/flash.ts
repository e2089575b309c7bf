import type { Request } from 'express';

/** A sentence the next page shows once: what was done, or why nothing was. */
export interface Flash {
  readonly kind: 'success' | 'info' | 'warning' | 'danger';
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string };
  /** What takes it back for a few seconds; the server says whether it is still in time. */
  readonly undo?: { readonly action: string; readonly version: number; readonly seconds: number };
  /** Something to take along, with a button that copies it. */
  readonly copy?: { readonly text: string; readonly label: string };
}

export function addFlash(req: Request, flash: Flash): void {
  // Only the newest can be taken back.
  const before = (req.session.flash ?? []).map(({ undo: _undo, ...rest }) => rest);
  req.session.flash = [...before, flash];
}

export function takeFlashes(req: Request): readonly Flash[] {
  // A page of an error may come before there is a session.
  const flashes = (req.session as typeof req.session | undefined)?.flash;
  if (!flashes) return [];
  delete req.session.flash;
  return flashes;
}
