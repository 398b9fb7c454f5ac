import { join } from 'node:path'
import { type Objective, parseObjective } from '../capacity/objective.ts'
import { DEFAULT_CLIENTS } from '../consistency/quick/quick-consistency.ts'
import type { Prices } from '../cost/prices.ts'
import { readPrices } from '../cost/read-prices.ts'
import { UsageError } from '../http/usage-error.ts'
import type { LoadSpec } from '../load/run-load.ts'
import { DEFAULT_SEED } from '../quick/quick-perf.ts'
import { comparisonFigures } from '../results/figures.ts'
import { BLOCK_RULES } from '../stats/compare-blocks.ts'
import { requireKnownPaths } from '../thresholds/check.ts'
import type { Condition } from '../thresholds/parse.ts'
import { readConditions } from '../thresholds/read-conditions.ts'
import { type LoadOptions, loadSpecOf } from './load-options.ts'
import { requireInteger } from './measured-run.ts'

/** Options of `pushcart compare`, as they are typed. */
export interface CompareOptions extends LoadOptions {
  /** Two running deployments; without them three are started, each with its embedded database. */
  readonly a?: string | undefined
  readonly b?: string | undefined
  /** What to call them; by default what they say of themselves at /health, else A and B. */
  readonly labelA?: string | undefined
  readonly labelB?: string | undefined
  /** One service against itself: `--a`, or the embedded store of that name (true: PostgreSQL). */
  readonly self?: boolean | string | undefined
  /** Folder for the results; `results/compare-<time>` when left out. */
  readonly output?: string | undefined
  readonly iterations?: number | undefined
  readonly clients?: number | undefined
  /** Most connections of each embedded service to its database. */
  readonly poolSize?: number | undefined
  readonly seed?: number | undefined
  readonly blocks?: number | undefined
  readonly margin?: number | undefined
  readonly slo?: string | undefined
  /** Conditions, or `@` and a file of them. */
  readonly failIf?: readonly string[] | undefined
  /** What single operations take and what the requirements sheet needs; by default with a load on the embedded databases. */
  readonly requirements?: boolean | undefined
  /** A price file in place of the one that comes with the package. */
  readonly prices?: string | undefined
}

/** The same, checked and with the defaults filled in. */
export interface CompareSettings {
  readonly output: string
  readonly iterations: number
  readonly clients: number
  readonly seed: number
  readonly startedAt: string
  readonly services: Services
  /** Of the services that are started, each to its database. */
  readonly poolSize: number
  /** `null`: the quick look and the consistency test alone. */
  readonly load: {
    readonly spec: LoadSpec
    readonly blocks: number
    readonly margin: number
  } | null
  readonly objective: Objective | null
  readonly conditions: readonly Condition[]
  /** Whether single operations and the requirements are measured. */
  readonly requirements: boolean
  readonly prices: Prices
  /** One JSON object a line, in place of tables. */
  readonly json: boolean
  /** The command that runs it again. */
  readonly command: string
}

/** What is compared. */
export type Services =
  | { readonly kind: 'urls'; readonly urls: readonly [NamedUrl, NamedUrl] }
  /** One service on both sides. */
  | { readonly kind: 'self'; readonly of: NamedUrl }
  | { readonly kind: 'embedded-self'; readonly store: 'postgres' | 'dynamodb' }
  | { readonly kind: 'embedded' }

interface NamedUrl {
  readonly url: string
  readonly label?: string | undefined
}

const DEFAULT_ITERATIONS = 10
const DEFAULT_BLOCKS = 10
/** PostgreSQL's default, for both: more connections to a database on this machine only wait inside it. */
const DEFAULT_POOL_SIZE = 10
/** An embedded PostgreSQL takes 100 connections, of which some are kept back. */
const MOST_POOL_SIZE = 90
/** Operations per second that every store should cope with, so that latency is compared, not collapse. */
const DEFAULT_RATE = 200
/**
 * A slot is short, since there are many: ten blocks of three sides take five minutes. In 6 s at the default rate there are
 * 1,200 requests, enough for a P99 of all in every block.
 */
const SLOT = { duration: 6, carts: 200 }

/** @throws UsageError in one line for what cannot be run */
export function compareSettings(options: CompareOptions, startedAt: string): CompareSettings {
  const {
    iterations = DEFAULT_ITERATIONS,
    clients = DEFAULT_CLIENTS,
    seed = DEFAULT_SEED,
  } = options
  requireInteger('iterations', iterations, 1, 100_000)
  requireInteger('clients', clients, 1, 1000)
  requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const load = loadOf(options, seed)
  const services = servicesOf(options)
  const conditions = conditionsOf(options, load !== null, services)
  return {
    output: options.output ?? join('results', `compare-${startedAt.replace(/[:.]/g, '-')}`),
    iterations,
    clients,
    seed,
    startedAt,
    services,
    poolSize: poolSizeOf(options, services),
    load,
    objective: options.slo === undefined ? null : parseObjective(options.slo),
    // Against a service of the user's own, 100 shoppers without a pause have to be asked for.
    requirements: options.requirements ?? (load !== null && services.kind === 'embedded'),
    prices: readPrices(options.prices),
    conditions,
    json: options.json ?? false,
    command: commandOf({ ...options, iterations, clients, seed }),
  }
}

function poolSizeOf({ poolSize }: CompareOptions, { kind }: Services): number {
  if (poolSize === undefined) return DEFAULT_POOL_SIZE
  if (kind === 'urls' || kind === 'self')
    throw new UsageError(
      'pool-size: running services have pools of their own; it is for the embedded ones',
    )
  requireInteger('pool-size', poolSize, 1, MOST_POOL_SIZE)
  return poolSize
}

/** Embedded, PostgreSQL is held against DynamoDB with strong and with eventual reads. */
function sidesOf({ kind }: Services): number {
  return kind === 'embedded' ? 3 : 2
}

function conditionsOf(
  { failIf = [] }: CompareOptions,
  underLoad: boolean,
  services: Services,
): Condition[] {
  const conditions = failIf.flatMap(readConditions)
  if (conditions.length > 0 && !underLoad)
    throw new UsageError(
      'fail-if: there are figures to compare only under load; give --rate or --closed',
    )
  const known = comparisonFigures.names(sidesOf(services))
  for (const condition of conditions) requireKnownPaths(condition, known)
  return conditions
}

function loadOf(options: CompareOptions, seed: number): CompareSettings['load'] {
  const { rate, closed = false, self = false, blocks, margin, slo } = options
  const wanted =
    closed || self !== false || [rate, blocks, margin, slo].some((o) => o !== undefined)
  const spec = loadSpecOf({
    ...options,
    json: undefined,
    seed,
    ...(wanted && {
      rate: rate ?? (closed ? undefined : DEFAULT_RATE),
      duration: options.duration ?? SLOT.duration,
      carts: options.carts ?? (options.mix === 'hot' ? undefined : SLOT.carts),
    }),
  })
  if (spec === undefined) return null
  const load = { spec, blocks: blocks ?? DEFAULT_BLOCKS, margin: margin ?? BLOCK_RULES.margin }
  requireInteger('blocks', load.blocks, 1, 1000)
  if (!(load.margin >= 0 && load.margin < 1))
    throw new UsageError(`margin: ${load.margin} is not a share from 0 to 1, such as 0.05`)
  return load
}

function servicesOf({ a, b, labelA, labelB, self = false }: CompareOptions): Services {
  if (self !== false) return selfOf({ a, b, labelA, self })
  if (a !== undefined && b !== undefined)
    return {
      kind: 'urls',
      urls: [
        { url: a, label: labelA },
        { url: b, label: labelB },
      ],
    }
  if (a !== undefined || b !== undefined)
    throw new UsageError('give both --a and --b, or neither to start the embedded databases')
  if (labelA !== undefined || labelB !== undefined)
    throw new UsageError('--label-a and --label-b name the services of --a and --b')
  return { kind: 'embedded' }
}

function selfOf({ a, b, labelA, self }: CompareOptions): Services {
  if (b !== undefined) throw new UsageError('self: compares one service with itself; leave out --b')
  if (a !== undefined) return { kind: 'self', of: { url: a, label: labelA } }
  const store = self === true ? 'postgres' : self
  if (store === 'postgres' || store === 'dynamodb') return { kind: 'embedded-self', store }
  throw new UsageError(`self: "${store}" is neither postgres nor dynamodb`)
}

/** Where the results go is left out: the same command must not overwrite them. */
function commandOf(options: CompareOptions): string {
  const { a, labelA, b, labelB, seed, iterations, clients, output: _, ...rest } = options
  const ordered = { a, labelA, b, labelB, seed, iterations, clients, ...rest }
  const words = Object.entries(ordered).flatMap(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (name === 'requirements' && value === false) return ['--no-requirements']
    if (value === undefined || value === false) return []
    if (value === true) return [option]
    return [value].flat().flatMap((one) => [option, quote(String(one))])
  })
  return ['npx pushcart compare', ...words].join(' ')
}

/** An argument as a POSIX shell takes it. */
function quote(argument: string): string {
  return /^[\w:/.@%+=,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}
