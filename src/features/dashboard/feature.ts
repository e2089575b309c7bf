import type { Feature, Shell } from '../../platform/process/feature.ts';
import { dashboardPages } from './dashboard-pages.ts';
import { monthEndPages } from './month-end-pages.ts';
import { searchPages } from './search-pages.ts';

/** The overview, and the search of the header. */
export function dashboardFeature(shell: Shell): Feature {
  return { pages: [dashboardPages(shell), searchPages(shell), monthEndPages(shell)] };
}
