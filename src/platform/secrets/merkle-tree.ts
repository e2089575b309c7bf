import { createHash } from 'node:crypto';

/**
 * A Merkle tree that is built while its leaves come by, so that ten million of them take the memory of their depth.
 * Leaves and nodes are hashed apart (0x00, 0x01), so that no node can be shown as a leaf; a node without a neighbour
 * goes up unchanged. Source: RFC 6962, section 2.1.
 */
export function createMerkleTree(): { add(hash: string): void; root(): string } {
  const peaks: { level: number; hash: Buffer }[] = [];
  return {
    add(hash) {
      let node = { level: 0, hash: sha256(LEAF, Buffer.from(hash, 'hex')) };
      for (let last = peaks.at(-1); last?.level === node.level; last = peaks.at(-1)) {
        peaks.pop();
        node = { level: node.level + 1, hash: sha256(NODE, last.hash, node.hash) };
      }
      peaks.push(node);
    },
    root() {
      const [lowest, ...rest] = [...peaks].reverse();
      if (lowest === undefined) return sha256().toString('hex');
      return rest.reduce((right, left) => sha256(NODE, left.hash, right), lowest.hash).toString('hex');
    },
  };
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
