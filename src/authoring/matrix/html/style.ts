/** Colours by name, so that dark is the same page with other values. */
export const STYLE = `
:root { --ground: #fff; --raised: #f4f5f7; --text: #1b1f24; --quiet: #5b6470; --line: #d6dae0;
  --good: #12663b; --good-ground: #cdeedb; --bad: #a3161f; --bad-ground: #fbd9db;
  --warn: #7a4b00; --warn-ground: #fbe6bd; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --raised: #1d2127; --text: #e6e9ee; --quiet: #9aa4b1; --line: #343b45;
    --good: #7fe0ac; --good-ground: #17452e; --bad: #ffa3a8; --bad-ground: #5a1a20;
    --warn: #ffd38a; --warn-ground: #533a0c; --focus: #8ab4ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 120rem; padding: 1rem clamp(.75rem, 3vw, 2rem) 2rem; background: var(--ground);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; } h3 { margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 70ch; overflow-wrap: anywhere; white-space: pre-line; }
code, .matrix th, .flakes th { font-family: ui-monospace, monospace; font-size: .8125rem; }
.quiet { color: var(--quiet); }
.alarm { color: var(--bad); font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; }
a { color: var(--focus); }
.figures { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
.figures div { display: flex; flex-direction: column-reverse; padding: .5rem .75rem; background: var(--raised); border-radius: .5rem; }
.figures dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures dt { color: var(--quiet); font-size: .8125rem; }
.figures .bad dd { color: var(--bad); }
.problems { padding-left: 1.25rem; } .problems p { margin: .125rem 0; font-size: .875rem; }
.names { columns: 18rem; padding-left: 1.25rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; font-size: .875rem; }
.key { display: inline-block; width: 1.25rem; height: 1.25rem; line-height: 1.25rem; text-align: center; border-radius: .25rem; }
input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: .375rem;
  padding: .25rem .5rem; max-width: 100%; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: .5rem; }
.tall { max-height: 70vh; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
.matrix td, .matrix thead th { min-width: 1.5rem; height: 1.5rem; padding: 0; text-align: center; line-height: 1;
  border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.matrix thead { position: sticky; top: 0; z-index: 2; background: var(--raised); }
.matrix thead tr:nth-child(2) span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 15rem;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 400; padding: .375rem 0; }
.matrix thead tr:nth-child(2) th { vertical-align: bottom; }
.matrix .stage { max-width: 0; padding: 0 .25rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; text-align: left; }
.matrix .edge { border-left: 2px solid var(--quiet); }
.matrix .sums td { color: var(--quiet); font-size: .75rem; }
.matrix tr > :first-child { position: sticky; left: 0; z-index: 1; background: var(--raised); text-align: left; padding: 0 .5rem;
  font-weight: 400; white-space: nowrap; max-width: min(40vw, 24rem); overflow: hidden; text-overflow: ellipsis;
  border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.matrix .corner { vertical-align: bottom; }
.matrix tr.bad > :first-child { color: var(--bad); }
.matrix tbody tr:hover td, .matrix tbody tr:hover th { background-color: var(--raised); }
td[data-kind="untried"] { background: repeating-linear-gradient(135deg, transparent 0 5px, var(--raised) 5px 7px); }
.key.caught, .matrix td[data-kind="caught"] { color: var(--good); background: var(--good-ground); }
.key.missed, .key.unnamed, .matrix td[data-kind="missed"], .matrix td[data-kind="unnamed"] { color: var(--bad); background: var(--bad-ground); font-weight: 700; }
.key.errored, .matrix td[data-kind="errored"] { color: var(--warn); background: var(--warn-ground); font-weight: 700; }
.key.skipped, td[data-kind="skipped"] { color: var(--quiet); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
.about.chosen { position: sticky; bottom: 0; z-index: 3; }
.about { min-height: 3.5rem; padding: .5rem .75rem; margin-top: .5rem; background: var(--raised);
  border: 1px solid var(--line); border-radius: .5rem; font-size: .875rem; max-height: 25vh; overflow: auto; }
.about p { margin: .125rem 0; max-width: none; }
.flakes th, .flakes td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
.flakes th:first-child, .flakes td:last-child, .flakes thead th:last-child { text-align: left; }
.flakes .bad td:nth-child(2), .flakes .bad th { color: var(--bad); font-weight: 600; }
@media (max-width: 40rem) { .matrix thead tr:nth-child(2) span { max-height: 9rem; } .matrix tr > :first-child { max-width: 38vw; } }
@media print { .scroll, .tall { overflow: visible; max-height: none; } .about, .filter { display: none; } }
`;
