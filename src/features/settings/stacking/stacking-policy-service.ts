import { DEFAULT_STACKING_POLICY, type StackingPolicy } from '../../../core/engine/voucher.ts';
import { defineSetting } from '../setting-service.ts';

/** Which codes may stand together. */
export const { read: stackingPolicy, change: changeStackingPolicy } = defineSetting<StackingPolicy>(
  'stacking',
  DEFAULT_STACKING_POLICY,
);
