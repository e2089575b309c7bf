import { createHash } from 'node:crypto';

/**
 * A Merkle tree that is built while its leaves come by, so that ten million of them take the memory of their depth.
 * Leaves and nodes are hashed apart (0x00, 0x01), so that no node can be shown as a leaf; a node without a neighbour
 * goes up unchanged. Source: RFC 6962, section 2.1.
 */
export function createMerkleTree(): { add(hash: string): void; root(): string } {
  const peaks: Peak[] = [];
  return {
    add(hash) {
      push(peaks, { level: 0, hash: sha256(LEAF, Buffer.from(hash, 'hex')) });
    },
    root: () => fold(peaks),
  };
}

/** A neighbour on the way from a leaf to the root, and on which side of the way it stands. */
export interface MerkleStep {
  readonly side: 'left' | 'right';
  readonly hash: string;
}

/** The way from one leaf, by its place among those that are added, to the root: as many steps as the tree is high. */
export function createMerklePath(place: number): { add(hash: string): void; path(): MerkleStep[]; root(): string } {
  const peaks: Peak[] = [];
  const path: MerkleStep[] = [];
  let added = 0;
  const onMerge = (left: Peak, right: Peak): void => {
    if (left.isWatched === true) path.push({ side: 'right', hash: right.hash.toString('hex') });
    if (right.isWatched === true) path.push({ side: 'left', hash: left.hash.toString('hex') });
  };
  return {
    add(hash) {
      const isWatched = added === place;
      added += 1;
      push(peaks, { level: 0, hash: sha256(LEAF, Buffer.from(hash, 'hex')), isWatched }, onMerge);
    },
    path() {
      const upTo = [...path];
      fold(peaks, (left, right) => {
        if (left.isWatched === true) upTo.push({ side: 'right', hash: right.hash.toString('hex') });
        if (right.isWatched === true) upTo.push({ side: 'left', hash: left.hash.toString('hex') });
      });
      return upTo;
    },
    root: () => fold(peaks),
  };
}

interface Peak {
  readonly level: number;
  readonly hash: Buffer;
  /** Whether the leaf whose way is asked for lies below. */
  readonly isWatched?: boolean;
}

type Merge = (left: Peak, right: Peak) => void;

function push(peaks: Peak[], leaf: Peak, onMerge?: Merge): void {
  let node = leaf;
  for (let last = peaks.at(-1); last?.level === node.level; last = peaks.at(-1)) {
    peaks.pop();
    onMerge?.(last, node);
    node = merged(last, node);
  }
  peaks.push(node);
}

function fold(peaks: readonly Peak[], onMerge?: Merge): string {
  const [lowest, ...rest] = [...peaks].reverse();
  if (lowest === undefined) return sha256().toString('hex');
  return rest
    .reduce((right, left) => {
      onMerge?.(left, right);
      return merged(left, right);
    }, lowest)
    .hash.toString('hex');
}

function merged(left: Peak, right: Peak): Peak {
  return {
    level: left.level + 1,
    hash: sha256(NODE, left.hash, right.hash),
    isWatched: left.isWatched === true || right.isWatched === true,
  };
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
