import type { Feature, Shell } from '../../platform/process/feature.ts';
import { archivePages } from './archive/archive-pages.ts';
import { personDataPages } from './person-data/person-data-pages.ts';
import { nightlyTidying, tidyingJob } from './rules/tidying-job.ts';
import { tidyingPages } from './rules/tidying-pages.ts';

/** What goes by itself, and what is known of a person. */
export function tidyingFeature(shell: Shell): Feature {
  return {
    pages: [archivePages(shell), tidyingPages(shell), personDataPages(shell)],
    jobs: [tidyingJob(shell)],
    scheduled: [nightlyTidying(shell)],
  };
}
