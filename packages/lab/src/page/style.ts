/**
 * The style sheet of all pages. Accents pass WCAG AA on their background in both schemes and differ for colour-blind
 * readers (`packages/lab/test/report/colours.test.ts`); marks and dashes distinguish series without colour.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfb;
  --raised: #ffffff;
  --ink: #1c2024;
  --muted: #5d656f;
  --rule: #e3e5e8;
  --blue: #1f5fa8;
  --orange: #b4530b;
  --plum: #6b1a44;
  --moss: #243c0c;
  --link: #b9bfc7;
  --warn: #fdf5e6;
  --warn-edge: #d9a441;
  --good: #1d6b3a;
  --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c;
    --raised: #1b1f24;
    --ink: #e6e8eb;
    --muted: #a0a8b2;
    --rule: #30363d;
    --blue: #6aa8ee;
    --orange: #e8924a;
    --plum: #f2b8d4;
    --moss: #b4f03c;
    --link: #4d5661;
    --warn: #2a2418;
    --warn-edge: #a87f33;
    --good: #7fd39b;
    --bad: #ff9d94;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Open Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
header, main, footer { max-width: 63rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 4rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: clamp(1.8rem, 5vw, 2.5rem); font-weight: 650; letter-spacing: -0.02em; }
h2 { margin: 0 0 1rem; font-size: 1.45rem; font-weight: 650; letter-spacing: -0.01em; }
h3 { margin: 2rem 0 0.25rem; font-size: 1.05rem; font-weight: 600; }
p, li { max-width: 72ch; overflow-wrap: anywhere; text-wrap: pretty; }
p { margin: 0.75rem 0; }
.kicker { margin: 0 0 0.5rem; color: var(--muted); font-size: 0.9rem; }
.subtitle { margin: 0.6rem 0 0; color: var(--muted); font-size: 1.05rem; }
section { margin-top: 3rem; padding-top: 1.75rem; border-top: 1px solid var(--rule); }
section.folded { margin-top: 0; padding-top: 0; }
section:not(.folded) + section.folded, .contents + section.folded { margin-top: 2.5rem; }
section.folded > details { margin-top: 0; }
section.folded > details > summary { width: auto; padding: 0.7rem 0; }
section.folded > details > summary h2 { display: inline; margin: 0; font-size: 1.1rem; font-weight: 600; }
section.folded > details[open] { padding-bottom: 2rem; }
.headline { margin: 0 0 1.75rem; font-size: 1.4rem; line-height: 1.4; font-weight: 500; max-width: 56ch; }
.points { margin: 1.25rem 0 0; padding-left: 1.1rem; }
.points li { margin: 0.4rem 0; }
.points li::marker { color: var(--muted); }
.note { margin: 0.6rem 0 0; color: var(--muted); font-size: 0.875rem; line-height: 1.5; max-width: 86ch; }
.warning { margin: 1.5rem 0 0; padding: 0.8rem 1.1rem; background: var(--warn); border-left: 3px solid var(--warn-edge); border-radius: 2px; }
.warning p { margin: 0; font-size: 0.95rem; max-width: 96ch; }

.side { display: inline-block; position: relative; padding-left: 1.05em; font-weight: 600; overflow-wrap: anywhere; }
.side::before { content: ""; position: absolute; left: 0; top: 0.5em; width: 0.6em; height: 0.6em; border-radius: 50%; background: currentColor; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.side-1 { color: var(--side-1); }
.side-2 { color: var(--side-2); }
.side-3 { color: var(--side-3); }
.side-4 { color: var(--side-4); }
.side-2::before { border-radius: 0; }
.side-3::before { border-radius: 0; transform: rotate(45deg) scale(0.85); }
.side-4::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }

.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
.card { padding: 0.9rem 1.1rem 1rem; background: var(--raised); border: 1px solid var(--rule); border-top: 3px solid var(--side-1); border-radius: 3px; }
.card-2 { border-top-color: var(--side-2); }
.card-3 { border-top-color: var(--side-3); }
.card-4 { border-top-color: var(--side-4); }
.card-name { margin: 0 0 0.5rem; }
.card dl { display: grid; grid-template-columns: 5fr 4fr 3fr; gap: 0.6rem; align-items: end; margin: 0; }
.card dt { color: var(--muted); font-size: 0.8rem; line-height: 1.3; }
.card dd { margin: 0; font-size: 1.1rem; white-space: nowrap; }
.card div:first-child dd { font-size: 1.5rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.01em; }

.contents { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1.25rem 2rem; margin-top: 3rem; padding: 1.25rem 0 0; border-top: 1px solid var(--rule); font-size: 0.95rem; }
.contents p { margin: 0 0 0.2rem; color: var(--muted); font-size: 0.85rem; }
.contents ul { margin: 0; padding: 0; list-style: none; }
.contents li { margin: 0.15rem 0; }
.contents a { text-decoration-color: var(--link); }

.table-box { margin-top: 1.5rem; }
pre:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--blue); outline-offset: 3px; }
table { width: 100%; border-collapse: collapse; font-size: 0.95rem; }
table:not(:has(th:nth-child(3), td:nth-child(3))) { max-width: 34rem; }
caption { overflow-wrap: anywhere; padding-bottom: 0.4rem; text-align: left; font-weight: 600; }
th, td { padding: 0.3rem 1.25rem 0.3rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th:has(.side) { min-width: 6.4rem; }
thead .side { text-align: left; }
.numeric .tag { margin-left: auto; }
.narrow { display: none; }
thead th { max-width: 12rem; border-bottom: 1px solid var(--muted); font-size: 0.875rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
.tag { display: block; width: fit-content; margin-top: 0.2rem; padding: 0 0.4em; border: 1px solid var(--warn-edge); border-radius: 3px; background: var(--warn); color: var(--ink); font-size: 0.75rem; font-weight: 400; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--muted); text-underline-offset: 0.2em; }
a.figure { white-space: nowrap; text-decoration-color: var(--link); text-decoration-thickness: 1px; }
a:hover { text-decoration-color: currentColor; }
.none, .tone-muted { color: var(--muted); }
.tone-good { color: var(--good); }
.tone-bad { color: var(--bad); font-weight: 650; }
th small { display: block; min-width: 9rem; color: var(--muted); font-weight: 400; }
.begins { padding-left: 1rem; border-left: 1px solid var(--rule); }
tr:target th, tr:target td { background: var(--warn); }
[id] { scroll-margin-top: 1.5rem; }
tbody .side { font-weight: 500; }
#advice .side, #presets .side { overflow-wrap: break-word; }
.group th { padding-top: 0.9rem; font-weight: 600; border-bottom: 0; }
.numeric { text-align: right; }
.numeric + :not(.numeric) { padding-left: 2.5rem; }
td.numeric { white-space: nowrap; }

.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.75rem 2.5rem; margin-top: 1.25rem; }
figure { margin: 0; max-width: 28rem; }
.wide { grid-column: 1 / -1; max-width: none; }
.on-phone { display: none; }
.drawing { overflow-x: auto; }
.drawing svg { min-width: 42rem; }
.sideways { display: none; margin: 0 0 0.3rem; color: var(--muted); font-size: 0.8rem; }
ol.points { padding-left: 1.3rem; font-size: 0.9rem; }
figcaption { overflow-wrap: anywhere; margin-bottom: 0.4rem; font-size: 0.95rem; font-weight: 600; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.plot-warning { fill: var(--muted); font-size: 10px; text-anchor: end; }
.plot-label { font-size: 11px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.on-page .plot-label { font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
.key { width: 30px; height: 10px; margin-right: 0.6rem; }
.key path { fill: none; stroke-width: 2; }
.key-1 { stroke: var(--side-1); }
.key-2 { stroke: var(--side-2); stroke-dasharray: 7 3; }
.key-3 { stroke: var(--side-3); stroke-dasharray: 2 2; }
.key-4 { stroke: var(--side-4); stroke-dasharray: 8 2 2 2; }
details { margin-top: 1.25rem; }
summary { overflow-wrap: anywhere; cursor: pointer; font-weight: 600; width: fit-content; }

.run { display: grid; gap: 0.9rem; margin: 0; }
.run > div { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; column-gap: 1.5rem; }
.run dt { grid-row: span 8; font-weight: 600; overflow-wrap: anywhere; }
.run dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; }
code { padding: 0.1em 0.3em; background: var(--raised); border: 1px solid var(--rule); border-radius: 3px; font: 0.88em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.option { white-space: nowrap; }
pre code { padding: 0; border: 0; background: none; font-size: 1em; }
pre code span { display: inline-block; max-width: 100%; }
pre { margin: 0.75rem 0 1rem; padding: 0.9rem 1.1rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 3px; font: 0.9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { padding-top: 3rem; padding-bottom: 4rem; color: var(--muted); font-size: 0.875rem; }

@media screen and (max-width: 40rem) {
  header { padding-top: 2.25rem; }
  header, main, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  section { margin-top: 2.25rem; padding-top: 1.5rem; }
  .headline { font-size: 1.2rem; }
  .contents { grid-template-columns: 1fr 1fr; gap: 1rem 1.5rem; }
  .contents li { margin: 0.4rem 0; }
  .on-page { display: none; }
  .on-phone { display: block; }
  .sideways { display: block; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.4rem, 1fr)); gap: 0.35rem 0.9rem; padding: 0.6rem 0; border-bottom: 1px solid var(--rule); }
  tbody th, tbody td, td.numeric { padding: 0; border: 0; text-align: left; overflow-wrap: anywhere; white-space: normal; }
  tbody th, td:not(.numeric):not(:has(.side)) { grid-column: 1 / -1; }
  tbody th[scope="row"] { font-weight: 600; }
  th[data-column]::before { content: attr(data-column) ": "; color: var(--muted); font-weight: 400; }
  .group th { font-size: 1.05rem; }
  .narrow { display: block; color: var(--muted); font-size: 0.8rem; font-weight: 400; }
  tr.group { padding: 0.9rem 0 0; border-bottom: 0; }
  td.begins { padding-left: 0; border-left: 0; }
  td { min-width: 0; display: flex; flex-direction: column; justify-content: flex-end; }
  td::before { content: attr(data-column); color: var(--muted); font-size: 0.75rem; line-height: 1.3; overflow-wrap: anywhere; }
  td:empty { display: none; }
  .numeric + td:not(.numeric) { padding-left: 0; }
  .run > div { grid-template-columns: 1fr; }
  .run dd { grid-column: 1; }
  .run dt { grid-row: auto; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --raised: #fff; --ink: #000; --muted: #444; --rule: #ccc;
    --blue: #1f5fa8; --orange: #b4530b; --plum: #6b1a44; --moss: #243c0c; --link: #ccc; --warn: #fff; --warn-edge: #888;
    --good: #1d6b3a; --bad: #b3261e;
  }
  .drawing { overflow: visible; }
  .drawing svg { min-width: 0; }
  .sideways { display: none; }
  html { font-size: 10pt; }
  body { line-height: 1.45; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  section { margin-top: 1.4rem; padding-top: 0.9rem; }
  tr, figure, .card, .warning, .run > div, pre { break-inside: avoid; }
  tr.group { break-after: avoid; }
  th, td { padding-top: 0.15rem; padding-bottom: 0.15rem; }
  .group th { padding-top: 0.5rem; }
  .panels { grid-template-columns: repeat(2, 1fr); gap: 1rem 1.5rem; }
  .glance { grid-template-columns: repeat(3, 1fr); }
  .card { padding: 0.6rem 0.7rem; }
  .card dl { grid-template-columns: 1fr 1fr; gap: 0.3rem 0.6rem; }
  .card div:first-child { grid-column: 1 / -1; }
  h2, h3, caption, summary, .legend { break-after: avoid; }
  .contents { display: none; }
  a { text-decoration: none; }
  summary { list-style: none; }
  summary::-webkit-details-marker { display: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
`
