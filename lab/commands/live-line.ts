import type { LoadProgress, RunProgress } from '../load/run-load.ts'

/** Progress of a run that consists of many parts. */
export interface WholeRun {
  /** The parts: blocks of load, or the runs after them. */
  readonly of: 'blocks' | 'runs'
  /** 0-1. */
  readonly share: number
  /** Estimated remaining seconds; `null` until it can be estimated. */
  readonly left_s: number | null
}

/** Completed share of one load, 0-1. */
export function shareOf(progress: LoadProgress): number {
  if (progress.phase === 'prepare') return progress.done / Math.max(1, progress.total)
  const { elapsed_s, total_s, operations, total_operations } = progress
  if (total_s !== null) return Math.min(1, elapsed_s / total_s)
  return total_operations === null ? 0 : Math.min(1, operations / total_operations)
}

/**
 * One line with the progress of a load: time, rate, p50, p99, errors. If it does not fit, words are dropped before
 * figures.
 *
 * @param columns maximum characters; unlimited by default
 */
export function liveLine(
  label: string,
  progress: LoadProgress,
  { whole = null, columns = Number.POSITIVE_INFINITY }: LineOptions = {},
): string {
  const all = forms(label, progress, whole)
  const form = all.find((line) => line.length <= columns) ?? all.at(-1) ?? ''
  return form.slice(0, columns)
}

interface LineOptions {
  readonly whole?: WholeRun | null | undefined
  readonly columns?: number | undefined
}

/** Forms of the line, the longest first. */
function forms(label: string, progress: LoadProgress, whole: WholeRun | null): string[] {
  if (progress.phase === 'prepare') {
    const prepared = `prepared ${progress.done} of ${progress.total} carts`
    return [`${label}: ${wholeWords(whole)}${prepared}`, `${label}: ${prepared}`, prepared]
  }
  const { rate, p50, p99, operations, errors } = progress
  const figures = [`${rate.toFixed(0)}/s`, `p50 ${ms(p50)}`, `p99 ${ms(p99)}`]
  const failed = `${errors} ${errors === 1 ? 'error' : 'errors'}`
  const time = whole === null ? timeOf(progress) : wholeWords(whole).trimEnd()
  const short = shortTime(progress, whole)
  const rest = [...figures, failed].join('  ')
  const least = [short, ...figures, `${errors} err`].join(' ').replaceAll(' ms', '')
  return [
    `${label}: ${[time, ...figures, `${operations} operations`, failed].join('  ')}`,
    `${label}: ${time}  ${rest}`,
    `${label}: ${short}  ${rest}`,
    `${label.slice(0, 24)}: ${short}  ${rest}`,
    `${label.slice(0, 13)}: ${least}`,
    least,
  ]
}

/** Elapsed and remaining time of one load, by the clock or by completed operations. */
function timeOf(progress: RunProgress): string {
  const { elapsed_s, total_s, warming_up } = progress
  const left = leftOf(progress)
  const of = total_s === null ? '' : ` of ${total_s.toFixed(0)}`
  const phase = warming_up ? ' warm-up' : ''
  const percent = Math.floor(100 * shareOf(progress))
  return `${elapsed_s.toFixed(0)}${of} s (${percent} %)${phase}${left === null ? '' : `, ${seconds(left)} left`}`
}

function leftOf(progress: RunProgress): number | null {
  const { elapsed_s, total_s } = progress
  const share = shareOf(progress)
  const total = total_s ?? (share === 0 ? null : elapsed_s / share)
  return total === null ? null : Math.max(0, total - elapsed_s)
}

const WHOLES = { blocks: 'blocks', runs: 'further runs' } as const

function wholeWords(whole: WholeRun | null): string {
  if (whole === null) return ''
  const left = whole.left_s === null ? '' : `, ${seconds(whole.left_s)} left`
  return `${Math.floor(100 * whole.share)} % of the ${WHOLES[whole.of]}${left}  `
}

function shortTime(progress: RunProgress, whole: WholeRun | null): string {
  const share = whole?.share ?? shareOf(progress)
  const left = whole === null ? leftOf(progress) : whole.left_s
  return `${Math.floor(100 * share)} %${left === null ? '' : ` ${seconds(left)} left`}`
}

/** `95 s`, `4 min`. */
function seconds(amount: number): string {
  return amount < 120 ? `${amount.toFixed(0)} s` : `${Math.round(amount / 60)} min`
}

function ms(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(1)} ms`
}
