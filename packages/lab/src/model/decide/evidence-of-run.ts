import type { ComparisonParts } from '../../results/comparison-file.ts'
import {
  type EvidenceFigure,
  type EvidencePart,
  OPERATION_FIGURES,
  STORE_FIGURES,
} from '../../results/evidence.ts'
import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import type { SourcedFigure } from '../terms/source.ts'
import { STORES } from '../terms/stores.ts'
import type { StoreEvidence } from './evidence.ts'
import { evidenceFrom } from './from-comparison.ts'
import { timesWithoutLoad } from './model-inputs.ts'

/**
 * The figures that a run offers to others: resources per operation, bytes, log, flushes, and, where no emulator served
 * as DynamoDB, latencies. Only what that run measured itself.
 *
 * @param file name of its result file
 */
export function evidenceOfRun(run: ComparisonParts, file: string): EvidencePart {
  const { evidence } = evidenceFrom({ ...run, evidence: [] })
  const { machine, started_at, pushcart_version } = run.environment
  return {
    file,
    by: `pushcart ${pushcart_version} on ${machine.cores} cores (${machine.cpu})`,
    measured_at: started_at,
    figures: STORES.flatMap((store) => [
      ...storeFigures(evidence[store]),
      ...operationFigures(evidence[store]),
      ...latencyFigures(evidence[store]),
    ]),
  }
}

function storeFigures(evidence: StoreEvidence): EvidenceFigure[] {
  // A flush is one of the disk of that run.
  return STORE_FIGURES.filter((name) => name !== 'flush_s').flatMap((name) =>
    figureOf(evidence, name, null, evidence[name]),
  )
}

function operationFigures(evidence: StoreEvidence): EvidenceFigure[] {
  return OPERATION_KINDS.flatMap((kind) =>
    OPERATION_FIGURES.flatMap((name) =>
      name === 'latency_p50_ms' || name === 'latency_p99_ms'
        ? []
        : figureOf(evidence, name, kind, evidence.operations[kind]?.[name] ?? null),
    ),
  )
}

function latencyFigures(evidence: StoreEvidence): EvidenceFigure[] {
  if (evidence.emulator) return []
  return [...timesWithoutLoad(evidence)].flatMap(([operation, time]): EvidenceFigure[] => {
    const { p50, p99, record } = time
    const { store } = evidence
    const common = { store, operation, record: pointerIn(record) }
    return p50 === null || p99 === null
      ? []
      : [
          { ...common, name: 'latency_p50_ms' as const, value: p50 },
          { ...common, name: 'latency_p99_ms' as const, value: p99 },
        ]
  })
}

function figureOf(
  { store }: StoreEvidence,
  name: EvidenceFigure['name'],
  operation: EvidenceFigure['operation'],
  figure: SourcedFigure | null,
): EvidenceFigure[] {
  if (figure?.source.kind !== 'measured') return []
  const record = pointerIn(figure.source.record)
  return [{ store, name, operation, value: figure.value, record }]
}

/** `results.json#/operations` -> `/operations`. */
function pointerIn(record: string): string {
  return record.slice(record.indexOf('#') + 1)
}
