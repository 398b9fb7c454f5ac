import type { MoveRecord } from '../../store/residences.ts'
import type { MoveProgress, MoveResult, Status } from './actions.ts'
import type { Plan } from './plan.ts'
import type { Verification } from './verify.ts'

/** What `pushcart move` prints without `--json`. */

/** Carts that are named in text; `--json` has all. */
const MAX_NAMED = 10

export function planLines(plan: Plan): string[] {
  const { carts, sealed, moved, expired, bytes, largest, tooLarge, writeUnits, hours } = plan
  return [
    `from ${plan.source} to ${plan.destination}`,
    `to move: ${counted(carts)}, ${size(bytes)}, the largest ${size(largest)}`,
    ...(moved + sealed > 0 ? [`moved already: ${moved}; sealed: ${sealed}`] : []),
    ...(expired > 0 ? [`expired, and left to the sweep: ${expired}`] : []),
    ...(writeUnits.source === null ? [] : [`write units in the source: ${writeUnits.source}`]),
    ...(writeUnits.destination === null
      ? []
      : [`write units in the destination: ${writeUnits.destination}`]),
    hours === null
      ? 'time: not limited; --carts or --units show the hours at a rate'
      : `time at this rate: ${duration(hours * 3600)}`,
    ...(tooLarge.length === 0
      ? []
      : [`too large for the destination, so they stay: ${named(tooLarge)}`]),
  ]
}

export function statusLines({ record, members, strays }: Status): string[] {
  if (record === null) return ['phase stay: no move has begun']
  const { phase, epoch, frozen, paused, progress, role, peer } = record
  const late = members.filter((member) => member.epoch < epoch).length
  const notes = [...(frozen ? ['changes are refused'] : []), ...(paused ? ['paused'] : [])]
  const direction = role === 'source' ? `to ${peer}` : `from ${peer}`
  return [
    `phase ${phase}${notes.map((note) => `, ${note}`).join('')} (${direction}, epoch ${epoch})`,
    `instances: ${members.length}${late > 0 ? `, of which ${late} do not act by this phase yet` : ''}`,
    ...(progress === null
      ? []
      : [
          `moved, as a mover counted last: ${progress.moved} of ${counted(progress.total)}, ${progress.rate.toFixed(1)} per second, ${progress.tooLarge} too large`,
        ]),
    ...(strays === null || strays === 0
      ? []
      : [`${counted(strays)} left in the source, where nobody reads them: run finish again`]),
  ]
}

export function verifyLines(found: Verification): string[] {
  const { same, changed, created, expired, unmoved, sealed, missing, different } = found
  return [
    `in the destination: ${same} as they left, ${changed} changed since, ${created} created there`,
    `expired: ${expired}; not moved: ${unmoved}; sealed: ${sealed}`,
    ...(missing.length > 0 ? [`missing: ${named(missing)}`] : []),
    ...(different.length > 0 ? [`different: ${named(different)}`] : []),
    found.ok ? 'no cart is missing or different' : 'verification failed',
  ]
}

export function resultLines({ phase, counts, frozenSeconds }: MoveResult): string[] {
  const { moved, tooLarge } = counts
  return [
    `phase ${phase}: ${counted(moved)} moved by this mover`,
    ...(frozenSeconds === null ? [] : [`changes were refused for ${frozenSeconds.toFixed(1)} s`]),
    ...(tooLarge.length === 0
      ? []
      : [`too large for the destination, so they stay: ${named(tooLarge)}`]),
  ]
}

export function recordLines({ phase, paused }: MoveRecord): string[] {
  return [`phase ${phase}${paused ? ', paused' : ''}`]
}

export function progressLine(progress: MoveProgress): string {
  const { phase, moved, total, perSecond, secondsLeft, tooLarge, failed } = progress
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`
  const stuck = tooLarge > 0 ? `, ${tooLarge} too large` : ''
  const retried = failed > 0 ? `, ${failed} waiting for a database` : ''
  return `${phase}: ${moved} of ${counted(total)} moved, ${perSecond.toFixed(1)} per second${left}${stuck}${retried}`
}

function counted(carts: number): string {
  return carts === 1 ? '1 cart' : `${carts} carts`
}

function named(cartIds: readonly string[]): string {
  const rest = cartIds.length - MAX_NAMED
  return [...cartIds.slice(0, MAX_NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KB`
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
