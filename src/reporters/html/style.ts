/** Colours by name, so that dark is the same page with other values. */
const COLOURS = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f5f6f8; --text: #1b1f24; --quiet: #5b6470; --line: #dde1e6;
  --good: #12663b; --good-ground: #dff3e7; --bad: #a8182a; --bad-ground: #fdebec; --warn: #7a4b00; --warn-ground: #fdf1d8;
  --bar: #7187a3; --band: #f6dfae; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --raised: #1c2026; --text: #e6e9ee; --quiet: #9da7b4; --line: #323943;
    --good: #7fe0ac; --good-ground: #17382a; --bad: #ff9ea4; --bad-ground: #40191f; --warn: #ffd38a; --warn-ground: #40300f;
    --bar: #7f95b3; --band: #4d3b17; --focus: #8ab4ff; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --raised: #f5f6f8; --text: #000; --quiet: #4a525c; --line: #ccd1d7;
    --good: #12663b; --good-ground: #dff3e7; --bad: #a8182a; --bad-ground: #fdebec; --warn: #7a4b00; --warn-ground: #fdf1d8;
    --bar: #7187a3; --band: #f6dfae; --focus: #0b57d0; }
}
`;

const TEXT = `
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 66rem; padding: 3rem clamp(1rem, 4vw, 2.5rem) 5rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
h1, h2, h3, h5 { line-height: 1.25; margin: 0; text-wrap: pretty; }
h1 { font-size: 2rem; letter-spacing: -.02em; } h2 { font-size: 1.25rem; letter-spacing: -.01em; margin: 3rem 0 1rem; } h3 { font-size: 1rem; }
h5 { font-size: .8125rem; font-weight: 600; margin: 0 0 .375rem; }
p { margin: .375rem 0; } ul, ol { margin: 0; padding: 0; list-style: none; } dl, dd { margin: 0; }
code, pre, .log, .statements { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
code, pre, dd, .title, .what, h3 { unicode-bidi: isolate; }
pre { margin: 0; padding: .625rem .75rem; background: var(--raised); border-radius: .5rem; white-space: pre-wrap; line-height: 1.5; tab-size: 2; }
a { color: var(--focus); text-underline-offset: .15em; }
.quiet { color: var(--quiet); } .small { font-size: .8125rem; } h5 .quiet, h3 + .quiet { font-weight: 400; font-size: .8125rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: .25rem; }
summary { cursor: pointer; list-style: none; } summary::-webkit-details-marker { display: none; }
.mark { display: inline-grid; place-items: center; flex: none; width: 1.375rem; height: 1.375rem; border-radius: 50%; font-size: .75rem; font-weight: 700; line-height: 1; }
.mark.passed { color: var(--good); background: var(--good-ground); } .mark.failed { color: var(--bad); background: var(--bad-ground); }
.mark.errored { color: var(--warn); background: var(--warn-ground); } .mark.skipped { color: var(--quiet); background: var(--raised); }
.points { font-variant-numeric: tabular-nums; white-space: nowrap; }
`;

const TOP = `
.kicker { margin: 0 0 .25rem; color: var(--quiet); font-size: .875rem; }
.facts { display: flex; flex-wrap: wrap; gap: .125rem 1rem; margin: .5rem 0 0; font-size: .875rem; }
.hero { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .5rem 2.5rem; align-items: center; margin: 2rem 0 1rem;
  padding: 1.75rem 2rem; border-radius: .875rem; background: var(--raised); }
.hero > .outcome:first-child { grid-column: 1 / -1; }
.score { margin: 0; line-height: 1; white-space: nowrap; font-variant-numeric: tabular-nums; }
.score b { font-size: 4rem; font-weight: 650; letter-spacing: -.04em; } .score span { color: var(--quiet); font-size: 1.5rem; }
.outcome .word { margin: 0 0 .5rem; font-size: 1.375rem; font-weight: 650; line-height: 1.2; }
.passed .word { color: var(--good); } .failed .word { color: var(--bad); } .incomplete .word { color: var(--warn); }
.meter { display: block; width: 100%; height: 8px; overflow: visible; } .meter .empty { fill: var(--line); }
.passed .meter .full { fill: var(--good); } .failed .meter .full { fill: var(--bad); }
.meter line { stroke: var(--text); stroke-width: 2; } .passing { margin: .5rem 0 0; font-size: .875rem; }
.rest { grid-column: 1 / -1; padding-top: 1rem; margin-top: .75rem; border-top: 1px solid var(--line); }
.counts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; color: var(--quiet); font-size: .9375rem; } .counts b { font-variant-numeric: tabular-nums; }
.counts .passed b { color: var(--good); } .counts .failed b { color: var(--bad); } .counts .errored b { color: var(--warn); }
.next { margin-top: .5rem; }
.notes { color: var(--quiet); font-size: .875rem; } .notes li { margin: .25rem 0; padding-left: 1rem; text-indent: -1rem; } .notes li::before { content: "– "; }
`;

const CARDS = `
.card { margin: 0 0 1rem; border: 1px solid var(--line); border-radius: .75rem; }
.card > summary { display: grid; grid-template-columns: auto minmax(0, 1fr) auto auto; gap: .25rem .75rem; align-items: center; padding: .875rem 1.25rem; border-radius: .75rem; }
.card > summary:hover, .line:hover { background: var(--raised); }
.card > summary .aside { color: var(--quiet); font-size: .8125rem; text-align: right; } .aside { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
.card > .inside { padding: .5rem 1.25rem 1.5rem; } .card[open] > summary { border-bottom-left-radius: 0; border-bottom-right-radius: 0; }
.inside > :last-child, .timeline:last-child { margin-bottom: 0; } summary .gist { display: block; margin-top: .125rem; color: var(--quiet); font-size: .875rem; font-weight: 400; } [open] > summary .gist { display: none; }
.card > summary::after { content: "▸"; color: var(--quiet); font-size: .75rem; } .card[open] > summary::after { content: "▾"; } .card:target { border-color: var(--focus); }
.account { margin: .5rem 0 1.25rem; display: grid; gap: .5rem; }
.account > div { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .125rem .75rem; }
.account dt { color: var(--quiet); font-size: .875rem; line-height: 1.7; } .account dd { white-space: pre-line; }
.account .expected dd { color: var(--good); font-weight: 500; } .account .got dd { color: var(--bad); font-weight: 500; } .errored .account .got dd { color: var(--warn); }
.advice { margin: 0 0 1.5rem; padding: .75rem 1rem; border-radius: .5rem; background: var(--raised); } .advice p { margin: 0; max-width: 75ch; white-space: pre-line; }
.advice p + p { margin-top: .375rem; } .advice b { display: inline-block; min-width: 2.75rem; font-weight: 600; } .where { font-size: .8125rem; }
.exchange { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem 1.5rem; margin: 0 0 1.5rem; }
.exchange .wide { grid-column: 1 / -1; } .exchange .first { margin: 0 0 .375rem; } .first code { font-size: .875rem; } .none, .bad { color: var(--bad); }
.headers { margin: .375rem 0; } .headers li { padding-left: 1rem; text-indent: -1rem; line-height: 1.45; }
.more summary { color: var(--quiet); font-size: .8125rem; text-decoration: underline dotted; text-underline-offset: .2em; } .body { margin-top: .5rem; }
.violations li { margin: .125rem 0; font-size: .9375rem; } .seen, .timeline { margin: 0 0 1.5rem; }
.statements { counter-reset: n; } .statements li { counter-increment: n; display: grid; grid-template-columns: 2rem minmax(0, 1fr); padding: .125rem 0; }
.statements li::before { content: counter(n); color: var(--quiet); }
.copy { position: relative; } .copy pre { padding-right: 5.5rem; }
button { position: absolute; top: .375rem; right: .375rem; padding: .1875rem .625rem; font: inherit; font-size: .8125rem; color: var(--text);
  background: var(--ground); border: 1px solid var(--line); border-radius: .375rem; cursor: pointer; } button:hover { border-color: var(--quiet); }
.moment > summary, .fold > summary { padding: .25rem 0; } .moment h5, .fold h3 { display: inline; }
.moment > summary::before, .fold > summary::before, .check details > summary::before { content: "▸"; display: inline-block; width: 1rem; color: var(--quiet); font-size: .75rem; }
.moment[open] > summary::before, .fold[open] > summary::before, .check details[open] > summary::before { content: "▾"; }
.tip { font-size: .875rem; }
`;

const TIME = `
.row { display: grid; grid-template-columns: minmax(0, 1fr) 3.5rem minmax(0, 1fr) 4rem; gap: 0 .75rem; align-items: center; padding: 0 .5rem; }
.rows > li { border-top: 1px solid var(--line); } .row .what { line-height: 1.35; min-width: 0; padding: .25rem 0; } summary.row:hover { background: var(--raised); }
summary.row .what { display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; } summary.row .note { flex-basis: 100%; }
summary.row .what { position: relative; padding-left: 1rem; } summary.row .what::before { content: "▸"; position: absolute; left: 0; color: var(--quiet); font-size: .75rem; line-height: 1.6; } [open] > summary.row .what::before { content: "▾"; }
.row.event .what, .log-lane .what { padding-left: 1rem; }
summary.row .what > code { flex: 0 1 auto; min-width: 0; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } summary.row .instance { min-width: 0; } .instance { max-width: 100%; overflow: hidden; text-overflow: ellipsis; } summary.row .what:has(.instance) > code { max-width: calc(100% - 4rem); } details[open] > summary.row .what > code { white-space: normal; }
.instance { padding: 0 .375rem; border: 1px solid var(--line); border-radius: .25rem; color: var(--quiet); font-size: .75rem; } .note { display: block; font-size: .8125rem; }
.row .status { font-size: .8125rem; font-variant-numeric: tabular-nums; text-align: right; } .row .time { font-size: .8125rem; font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.telling > summary .what > code { color: var(--bad); }
.bar, .axis { display: block; width: 100%; height: 1.75rem; min-height: 100%; overflow: visible; } .axis { min-height: 1rem; height: 1rem; } .axis text { fill: var(--quiet); font-size: .6875rem; }
.backdrop { position: absolute; width: 0; height: 0; } .tick { stroke: var(--line); } .band { fill: var(--band); opacity: .55; }
.took, rect.event { y: calc(50% - 5px); height: 10px; } rect.event { y: calc(50% - 3px); height: 6px; }
.took { fill: var(--bar); stroke: var(--bar); stroke-width: 1.5; } .took.none, .telling .took, .took.failed { fill: var(--bad); stroke: var(--bad); }
.took.passed { fill: var(--good); stroke: var(--good); } .took.errored, rect.event { fill: var(--warn); stroke: var(--warn); }
line.event { stroke: var(--warn); stroke-width: 3; } line.event.exit { stroke: var(--bad); } .instant { stroke: var(--warn); } .instant.exit { stroke: var(--bad); } rect.event.start { fill: var(--good); stroke: var(--good); }
.row.event { font-size: .875rem; } .row.event .what { color: var(--warn); } .row.event.bad .what { color: var(--bad); }
.bar line.wrote { stroke: var(--quiet); } .bar line.wrote.stderr { stroke: var(--bad); } .log-lane { border-top: 1px solid var(--line); font-size: .8125rem; }
.axis-row { min-height: 0; } .gap { padding: .25rem .5rem; font-size: .8125rem; } .request > .exchange { padding: .75rem .5rem 0; } .request > p { padding: 0 .5rem; }
.log { padding: .5rem .75rem; background: var(--raised); border-radius: .5rem; line-height: 1.5; }
.log li { display: grid; grid-template-columns: 4.5rem minmax(3.5rem, max-content) minmax(0, 1fr); gap: 0 .75rem; } .log code { white-space: pre-wrap; }
.log .at { text-align: right; } .log .source { max-width: 10rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .stderr code { color: var(--bad); }
`;

const LISTS = `
.heading { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; margin: 3rem 0 1rem; } .heading h2 { margin: 0; }
.filter { display: flex; flex-wrap: wrap; margin: 0; padding: .1875rem; border: 0; border-radius: .5rem; background: var(--raised); }
.filter input { position: absolute; opacity: 0; } .filter span { display: block; padding: .1875rem .75rem; border-radius: .375rem; font-size: .875rem; cursor: pointer; } .filter b { font-weight: 400; color: var(--quiet); }
.filter :checked + span { background: var(--ground); box-shadow: 0 0 0 1px var(--line); } .filter :focus-visible + span { outline: 2px solid var(--focus); }
.filter :disabled + span { color: var(--quiet); cursor: default; }
.stage { margin: 0 0 1.5rem; } .stage > h3 { display: flex; gap: .75rem; align-items: center; padding: 0 .5rem .375rem; border-bottom: 1px solid var(--line); } .stage > h3 > span:first-child { flex: 1; } .stage > h3 .points { min-width: 3.25rem; padding-right: 1.375rem; text-align: right; box-sizing: content-box; }
.subtotal { flex: none; width: 5rem; height: 5px; border-radius: 3px; background: var(--line); } .subtotal .full { fill: var(--good); }
.line { display: flex; gap: .625rem; align-items: center; padding: .375rem .5rem; border-radius: .375rem; color: inherit; text-decoration: none; } .line .title { flex: 1; min-width: 0; }
a.line .title { text-decoration: underline; text-decoration-color: var(--line); } .check.skipped .title, .check .points { color: var(--quiet); } .check.failed .points { color: var(--bad); }
.check .inside { padding: 0 .5rem .75rem 2.5rem; } .check .advice { margin: .5rem 0 0; } .check details > summary::before { order: 9; width: .75rem; text-align: right; } a.line::after { content: "↑"; width: .75rem; color: var(--quiet); font-size: .75rem; text-align: right; }
.checks:has(#show-failed:checked) :is(.passed, .skipped).check, .checks:has(#show-skipped:checked) .check:not(.skipped), .checks:has(#show-passed:checked) .check:not(.passed),
.checks:has(#show-failed:checked) .stage:not(.has-failed), .checks:has(#show-skipped:checked) .stage:not(.has-skipped), .checks:has(#show-passed:checked) .stage:not(.has-passed) { display: none; }
.fingerprint { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem 1.5rem; margin-bottom: 1.25rem; font-size: .9375rem; } .fingerprint dt { color: var(--quiet); font-size: .8125rem; }
.run .row { grid-template-columns: minmax(0, 1fr) 0 minmax(0, 1.4fr) 4rem; font-size: .875rem; } .fold { margin: .25rem 0; } .fold > :not(summary) { margin-top: .5rem; }
`;

const NARROW = `
@media (max-width: 42rem) {
  body { padding-top: 1.5rem; } h1 { font-size: 1.5rem; } h2, .heading { margin-top: 2.25rem; }
  .hero { grid-template-columns: minmax(0, 1fr); padding: 1.25rem; gap: .75rem; } .score b { font-size: 3.25rem; }
  .card > summary { grid-template-columns: auto minmax(0, 1fr) auto; padding: .75rem .875rem; } .card > summary .aside { grid-column: 2; grid-row: 2; } .card > .inside { padding: .25rem .875rem 1rem; }
  .account > div { grid-template-columns: minmax(0, 1fr); } .account dt { line-height: 1.3; }
  .exchange { grid-template-columns: minmax(0, 1fr); } .advice b { display: block; }
  .row, .run .row { grid-template-columns: minmax(0, 1fr) auto auto; padding: .375rem 0; } .row .bar, .row .axis { grid-column: 1 / -1; grid-row: 2; height: 1rem; min-height: 1rem; } .axis-row .axis { grid-row: 1; }
  .row > span:empty { display: none; } .row > .time { grid-column: 3; } .gap { padding: .25rem 0; }
  .log { padding: .5rem; } .log li { grid-template-columns: auto minmax(0, 1fr); gap: 0 .5rem; padding: .125rem 0; } .log .at { text-align: left; } .log code { grid-column: 1 / -1; }
  .copy pre { padding-top: 2.5rem; padding-right: .75rem; }
  .check .inside { padding-left: .5rem; } .stage > h3, .line { padding-left: 0; padding-right: 0; } .filter span { padding: .1875rem .5rem; }
}
`;

const PRINT = `
@media print {
  :root { font-size: 12px; } body { max-width: none; padding: 0; } button, .filter, .tip { display: none; }
  details::details-content { content-visibility: visible; display: block; }
  summary::before, summary::after, a.line::after, summary.row .what::before { display: none !important; } summary.row .what > code { white-space: normal; } .card, .exchange, .hero { break-inside: auto; } summary, h2, h3, h5 { break-after: avoid; } .row, .log li { break-inside: avoid; }
  .hero, .mark, .band, .took, pre, .advice, .log { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** The page's one style sheet. */
export const STYLE = COLOURS + TEXT + TOP + CARDS + TIME + LISTS + NARROW + PRINT;
