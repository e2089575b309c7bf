import type { Feature, Shell } from '../../platform/process/feature.ts';
import { holdRoutes } from './holds/hold-api.ts';
import { holdPages } from './holds/hold-pages.ts';
import { releaseHoldsJob } from './holds/hold-release-job.ts';
import { balanceRoutes } from './quotes/balance-api.ts';
import { quoteRoutes } from './quotes/quote-api.ts';
import { redemptionRoutes } from './redemptions/redemption-api.ts';
import { redemptionPages } from './redemptions/redemption-pages.ts';
import { reversalRoutes } from './reversals/reversal-api.ts';
import { reversalPages } from './reversals/reversal-pages.ts';
import { bookingTestPages, type SampleTrips } from './trials/booking-test-pages.ts';
import { replayJob } from './trials/replay-job.ts';
import { replayPages } from './trials/replay-pages.ts';

export { BROWSER_PATHS } from './holds/hold-api.ts';
export { findHoldByToken } from './holds/hold-service.ts';

/** Quotes, holds, redemptions and what takes them back; the tests of what a booking would get. */
export function bookingFeature(shell: Shell, sampleTrips: SampleTrips): Feature {
  return {
    pages: [
      replayPages(shell),
      bookingTestPages({ ...shell, sampleTrips }),
      holdPages(shell),
      reversalPages(shell),
      redemptionPages(shell),
    ],
    api: [
      ...quoteRoutes(shell),
      ...holdRoutes(shell),
      ...redemptionRoutes(shell),
      ...reversalRoutes(shell),
      ...balanceRoutes(shell),
    ],
    jobs: [releaseHoldsJob(shell), replayJob(shell)],
  };
}
