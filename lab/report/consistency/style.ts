import { STYLE } from '../../page/style.ts'

/** The looks of the comparison's report, and what this one has beyond. Colours pass WCAG AA in both schemes. */
export const CONSISTENCY_STYLE = `${STYLE}
:root { --good: #1d6b3a; --bad: #b3261e; --band: #f3dfb8; }
@media (prefers-color-scheme: dark) { :root { --good: #7fd39b; --bad: #ff9d94; --band: #4a3a18; } }
td.cell-holds { color: var(--good); }
td.cell-violated, .bad { color: var(--bad); font-weight: 650; }
td.cell-none, td.cell-unpromised, td.cell-unknown { color: var(--muted); }
.matrix th small { display: block; color: var(--muted); font-weight: 400; white-space: normal; min-width: 14rem; }
.meaning { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0.6rem 0 1rem; max-width: 80ch; }
.meaning dt { color: var(--muted); }
.meaning dd { margin: 0; }
.drawing { overflow-x: auto; }
.drawing svg { display: block; width: 100%; min-width: 42rem; height: auto; }
.drawing-small svg { min-width: 0; max-width: 34rem; }
.timeline text { font-size: 11px; fill: var(--ink); }
.timeline .who { font-weight: 600; }
.lane { stroke: var(--rule); stroke-width: 1; }
.span.ok { fill: var(--blue); }
.span.fail { fill: none; stroke: var(--blue); stroke-width: 1.5; }
.span.info { fill: none; stroke: var(--orange); stroke-width: 1.5; stroke-dasharray: 5 3; }
.point { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 3; }
.timeline .point-text { fill: var(--bad); }
.fault { fill: var(--band); opacity: 0.6; }
text.time, .timeline .time, .timeline .fault-text { font-size: 10.5px; fill: var(--muted); }
.curve { fill: none; stroke: var(--blue); stroke-width: 1.5; }
.interval { stroke: var(--blue); stroke-width: 1; }
.dot { fill: var(--blue); }
.steps { padding-left: 1.3rem; font-size: 0.9rem; }
header, h3, .headline, .note, summary, .stores td::before { overflow-wrap: anywhere; }
.stores td { min-width: 0; }
.versions { max-width: 34rem; }
.versions thead th:not(:first-child) { text-align: right; }
.sideways { display: none; margin: 0 0 0.3rem; color: var(--muted); font-size: 0.8rem; }
.stores th.store, .stores td.store { padding-left: 1rem; border-left: 1px solid var(--rule); }
.stores thead tr:first-child th { border-bottom: 0; }
.stores th small { min-width: 9rem; }
.stores td { font-size: 0.875rem; }
.stores th, .stores td { padding-right: 0.8rem; }
.stores thead tr:last-child th:nth-child(4n + 1) { padding-left: 1rem; border-left: 1px solid var(--rule); }
@media (max-width: 46rem) {
  .meaning { grid-template-columns: 1fr; }
  .meaning dd { margin-bottom: 0.4rem; }
  .sideways { display: block; }
}
@media (max-width: 40rem) { .stores td.store { padding-left: 0; border-left: 0; } }
@media print { .sideways { display: none; }  :root { --good: #1d6b3a; --bad: #b3261e; --band: #eee; } .drawing { overflow: visible; } .drawing svg { min-width: 0; } article { break-inside: avoid; } }
`
