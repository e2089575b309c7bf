/**
 * Whose a hold, a redemption and a booking are. A client (a booking engine, a partner's portal) has a number of its own;
 * what the house does by itself (till, demo, seeds) belongs to nobody's client.
 */
export interface BookingOwner {
  /** Holds and redemptions of another client are not there for it. */
  readonly clientId: string;
  /**
   * Whose series the booking numbers are of: equal numbers of one circle are one booking. The house's circle is `0`;
   * a client that numbers bookings by itself has its own id.
   */
  readonly circle: string;
}

export const HOUSE: BookingOwner = { clientId: '0', circle: '0' };
