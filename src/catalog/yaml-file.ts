import { displayPath } from './display-path.ts';
import { readTextFile } from './text-file.ts';
import type { YamlDocument } from './yaml/document.ts';
import type { Source } from './yaml/source.ts';

export interface YamlFile extends YamlDocument {
  source: Source;
}

export interface ReadYamlOptions {
  /** Directory from which messages name the file. */
  cwd?: string | undefined;
  /** Allowed only in files whose author is trusted. */
  aliases?: boolean;
}

/**
 * Reads a YAML file of at most 256 KiB whose top is a mapping.
 *
 * @throws {LabsError} usage: absent or broken, with line and column; environment: unreadable
 */
export async function readYamlFile(
  file: string,
  { cwd, aliases = false }: ReadYamlOptions = {},
): Promise<YamlFile> {
  const shownAs = displayPath(file, cwd);
  const [text, { parseYaml }] = await Promise.all([
    readTextFile(file, shownAs),
    // The parser takes longer to load than most commands take to run.
    import('./yaml/document.ts'),
  ]);
  const source = { shownAs, text };
  return { source, ...parseYaml(source, { aliases }) };
}
