import type {
  Contract,
  ContractOutline,
  ContractResponse,
  DocumentedResponse,
} from '../core/contract.ts';
import type { LabResults } from './results.ts';

/** A contract that remembers which documented responses it was asked about. */
export interface WatchedContract extends Contract {
  seen(): DocumentedResponse[];
}

export function watchContract(contract: Contract, outline: ContractOutline): WatchedContract {
  const seen = new Set<DocumentedResponse>();
  return {
    violations: (response: ContractResponse) => {
      const documented = outline.find(response);
      if (documented !== undefined) seen.add(documented);
      return contract.violations(response);
    },
    seen: () => outline.responses.filter((response) => seen.has(response)),
  };
}

export interface Coverage {
  documented: number;
  /** What no solution ever answered while it was graded: no check provokes it. */
  unseen: readonly DocumentedResponse[];
}

/** Undefined where no solution was graded. */
export function coverageOf({ documented, results }: LabResults): Coverage | undefined {
  const graded = results.filter(({ seen }) => seen !== undefined);
  if (graded.length === 0) return undefined;
  const seen = new Set(graded.flatMap((result) => (result.seen ?? []).map(name)));
  return {
    documented: documented.length,
    unseen: documented.filter((response) => !seen.has(name(response))),
  };
}

/** `GET /tasks/{id} → 404`. */
export function name({ method, path, status }: DocumentedResponse): string {
  return `${method} ${path} → ${status}`;
}
