import type { ContextFile } from './files.ts';
import type { Limits } from './limits.ts';
import { leaveOut, type Problem, shown } from './refusal.ts';

/** A place in the tree; what the list does not have is a place with nothing in it. */
interface Place {
  above: Place | undefined;
  inside: Map<string, Place>;
  target?: string;
}

/**
 * Symlinks that lead out of the tree, as it will be in the sandbox, or in circles. Worked out
 * from the list alone: the disk may change, and what is left out will not be there. A link to
 * something that is not there is fine: an install step may make it.
 */
export function linkProblems(files: readonly ContextFile[], limits: Limits): Problem[] {
  const root = treeOf(files);
  return files.flatMap(({ path, target }): Problem[] => {
    if (target === undefined) return [];
    const flaw = flawOf(placeAt(root, path), target, limits);
    if (flaw === undefined) return [];
    const message = `${shown(path)} is a symlink to ${shown(target)}, ${flaw}`;
    return [
      { path, message, hint: leaveOut('let it point into the submission, by a relative path') },
    ];
  });
}

function treeOf(files: readonly ContextFile[]): Place {
  const root: Place = { above: undefined, inside: new Map() };
  for (const { path, target } of files) {
    const place = placeAt(root, path);
    if (target !== undefined) place.target = target;
  }
  return root;
}

/** The place of a listed path, made where it is not there yet. */
function placeAt(root: Place, path: string): Place {
  let at = root;
  for (const name of path.split('/')) {
    const next = at.inside.get(name) ?? { above: at, inside: new Map() };
    at.inside.set(name, next);
    at = next;
  }
  return at;
}

/** Walks to the target as the kernel would, name by name. */
function flawOf(link: Place, target: string, limits: Limits): string | undefined {
  if (target.startsWith('/')) return 'an absolute path';
  // More names than lead from the deepest place up to the root and down again.
  const maxNames = 2 * limits.maxDepth;
  const steps = stepsOf(target);
  if (steps.length > maxNames) return `a path of more than ${maxNames} names`;
  let hops = 1;
  let at = link.above as Place;
  for (let name = steps.pop(); name !== undefined; name = steps.pop()) {
    if (name === '..') {
      if (at.above === undefined) return 'which is outside of the submission';
      at = at.above;
      continue;
    }
    const next: Place = at.inside.get(name) ?? { above: at, inside: new Map() };
    if (next.target === undefined) {
      at = next;
      continue;
    }
    hops += 1;
    if (hops > limits.maxLinkHops)
      return `which leads in a circle or through more than ${limits.maxLinkHops} symlinks`;
    if (next.target.startsWith('/')) return 'which leads to an absolute path';
    const further = stepsOf(next.target);
    if (further.length > maxNames) return `which leads to a path of more than ${maxNames} names`;
    steps.push(...further);
  }
  return undefined;
}

/** The names of a path, the first one last. */
function stepsOf(target: string): string[] {
  return target
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}
