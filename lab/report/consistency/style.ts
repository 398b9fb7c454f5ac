/** CSS of the timelines. Colours pass WCAG AA in both schemes. */
export const CONSISTENCY_STYLE = `
:root { --band: #f3dfb8; }
@media (prefers-color-scheme: dark) { :root { --band: #4a3a18; } }
.timeline text { font-size: 11px; fill: var(--ink); }
.timeline .who { font-weight: 600; }
.lane { stroke: var(--rule); stroke-width: 1; }
.span.ok { fill: var(--blue); }
.span.fail { fill: none; stroke: var(--blue); stroke-width: 1.5; }
.span.info { fill: none; stroke: var(--orange); stroke-width: 1.5; stroke-dasharray: 5 3; }
.point { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 3; }
.timeline .point-text { fill: var(--bad); }
.fault { fill: var(--band); opacity: 0.6; }
.timeline .time, .timeline .fault-text { font-size: 10.5px; fill: var(--muted); }
@media print { :root { --band: #eee; } }
`
