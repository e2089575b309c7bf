import type { Request } from 'express';
import type { StartedCheckout } from '../checkout/demo-checkout-service.ts';
import type { DealChoice, DealCode } from '../deal/demo-deal-service.ts';
import type { TripChoice } from './demo-trip-service.ts';

/** The unfinished booking of a visitor. */
export interface DemoCheckout extends StartedCheckout {
  readonly choice: TripChoice;
  /** In their stored form; kept so that a hold which is gone can be made again. */
  readonly codes: readonly string[];
  /** Codes left out by choosing an alternative. */
  readonly setAside: readonly string[];
}

/** The deal a visitor has entered, and the booking made of it so far. */
export interface DemoDeal {
  readonly deal: DealCode;
  readonly checkout: (StartedCheckout & { readonly choice: DealChoice }) | null;
}

/** Said once beside the code box. */
export interface DemoMessage {
  readonly kind: 'success' | 'info';
  readonly text: string;
}

declare module 'express-session' {
  interface SessionData {
    demo?: DemoCheckout;
    demoMessage?: DemoMessage;
    demoDeal?: DemoDeal;
    /** The extras of bookings by deal, which no voucher pays, by redemption. */
    demoExtras?: Readonly<Record<string, DealChoice>>;
    /** Redemptions this visitor made, and may look at. */
    demoRedemptions?: readonly string[];
  }
}

const MAX_REMEMBERED_BOOKINGS = 20;

export function rememberCheckout(req: Request, checkout: DemoCheckout): void {
  req.session.demo = checkout;
}

export function sayOnce(req: Request, text: string, kind: DemoMessage['kind'] = 'success'): void {
  req.session.demoMessage = { kind, text };
}

export function takeMessage(req: Request): DemoMessage | null {
  const message = req.session.demoMessage ?? null;
  delete req.session.demoMessage;
  return message;
}

export function rememberRedemption(req: Request, id: string): void {
  const others = (req.session.demoRedemptions ?? []).filter((known) => known !== id);
  req.session.demoRedemptions = [...others, id].slice(-MAX_REMEMBERED_BOOKINGS);
  delete req.session.demo;
}

export function rememberDeal(req: Request, deal: DemoDeal): void {
  req.session.demoDeal = deal;
}

export function rememberDealBooking(req: Request, id: string, choice: DealChoice): void {
  rememberRedemption(req, id);
  const others = Object.entries(req.session.demoExtras ?? {}).filter(([known]) => ownsRedemption(req, known));
  req.session.demoExtras = { ...Object.fromEntries(others), [id]: choice };
  delete req.session.demoDeal;
}

export function ownsRedemption(req: Request, id: string): boolean {
  return req.session.demoRedemptions?.includes(id) ?? false;
}
