import { escapeHtml as escaped } from '../../../core/html.ts';
import { name } from '../../coverage.ts';
import type { Findings } from '../../findings.ts';
import { percent } from '../../flakes.ts';
import { keyOf, type Results } from '../../results.ts';

import { grid } from './grid.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** The kill matrices of all labs as one file that needs no other. */
export function matrixHtml(results: Results, findings: readonly Findings[]): string {
  const { version, startedAt, interrupted } = results;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>Kill matrix</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Kill matrix</h1>
<p class="quiet">labs ${escaped(version)}, <time datetime="${escaped(startedAt)}">${escaped(startedAt.replace('T', ' ').replace(/\..*/, ' UTC'))}</time></p>
${interrupted ? '<p class="alarm">Interrupted: this is what had been graded by then.</p>' : ''}
${findings.length > 1 ? `<nav aria-label="Labs">${findings.map(({ lab }) => `<a href="#${escaped(lab.id)}">${escaped(lab.title)}</a>`).join('')}</nav>` : ''}
</header>
<main>
${findings.map(labSection).join('\n')}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function labSection(findings: Findings): string {
  const { lab, matrix, wrong, idle } = findings;
  const checks = matrix.stages.flatMap((stage) => stage.checks);
  const figures: [string, string | number, boolean][] = [
    ['grades', lab.results.length, false],
    ['not as expected', wrong, wrong > 0],
    ['mutants', matrix.mutants.length, false],
    ['checks', checks.length, false],
    ...(lab.whole
      ? ([['checks without a mutant', idle.length, idle.length > 0]] as [string, number, boolean][])
      : []),
  ];
  return `<section id="${escaped(lab.id)}" aria-labelledby="${escaped(lab.id)}-title">
<h2 id="${escaped(lab.id)}-title">${escaped(lab.title)}</h2>
<dl class="figures">${figures.map(([what, count, bad]) => `<div${bad ? ' class="bad"' : ''}><dt>${what}</dt><dd>${count}</dd></div>`).join('')}</dl>
${lab.quick ? '<p class="quiet">Quick: of each mutant only the checks that must catch it, and those that they need, were tried.</p>' : ''}
${problems(findings)}
${matrix.mutants.length > 0 ? grid(findings) : ''}
${flakes(findings)}
${gaps(findings)}
</section>`;
}

function problems({ lab }: Findings): string {
  const wrong = lab.results.filter((result) => result.problems.length > 0);
  if (wrong.length === 0) return '';
  return `<h3>Not as expected</h3><ul class="problems">${wrong
    .map(
      (result) =>
        `<li><b>${escaped(keyOf(result))}</b> <span class="quiet">seed ${escaped(result.seed)}</span>${result.problems.map((text) => `<p>${escaped(text)}</p>`).join('')}</li>`,
    )
    .join('')}</ul>`;
}

function flakes({ flakes: all, repeats, lab, unstarted }: Findings): string {
  if (repeats < 2) return '';
  const rows = [
    ...unstarted.map((of) => ({ id: `${of.subject} starts`, ...of, subjects: [of] })),
    ...all,
  ]
    .filter(({ runs }) => runs > 0)
    .map(({ id, wrong, runs, atMost, subjects }) => {
      const seeds = subjects.map((of) => `${of.subject}: ${of.seeds.join(' ')}`).join('; ');
      return `<tr${wrong > 0 ? ' class="bad"' : ''}><th scope="row">${escaped(id)}</th><td>${wrong}</td><td>${runs}</td><td>${percent(wrong / runs)}</td><td>${percent(atMost)}</td><td>${escaped(seeds)}</td></tr>`;
    });
  return `<h3>Wrong verdicts in ${repeats} runs of each subject${lab.load ? ', with every core kept busy' : ''}</h3>
<div class="scroll" role="region" tabindex="0" aria-label="Wrong verdicts by check"><table class="flakes">
<thead><tr><th scope="col">check</th><th scope="col">wrong</th><th scope="col">runs</th><th scope="col">rate</th><th scope="col">at most</th><th scope="col">seeds</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>
<p class="quiet">“At most”: the exact bound of Clopper and Pearson, with 95 % confidence.</p>`;
}

function gaps({ idle, shadowed, coverage }: Findings): string {
  const list = (names: readonly string[]) =>
    `<ul class="names">${names.map((each) => `<li><code>${escaped(each)}</code></li>`).join('')}</ul>`;
  const parts = [
    idle.length > 0 ? `<p>No mutant makes these fail:</p>${list(idle)}` : '',
    shadowed.length > 0
      ? `<p>These fail only together with a check before them:</p>${list(shadowed)}`
      : '',
    coverage === undefined
      ? ''
      : `<p>Solutions gave ${coverage.documented - coverage.unseen.length} of the ${coverage.documented} responses that the contract documents.${coverage.unseen.length > 0 ? ' Never:' : ''}</p>${coverage.unseen.length > 0 ? list(coverage.unseen.map(name)) : ''}`,
  ].join('');
  return parts === '' ? '' : `<h3>What is not proved</h3>${parts}`;
}
