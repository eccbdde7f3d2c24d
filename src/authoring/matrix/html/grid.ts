import { escapeHtml as escaped } from '../../../core/html.ts';
import type { Findings } from '../../findings.ts';
import { type CellKind, checksOf, type MatrixMutant } from '../matrix.ts';
import { embedded } from './embedded.ts';

const SIGN: Readonly<Record<CellKind, string>> = {
  caught: '■',
  missed: '□',
  unnamed: '✘',
  errored: '!',
  skipped: '·',
  passed: '',
};

const SAYS: Readonly<Record<CellKind | 'untried', string>> = {
  caught: 'caught',
  missed: 'should have caught it, and did not',
  unnamed: 'failed, and the mutant does not name it',
  errored: 'could not be tried',
  skipped: 'skipped: a check that it needs failed',
  passed: 'passed',
  untried: 'not tried',
};

/** Mutants × checks, to walk through with the arrow keys; what a cell is about stands below it. */
export function grid({ lab, matrix }: Findings): string {
  const checks = checksOf(matrix.stages);
  const mutants = alongTheDiagonal(
    matrix.mutants,
    checks.map(({ id }) => id),
  );
  const starts = new Set(matrix.stages.map((stage) => stage.checks[0]?.id));
  const edge = (id: string) => (starts.has(id) ? ' class="edge"' : '');
  const data = {
    checks: checks.map(({ id, title }) => [id, title]),
    mutants: mutants.map(({ name, fault, solution }) => [name, fault, solution]),
    says: SAYS,
    why: Object.fromEntries(
      mutants.flatMap(({ cells }, row) =>
        checks.flatMap(({ id }, column) => {
          const why = cells.get(id)?.why;
          return why === undefined ? [] : [[`${row} ${column}`, why]];
        }),
      ),
    ),
  };
  const legend = (['caught', 'missed', 'unnamed', 'errored', 'skipped'] as const)
    .map((kind) => `<li><span class="key ${kind}">${SIGN[kind]}</span> ${SAYS[kind]}</li>`)
    .join('');
  return `<h3 id="${escaped(lab.id)}-matrix">What catches what</h3>
<ul class="legend">${legend}</ul>
<p><label>Show mutants with <input type="search" class="filter" placeholder="part of a name or fault"></label></p>
<div class="scroll tall" role="region" aria-labelledby="${escaped(lab.id)}-matrix">
<table class="matrix" role="grid" aria-labelledby="${escaped(lab.id)}-matrix">
<thead>
<tr><td></td>${matrix.stages.map((stage) => `<th scope="colgroup" colspan="${stage.checks.length}" class="stage edge" title="${escaped(stage.title)}"><span>${escaped(stage.title)}</span></th>`).join('')}</tr>
<tr><th scope="col" class="corner">mutant</th>${checks.map(({ id, title }) => `<th scope="col"${edge(id)} title="${escaped(title)}"><span>${escaped(id)}</span></th>`).join('')}</tr>
<tr class="sums"><th scope="row">mutants caught</th>${checks.map(({ id, caught }) => `<td${edge(id)}>${caught.length}</td>`).join('')}</tr>
</thead>
<tbody>
${mutants.map((mutant) => row(mutant, checks, edge)).join('\n')}
</tbody>
</table>
</div>
<div class="about" aria-live="polite"><p class="quiet">Choose a cell: the arrow keys go from one to the next.</p></div>
<script type="application/json" class="data">${embedded(data)}</script>`;
}

function row(
  { name, fault, cells, ungraded }: MatrixMutant,
  checks: readonly { id: string }[],
  edge: (id: string) => string,
): string {
  const tds = checks.map(({ id }) => {
    const cell = cells.get(id);
    const kind = cell?.kind ?? 'untried';
    const sign = kind === 'untried' ? '' : SIGN[kind];
    const label = sign === '' ? '' : ` aria-label="${SAYS[kind]}"`;
    return `<td tabindex="-1" data-kind="${kind}"${edge(id)}${label}>${sign}</td>`;
  });
  const alarm = ungraded.length > 0 ? ' class="bad"' : '';
  return `<tr${alarm}><th scope="row" title="${escaped(fault)}">${escaped(name)}</th>${tds.join('')}</tr>`;
}

/** In the order of the checks that catch them first: what is caught then runs from corner to corner. */
function alongTheDiagonal(
  mutants: readonly MatrixMutant[],
  order: readonly string[],
): MatrixMutant[] {
  const first = ({ cells }: MatrixMutant) => {
    const place = order.findIndex((id) => cells.get(id)?.kind === 'caught');
    return place === -1 ? order.length : place;
  };
  return mutants.toSorted((a, b) => first(a) - first(b));
}
