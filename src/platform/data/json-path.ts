/** Places in JSON, such as `value.maxAmount`. */

/** What stands there; undefined: nothing does. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

/** `[['value.maxAmount', 5000]]` gives `{ value: { maxAmount: 5000 } }`. */
export function nested<T>(places: readonly (readonly [string, T])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [path, value] of places) {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let group = object;
    for (const step of steps) group = (group[step] ??= {}) as Record<string, unknown>;
    group[last] = value;
  }
  return object;
}
