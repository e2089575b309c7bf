declare module 'cookie' {
  /** The package brings no types of its own; only what is used here. */
  export function parse(header: string): Readonly<Record<string, string | undefined>>;
}
