import type { Feature, Shell } from '../../platform/process/feature.ts';
import { campaignCodesJob } from './codes/code-job.ts';
import { codeRunJob } from './codes/code-run-job.ts';
import { campaignCodeListPages } from './pages/campaign-code-list-pages.ts';
import { campaignCodePages } from './pages/campaign-code-pages.ts';
import { campaignCodeRunPages } from './pages/campaign-code-run-pages.ts';
import { campaignEditPages } from './pages/campaign-edit-pages.ts';
import { campaignListPages } from './pages/campaign-list-pages.ts';
import { campaignMemberPages } from './pages/campaign-member-pages.ts';
import { campaignReportPages } from './pages/campaign-report-pages.ts';
import { campaignRoutes } from './record/campaign-api.ts';

/** Campaigns, their codes and how they do. */
export function campaignsFeature(shell: Shell): Feature {
  return {
    pages: [
      campaignListPages(shell),
      campaignMemberPages(shell),
      campaignCodePages(shell),
      campaignCodeListPages(shell),
      campaignCodeRunPages(shell),
      campaignReportPages(shell),
      campaignEditPages(shell),
    ],
    api: campaignRoutes(shell),
    jobs: [campaignCodesJob(shell), codeRunJob(shell)],
  };
}
