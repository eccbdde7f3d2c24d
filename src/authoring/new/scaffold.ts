import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Texts by path from the pack's root, with `/` between its parts. */
export type Files = ReadonlyMap<string, string>;

/** What stands in the scaffold's files in the place of names that an author gives. */
export type Names = Readonly<Record<string, string>>;

/** The services of a scaffold, as its folders call them. */
export type ServiceSet = 'none' | 'postgres' | 'redis' | 'postgres-redis';

export const SERVICES = ['postgres', 'redis'] as const;

export function serviceSetOf(services: readonly string[]): ServiceSet {
  const named = SERVICES.filter((service) => services.includes(service));
  return (named.join('-') || 'none') as ServiceSet;
}

/** Parts of a lab, each a folder of a layer; what is in it goes to each of these places. */
type Section = 'lab' | 'grader' | 'workspace' | 'template' | 'solution' | 'mutants';

/** npm never packs files of these names, so the scaffold of a pack has them without their dot. */
const RENAMED = new Map([['gitignore', '.gitignore']]);

/**
 * The files of `labs new`, which are data beside the code. `my-lab` and `My lab` stand in them for
 * the lab's id and title.
 */
export class Scaffold {
  readonly #root: string;

  /** @param packageRoot the directory of labs itself */
  constructor(packageRoot: string) {
    this.#root = path.join(packageRoot, 'scaffold');
  }

  /** In which templates and solutions can be made. */
  async languages(): Promise<string[]> {
    return (await readdir(path.join(this.#root, 'languages'))).sort();
  }

  /** What a pack has at its root. */
  async pack(name: string): Promise<Files> {
    const files = await filesIn(path.join(this.#root, 'pack'), { 'my-pack': name });
    return new Map([...files].map(([file, text]) => [RENAMED.get(file) ?? file, text]));
  }

  /** A whole lab. */
  async lab(id: string, title: string, language: string, services: ServiceSet): Promise<Files> {
    const placed = [
      ...(await this.#layer(path.join('common'), id, title, language)),
      ...(await this.#layer(path.join('services', services), id, title, language)),
      ...(await this.language(id, title, language, services)),
    ];
    return new Map(placed);
  }

  /** A lab's template, solution and mutants in a language. */
  async language(id: string, title: string, language: string, services: ServiceSet) {
    const layers = ['common', services].map((layer) => path.join('languages', language, layer));
    const placed = await Promise.all(
      layers.map((layer) => this.#layer(layer, id, title, language)),
    );
    return new Map(placed.flat());
  }

  /** One file, such as `check/check.yaml`. */
  async file(name: string, names: Names): Promise<string> {
    const file = path.join(this.#root, name);
    return replaced(await readFile(file, 'utf8'), names, path.extname(file));
  }

  async #layer(layer: string, id: string, title: string, language: string) {
    const folders: Readonly<Record<Section, readonly string[]>> = {
      lab: [`labs/${id}`],
      grader: [`graders/${id}`],
      workspace: [`templates/${id}/${language}`, `test/solutions/${id}/${language}`],
      template: [`templates/${id}/${language}`],
      solution: [`test/solutions/${id}/${language}`],
      mutants: [`test/mutants/${id}`],
    };
    const names = { 'my-lab': id, 'My lab': title };
    const placed = Object.entries(folders).map(async ([section, places]) => {
      const files = await filesIn(path.join(this.#root, layer, section), names);
      return places.flatMap((place) =>
        [...files].map(([file, text]): [string, string] => [`${place}/${file}`, text]),
      );
    });
    return (await Promise.all(placed)).flat();
  }
}

/** None where the directory is not there: a layer has the sections that it adds to. */
async function filesIn(directory: string, names: Names): Promise<Files> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const read = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map(async (file): Promise<[string, string]> => {
      const name = path.relative(directory, file).split(path.sep).join('/');
      return [name, replaced(await readFile(file, 'utf8'), names, path.extname(file))];
    });
  return new Map(await Promise.all(read));
}

/**
 * Texts of YAML and JSON stand between double quotes, those of TypeScript between single ones, so that any
 * title can be put there.
 */
function replaced(text: string, names: Names, extension: string): string {
  return Object.entries(names).reduce((all, [name, value]) => {
    const safe = inQuotes(value, extension);
    return all.replaceAll(name, () => safe);
  }, text);
}

function inQuotes(value: string, extension: string): string {
  if (extension === '.md') return value;
  const inside = JSON.stringify(value).slice(1, -1);
  return extension === '.ts' ? inside.replaceAll('\\"', '"').replaceAll("'", "\\'") : inside;
}
