/** What every page may use; each module looks for its own data-attributes and does nothing without them. */
import { startCopyButtons } from './copy.js';
import { startDialogs } from './dialogs.js';
import { startEntrySearch } from './entry-search.js';
import { startErrorSummary } from './error-summary.js';
import { startLivePreview } from './live-preview.js';
import { startRegionTree } from './region-tree.js';
import { startShortcuts } from './shortcuts.js';
import { startUndo } from './undo.js';
import { startVoucherForm } from './voucher-form.js';
import { startVoucherList } from './voucher-list.js';

startDialogs();
startErrorSummary();
startEntrySearch();
startCopyButtons();
startUndo();
startShortcuts();
startVoucherForm();
startVoucherList();
startRegionTree();
startLivePreview();
