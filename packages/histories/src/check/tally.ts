import { isRead, type Operation } from '../history/operation.ts'
import type { Anomaly, Column, Finding, Guarantee, Violation } from './report.ts'

/** The findings so far for one cell of the matrix. */
export interface Cell {
  support: number
  undecided: number
  reason: string | null
  violationCount: number
  readonly violations: Violation[]
  /** How often each anomaly was found in each cart. */
  readonly sightings: Map<string, Map<Anomaly, number>>
}

export interface FilledCell {
  readonly guarantee: Guarantee
  readonly column: Column
  readonly cell: Cell
}

/** Collects the findings of all checks, cell by cell. */
export interface Tally {
  /** `count` more operations were checked. */
  support(guarantee: Guarantee, column: Column, count: number): void
  undecided(guarantee: Guarantee, column: Column, reason: string): void
  violated(violation: Violation): void
  /** Adds the cells of another tally. */
  merge(cells: readonly FilledCell[]): void
  cells(): readonly FilledCell[]
}

/** @param examples maximum violations to keep per cell */
export function createTally(examples: number): Tally {
  const cells = new Map<string, FilledCell>()
  function cellOf(guarantee: Guarantee, column: Column): Cell {
    const name = `${guarantee} ${column}`
    const known = cells.get(name)
    if (known !== undefined) return known.cell
    const cell: Cell = {
      support: 0,
      undecided: 0,
      reason: null,
      violationCount: 0,
      violations: [],
      sightings: new Map(),
    }
    cells.set(name, { guarantee, column, cell })
    return cell
  }
  return {
    support(guarantee, column, count) {
      if (count > 0) cellOf(guarantee, column).support += count
    },
    undecided(guarantee, column, reason) {
      const cell = cellOf(guarantee, column)
      cell.undecided++
      cell.reason ??= reason
    },
    violated(violation) {
      const cell = cellOf(violation.guarantee, violation.read_mode)
      cell.violationCount++
      sight(cell, violation.cart, violation.anomaly, 1)
      if (cell.violations.length < examples) cell.violations.push(violation)
    },
    merge(others) {
      for (const { guarantee, column, cell: other } of others) {
        const cell = cellOf(guarantee, column)
        cell.support += other.support
        cell.undecided += other.undecided
        cell.reason ??= other.reason
        cell.violationCount += other.violationCount
        for (const [cart, anomalies] of other.sightings)
          for (const [anomaly, count] of anomalies) sight(cell, cart, anomaly, count)
        cell.violations.push(...other.violations.slice(0, examples - cell.violations.length))
      }
    },
    cells: () => [...cells.values()],
  }
}

function sight({ sightings }: Cell, cart: string, anomaly: Anomaly, count: number): void {
  const own = sightings.get(cart) ?? new Map<Anomaly, number>()
  sightings.set(cart, own.set(anomaly, (own.get(anomaly) ?? 0) + count))
}

/** The cell in the form of the report. */
export function findingOf(
  guarantee: Guarantee,
  column: Column,
  cell: Cell,
  promised: boolean,
): Finding {
  const { support, undecided, reason, violationCount, violations } = cell
  const decided = undecided === 0 && support > 0 ? 'holds' : 'unknown'
  return {
    guarantee,
    read_mode: column,
    verdict: violationCount > 0 ? 'violated' : decided,
    promised,
    support,
    undecided,
    reason,
    violation_count: violationCount,
    violations,
  }
}

/** For sorting: shrunk violations come before those that only name the operation at which a search got stuck. */
export function shrunkFirst(a: Violation, b: Violation): number {
  return Number(isStuck(a)) - Number(isStuck(b))
}

function isStuck({ anomaly, operations }: Violation): boolean {
  return anomaly === 'not_linearizable' && operations.length < 2
}

/** Builds a violation, with each operation once and in order of call. */
export function violation(
  guarantee: Guarantee,
  column: Column,
  anomaly: Anomaly,
  cart: string,
  message: string,
  operations: readonly (Operation | undefined)[],
): Violation {
  const shown = [...new Set(operations.filter((operation) => operation !== undefined))]
  shown.sort((a, b) => a.call - b.call)
  return { guarantee, read_mode: column, anomaly, cart, message, operations: shown }
}

/** The column of the matrix in which an operation counts. */
export function columnOf(operation: Operation): Column {
  return isRead(operation) ? (operation.read ?? 'strong') : 'changes'
}
