import type { Feature, Shell } from '../../platform/process/feature.ts';
import { catalogueRoutes } from './catalogue-api.ts';
import { catalogueImportJob } from './catalogue-import-job.ts';
import { catalogueImportPages } from './catalogue-import-pages.ts';
import { cataloguePages } from './catalogue-pages.ts';
import { regionPages } from './region-pages.ts';

/** Products, themes, regions, brands and partners. */
export function catalogueFeature(shell: Shell): Feature {
  return {
    pages: [catalogueImportPages(shell), regionPages(shell), cataloguePages(shell)],
    api: catalogueRoutes(shell),
    jobs: [catalogueImportJob(shell)],
  };
}
