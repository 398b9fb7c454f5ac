/** The page's style sheet. Accents pass WCAG AA on their background in both schemes. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfb;
  --raised: #ffffff;
  --ink: #1c2024;
  --muted: #5d656f;
  --rule: #e3e5e8;
  --side-1: #1f5fa8;
  --side-2: #b4530b;
  --side-3: #8a3a8f;
  --link: #b9bfc7;
  --warn: #fdf5e6;
  --warn-edge: #d9a441;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c;
    --raised: #1b1f24;
    --ink: #e6e8eb;
    --muted: #a0a8b2;
    --rule: #30363d;
    --side-1: #79b4f2;
    --side-2: #f0a35e;
    --side-3: #d99be0;
    --link: #4d5661;
    --warn: #2a2418;
    --warn-edge: #a87f33;
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
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 4.5rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: clamp(1.8rem, 5vw, 2.6rem); font-weight: 650; letter-spacing: -0.02em; }
h2 { margin: 0 0 1.25rem; font-size: 1.4rem; font-weight: 650; letter-spacing: -0.01em; }
h3 { margin: 2.25rem 0 0.25rem; font-size: 1.05rem; font-weight: 600; }
p, li { max-width: 80ch; overflow-wrap: anywhere; }
.kicker { margin: 0 0 0.5rem; color: var(--muted); font-size: 0.9rem; }
.subtitle { margin: 0.6rem 0 0; color: var(--muted); font-size: 1.05rem; }
section { margin-top: 3.25rem; padding-top: 1.75rem; border-top: 1px solid var(--rule); }
.headline { margin: 0 0 1.75rem; font-size: 1.3rem; line-height: 1.4; font-weight: 500; max-width: 62ch; text-wrap: pretty; }
.points { margin: 1.75rem 0 0; padding-left: 1.1rem; }
.points li { margin: 0.45rem 0; }
.points li::marker { color: var(--muted); }
.note { margin: 0.5rem 0 0; color: var(--muted); font-size: 0.875rem; }
.warning { margin: 1.75rem 0 0; padding: 0.9rem 1.2rem; background: var(--warn); border-left: 3px solid var(--warn-edge); border-radius: 2px; }
.warning p { margin: 0; font-size: 0.95rem; max-width: 96ch; }

.side { font-weight: 600; overflow-wrap: anywhere; }
.side::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; background: currentColor; }
.side-1 { color: var(--side-1); }
.side-2 { color: var(--side-2); }
.side-3 { color: var(--side-3); }
.side-2::before { border-radius: 0; }
.side-3::before { border-radius: 0; transform: rotate(45deg) scale(0.85); }

.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
.card { padding: 1rem 1.2rem 1.1rem; background: var(--raised); border: 1px solid var(--rule); border-top: 3px solid var(--side-1); border-radius: 3px; }
.card-2 { border-top-color: var(--side-2); }
.card-3 { border-top-color: var(--side-3); }
.card-name { margin: 0 0 0.6rem; }
.card dl { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; margin: 0; }
.card dt { color: var(--muted); font-size: 0.8rem; }
.card dd { margin: 0; font-size: 1.15rem; white-space: nowrap; }
.card div:first-child dd { font-size: 1.6rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.01em; }
.card dl { align-items: end; }

.table-box { margin-top: 1.5rem; }
pre:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--side-1); outline-offset: 3px; }
table { width: 100%; border-collapse: collapse; font-size: 0.95rem; }
caption { overflow-wrap: anywhere; padding-bottom: 0.5rem; text-align: left; font-weight: 600; }
th, td { padding: 0.45rem 1.25rem 0.45rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th:has(.side) { min-width: 6.4rem; }
.numeric .tag { margin-left: auto; }
.narrow { display: none; }
thead th { max-width: 11rem; border-bottom: 1px solid var(--muted); font-size: 0.875rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
.tag { display: block; width: fit-content; margin-top: 0.2rem; padding: 0 0.4em; border: 1px solid var(--warn-edge); border-radius: 3px; background: var(--warn); color: var(--ink); font-size: 0.75rem; font-weight: 400; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--muted); text-underline-offset: 0.2em; }
a.figure { text-decoration-color: var(--link); text-decoration-thickness: 1px; }
a:hover { text-decoration-color: currentColor; }
tr:target th, tr:target td { background: var(--warn); }
[id] { scroll-margin-top: 1.5rem; }
tbody .side { font-weight: 500; }
.group th { padding-top: 1.1rem; font-weight: 600; border-bottom: 0; }
.numeric { text-align: right; }
.numeric + :not(.numeric) { padding-left: 2.5rem; }
td.numeric { white-space: nowrap; }

.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.5rem 1.75rem; margin-top: 1rem; }
figure { margin: 0; max-width: 30rem; }
figcaption { overflow-wrap: anywhere; margin-bottom: 0.3rem; font-size: 0.9rem; font-weight: 600; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.plot-warning { fill: var(--muted); font-size: 10px; text-anchor: end; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; margin: 0.9rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
.key { width: 30px; height: 10px; margin-right: 0.6rem; }
.key path { fill: none; stroke-width: 2; }
.key-1 { stroke: var(--side-1); }
.key-2 { stroke: var(--side-2); stroke-dasharray: 7 3; }
.key-3 { stroke: var(--side-3); stroke-dasharray: 2 2; }
details { margin-top: 1.75rem; }
summary { cursor: pointer; font-weight: 600; width: fit-content; }

.run { display: grid; gap: 0.9rem; margin: 0; }
.run > div { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; column-gap: 1.5rem; }
.run dt { grid-row: span 8; font-weight: 600; overflow-wrap: anywhere; }
.run dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: 0.9rem 1.1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--rule); border-radius: 3px; font: 0.9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
footer { padding-top: 3.25rem; padding-bottom: 4rem; color: var(--muted); font-size: 0.875rem; }

@media (max-width: 40rem) {
  header { padding-top: 2.5rem; }
  header, main, footer { padding-left: 1.1rem; padding-right: 1.1rem; }
  section { margin-top: 2.5rem; }
  .headline { font-size: 1.15rem; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.4rem, 1fr)); gap: 0.7rem 0.9rem; padding: 0.7rem 0; border-bottom: 1px solid var(--rule); }
  tbody th, tbody td, td.numeric { padding: 0; border: 0; text-align: left; overflow-wrap: anywhere; white-space: normal; }
  tbody th { grid-column: 1 / -1; }
  tbody th[scope="row"] { font-weight: 600; }
  .group th { font-size: 1.05rem; }
  .narrow { display: block; color: var(--muted); font-size: 0.8rem; font-weight: 400; }
  tr.group { padding: 1.1rem 0 0; border-bottom: 0; }
  td { display: flex; flex-direction: column; justify-content: flex-end; }
  td::before { content: attr(data-column); color: var(--muted); font-size: 0.75rem; line-height: 1.3; }
  td:empty { display: none; }
  .numeric + td:not(.numeric) { padding-left: 0; }
  .run > div { grid-template-columns: 1fr; }
  .run dd { grid-column: 1; }
  .run dt { grid-row: auto; }
}
@media print {
  :root {
    --paper: #fff; --raised: #fff; --ink: #000; --muted: #444; --rule: #ccc;
    --side-1: #1f5fa8; --side-2: #b4530b; --side-3: #8a3a8f; --link: #ccc; --warn: #fff; --warn-edge: #888;
  }
  body { font-size: 10pt; }
  header { padding-top: 0; }
  section { margin-top: 1.5rem; padding-top: 1rem; }
  tr, figure, .card, .warning { break-inside: avoid; }
  .panels { grid-template-columns: repeat(2, 1fr); }
  .glance { grid-template-columns: repeat(3, 1fr); }
  .card { padding: 0.7rem 0.8rem; }
  .card dl { gap: 0.3rem 0.9rem; }
  h2, h3, caption { break-after: avoid; }
  a { text-decoration: none; }
  details:not([open]) { display: none; }
}
`
