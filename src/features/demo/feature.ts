import type { Feature, Shell } from '../../platform/process/feature.ts';
import { demoFlowPages } from './trips/demo-flow-pages.ts';

export { demoBookings } from './trips/demo-trip-service.ts';

/** An invented booking flow. It books without a login, which is right for invented vouchers only. */
export function demoFeature(shell: Shell): Feature {
  return { pages: [demoFlowPages(shell)] };
}
