const MEBIBYTE = 2 ** 20;

/** What a submission may hold: far above what people write, far below what hurts a machine. */
export const LIMITS = {
  /** Files, directories and symlinks that are sent. */
  maxEntries: 20_000,
  /** Names looked at, those that .dockerignore leaves out among them. */
  maxNamesSeen: 200_000,
  maxFileBytes: 50 * MEBIBYTE,
  maxTotalBytes: 200 * MEBIBYTE,
  /** Of a path in UTF-8, and of a symlink's target. */
  maxPathBytes: 1_000,
  /** Names in a path. */
  maxDepth: 64,
  /** Symlinks that one symlink leads through; Linux itself gives up after 40. */
  maxLinkHops: 8,
  maxIgnoreFileBytes: 64 * 1024,
  maxIgnorePatterns: 1_000,
  /** Matching of all names together. */
  maxIgnoreMs: 2_000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** `50.1 MiB`, rounded up, so that what is over a limit looks it. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil((bytes / MEBIBYTE) * 10) / 10} MiB`;
}
