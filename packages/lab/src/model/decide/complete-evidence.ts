import {
  type EvidenceFigure,
  type EvidencePart,
  OPERATION_FIGURES,
  type OperationFigure,
  type StoreFigure,
} from '../../results/evidence.ts'
import { OPERATION_KINDS, type OperationKind } from '../../results/operation-kinds.ts'
import { pointer } from '../../results/pointer.ts'
import type { SourcedFigure } from '../terms/source.ts'
import { perStore, type StoreName } from '../terms/stores.ts'
import {
  type Evidence,
  type LatencyFigures,
  NO_OPERATION,
  type OperationEvidence,
  type StoreEvidence,
} from './evidence.ts'

/**
 * The evidence of a run, with figures from elsewhere where the run has none: what was measured here takes precedence,
 * then the first part that has a figure.
 */
export function completed(own: Evidence, parts: readonly EvidencePart[]): Evidence {
  if (parts.length === 0) return own
  return perStore((store) => completedStore(own[store], figuresIn(parts)))
}

type Find = (
  store: StoreName,
  name: OperationFigure | StoreFigure,
  operation: OperationKind | null,
) => SourcedFigure | null

function figuresIn(parts: readonly EvidencePart[]): Find {
  const found = new Map<string, SourcedFigure>()
  const keyOf = ({
    store,
    name,
    operation,
  }: Pick<EvidenceFigure, 'store' | 'name' | 'operation'>) => [store, name, operation].join(' ')
  for (const [part, { file, by, measured_at: when, figures }] of parts.entries())
    for (const [place, figure] of figures.entries()) {
      const record = pointer('evidence', part, 'figures', place, 'value')
      const source = { kind: 'measured_elsewhere' as const, file, by, when, record }
      if (!found.has(keyOf(figure))) found.set(keyOf(figure), { value: figure.value, source })
    }
  return (store, name, operation) => found.get(keyOf({ store, name, operation })) ?? null
}

function completedStore(own: StoreEvidence, find: Find): StoreEvidence {
  const { store } = own
  const at = (name: StoreFigure) => own[name] ?? find(store, name, null)
  const kinds = OPERATION_KINDS.flatMap((kind) => {
    const measured = own.operations[kind]
    const whole = completedOperation(measured ?? NO_OPERATION, (name) => find(store, name, kind))
    const known = measured !== undefined || Object.values(whole).some((figure) => figure !== null)
    return known ? [[kind, whole] as const] : []
  })
  return {
    ...own,
    operations: Object.fromEntries(kinds),
    cart_bytes: at('cart_bytes'),
    index_bytes: at('index_bytes'),
    flush_s: at('flush_s'),
    latencies: latenciesFrom((name, kind) => find(store, name, kind)),
  }
}

function completedOperation(
  own: OperationEvidence,
  find: (name: OperationFigure) => SourcedFigure | null,
): OperationEvidence {
  const names = OPERATION_FIGURES.filter((name) => isResource(name))
  return { ...own, ...Object.fromEntries(names.map((name) => [name, own[name] ?? find(name)])) }
}

function isResource(name: OperationFigure): name is OperationFigure & keyof OperationEvidence {
  return name in NO_OPERATION
}

function latenciesFrom(
  find: (
    name: 'latency_p50_ms' | 'latency_p99_ms',
    operation: OperationKind,
  ) => SourcedFigure | null,
): StoreEvidence['latencies'] {
  const seconds = (figure: SourcedFigure | null) =>
    figure === null ? null : { ...figure, value: figure.value / 1000 }
  const kinds = OPERATION_KINDS.flatMap((kind): (readonly [OperationKind, LatencyFigures])[] => {
    const median = seconds(find('latency_p50_ms', kind))
    const p99 = seconds(find('latency_p99_ms', kind))
    return median === null || p99 === null ? [] : [[kind, { median, p99 }]]
  })
  return Object.fromEntries(kinds)
}
