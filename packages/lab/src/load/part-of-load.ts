import { LoadError } from '../errors/load-error.ts'
import type { LoadPartFile } from '../results/load-part.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { loadEnvironment } from './build-result.ts'
import { measureClock } from './clock-offset.ts'
import { generate } from './generator/generate.ts'
import { requireSplit } from './generators.ts'
import { accessFor, type LoadTarget } from './load-target.ts'
import { checkService, prepareCarts } from './prepare.ts'
import { type RunLoadOptions, watchedBy } from './run-load.ts'
import { scheduleHash } from './schedule/hash.ts'
import { countOf, type Share } from './schedule/share.ts'

export interface PartOptions extends Pick<RunLoadOptions, 'signal' | 'onProgress' | 'telemetry'> {
  /** Counted from 1. */
  readonly part: LoadPartFile['part']
  /** Milliseconds since the epoch by the clock of this machine; at once by default. */
  readonly startAt?: number | undefined
  /** Processes that share the part; 1 by default. */
  readonly generators?: number | undefined
}

/**
 * Runs one part of a load whose other parts run on other machines. Each part prepares the carts of its own share. The
 * warm-up takes its maximum time, since the parts cannot agree on an earlier end.
 *
 * @throws UsageError, LoadError as `runLoad` does; LoadError when the start has passed before the carts are ready
 */
export async function runLoadPart(
  spec: LoadSpec,
  target: LoadTarget,
  { part, startAt, generators = 1, signal, onProgress, telemetry }: PartOptions,
): Promise<LoadPartFile> {
  const share: Share = [{ index: part.index - 1, of: part.of }]
  requireSplit(spec, part.of, 'part')
  requireSplit({ ...spec, connections: countOf(spec.connections, share) }, generators)
  await checkService(spec, target, signal)
  const carts = await prepareCarts(spec, target, { signal, onProgress, share })
  const clock = await measureClock(target, signal)
  const late = Date.now() - (startAt ?? Number.POSITIVE_INFINITY)
  if (late > 0)
    throw new LoadError(
      `the carts were ready ${(late / 1000).toFixed(1)} s after --start-at; start later`,
    )
  const reached = { ...accessFor(spec, target), carts }
  const report = await generate(spec, reached, {
    signal,
    ...watchedBy({ telemetry, onProgress }, target),
    generators,
    share,
    startAt,
    keepsTimes: true,
  })
  return {
    format: 'pushcart load part',
    version: 1,
    part,
    spec,
    schedule_sha256: scheduleHash(spec),
    target: { url: target.url },
    clock,
    warm_up: report.warm_up,
    environment: loadEnvironment(),
    generators: report.generators,
  }
}
