// Copyright 2026 the Tendril authors. MIT license.
type Names<N extends string> = N | readonly N[];

/** The alias names of the option `K`. */
type Alias<A, K> = K extends keyof A ? A[K] extends readonly (infer N)[] ? N : A[K] : never;

/** `T` with every option also under its aliases. */
type WithAliases<T, A> =
  & T
  & {
    [K in keyof T as Alias<A, K> extends infer N ? N extends string ? N : never : never]: T[K];
  };

export type Args<T = Record<string, unknown>> = T & {
  [name: string]: unknown;
  _: Array<string | number>;
};

export interface ParseOptions<
  S extends string = string,
  B extends string = string,
  C extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
  A extends Record<string, string | readonly string[]> = Record<string, string | readonly string[]>,
> {
  "--"?: boolean;
  alias?: A;
  boolean?: boolean | Names<B>;
  collect?: Names<C>;
  default?: D;
  negatable?: string | readonly string[];
  stopEarly?: boolean;
  string?: Names<S>;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Simpler than the real signature: no dotted names, `negatable` does not show in the type. */
export function parseArgs<
  const S extends string = never,
  const B extends string = never,
  const C extends string = never,
  const D extends Record<string, unknown> = Record<never, never>,
  const A extends Record<string, string | readonly string[]> = Record<never, never>,
>(args: string[], options?: ParseOptions<S, B, C, D, A>): Args<
  WithAliases<
    & { [K in Exclude<S, C | keyof D>]?: string }
    & { [K in Exclude<S, C> & keyof D]: string }
    & { [K in B]: boolean }
    & { [K in C & S]: string[] }
    & { [K in Exclude<C, S>]?: unknown[] },
    A
  >
>;
