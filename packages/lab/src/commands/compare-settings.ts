import { join } from 'node:path'
import { type AccessOptions, requireNoAccess } from '../cart-api/open-access.ts'
import { withoutValue } from '../cart-api/parse-headers.ts'
import { UsageError } from '../errors/usage-error.ts'
import { parseNetwork } from '../faults/network.ts'
import { requireSplit } from '../load/generators.ts'
import type { Prices } from '../model/cost/prices.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { readShop } from '../model/decide/read-shop.ts'
import type { Shop } from '../model/decide/shop.ts'
import { DEFAULT_CLIENTS } from '../quick/consistency/quick-consistency.ts'
import { DEFAULT_SEED } from '../quick/quick-perf.ts'
import { comparisonFigures } from '../results/figures.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { type Objective, parseObjective } from '../results/objective.ts'
import { requireKnownPaths } from '../results/thresholds/check.ts'
import type { Condition } from '../results/thresholds/parse.ts'
import { readConditions } from '../results/thresholds/read-conditions.ts'
import { BLOCK_RULES } from '../stats/compare-blocks.ts'
import { type LoadOptions, loadSpecOf } from './load-options.ts'
import { requireInteger } from './require-integer.ts'

/** Options of `pushcart compare`. */
export interface CompareOptions extends LoadOptions, AccessOptions {
  /** File for the conditions as JUnit XML. */
  readonly junit?: string | undefined
  /** Two running services; without them, three are started, each with an embedded database. */
  readonly a?: string | undefined
  readonly b?: string | undefined
  /** Instead of `api`, and in addition to `header`, for one service. */
  readonly apiA?: string | undefined
  readonly apiB?: string | undefined
  readonly headerA?: readonly string[] | undefined
  readonly headerB?: readonly string[] | undefined
  /** Their names; by default the database that they report at /health, else A and B. */
  readonly labelA?: string | undefined
  readonly labelB?: string | undefined
  /** Compare a service with itself: `--a`, or the embedded store of this name (true: PostgreSQL). */
  readonly self?: boolean | string | undefined
  /** Folder for the results (`results/compare-<time>`). */
  readonly output?: string | undefined
  readonly iterations?: number | undefined
  readonly clients?: number | undefined
  /** Layouts of the embedded PostgreSQL services, separated by commas (`rows`). */
  readonly layouts?: string | undefined
  /** Maximum connections of each embedded service to its database. */
  readonly poolSize?: number | undefined
  /** Round trip to add between the embedded services and their databases, such as `rtt=0.5ms`. */
  readonly network?: string | undefined
  readonly seed?: number | undefined
  readonly blocks?: number | undefined
  readonly margin?: number | undefined
  /** Result file of an A/A run under the same load. */
  readonly noise?: string | undefined
  readonly slo?: string | undefined
  /** Conditions, or `@FILE` with one per line. */
  readonly failIf?: readonly string[] | undefined
  /** Measure single operations and the requirements; by default with a load on the embedded databases. */
  readonly requirements?: boolean | undefined
  /** Result files of other runs and files of figures, for what this run does not measure. */
  readonly evidence?: readonly string[] | undefined
  /** Replaces the price file of the package. */
  readonly prices?: string | undefined
  /** The reader's shop, see `readShop`. */
  readonly shop?: string | undefined
}

/** The validated options, with defaults applied. */
export interface CompareSettings {
  readonly output: string
  readonly iterations: number
  readonly clients: number
  readonly seed: number
  readonly startedAt: string
  readonly services: Services
  /** Maximum connections of each embedded service to its database. */
  readonly poolSize: number
  /** Milliseconds to add to each round trip to an embedded database; `null` for none. */
  readonly rttMs: number | null
  /** `null` for the quick look and the consistency test only. */
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
  /** `undefined` for the presets. */
  readonly shop: Shop | undefined
  /** File for the conditions as JUnit XML. */
  readonly junit: string | undefined
  /** Processes that share a load. */
  readonly generators: number | 'auto'
  /** One JSON object per line instead of tables. */
  readonly json: boolean
  /** The command that repeats the run. */
  readonly command: string
}

/** What is compared. */
export type Services =
  | { readonly kind: 'urls'; readonly urls: readonly [NamedUrl, NamedUrl] }
  /** One service, compared with itself. */
  | { readonly kind: 'self'; readonly of: NamedUrl }
  | { readonly kind: 'embedded-self'; readonly store: 'postgres' | 'dynamodb' }
  /** The keys of the services, in their order. */
  | { readonly kind: 'embedded'; readonly keys: readonly string[] }

interface NamedUrl {
  readonly url: string
  readonly label?: string | undefined
}

const DEFAULT_ITERATIONS = 10
const DEFAULT_BLOCKS = 10
/** PostgreSQL's default, for both stores: on one machine, more connections only wait inside the database. */
const DEFAULT_POOL_SIZE = 10
/** An embedded PostgreSQL accepts 100 connections, some of which are reserved. */
const MAX_POOL_SIZE = 90
/** Operations per second that every store should sustain, so that latency is compared, not overload. */
const DEFAULT_RATE = 200
/**
 * A slot is short, since there are many: ten blocks of three services take five minutes. 6 s at the default rate are
 * 1,200 requests, enough for an overall P99 in every block.
 */
const SLOT = { duration: 6, carts: 200 }

/** @throws UsageError for options that cannot be run */
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
  if (options.noise !== undefined && load === null)
    throw new UsageError('noise: applies to figures under load; add --rate or --closed')
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
    rttMs: networkOf(options, services),
    load,
    objective: options.slo === undefined ? null : parseObjective(options.slo),
    // 100 shoppers without pauses could harm a service of the user, so there they are opt-in.
    requirements: requirementsOf(options, load !== null && services.kind === 'embedded'),
    prices: readPrices(options.prices),
    shop: options.shop === undefined ? undefined : readShop(options.shop),
    generators: options.generators ?? 'auto',
    junit: options.junit,
    conditions,
    json: options.json ?? false,
    command: commandOf({ ...options, iterations, clients, seed }),
  }
}

/** @param usual what is measured without an option */
function requirementsOf(options: CompareOptions, usual: boolean): boolean {
  const { requirements = usual, api, apiA, apiB } = options
  if (requirements && [api, apiA, apiB].some((name) => name !== undefined && name !== 'pushcart'))
    throw new UsageError(
      "requirements: measured by pushcart's own operations, which excludes --api",
    )
  return requirements
}

function poolSizeOf({ poolSize }: CompareOptions, { kind }: Services): number {
  if (poolSize === undefined) return DEFAULT_POOL_SIZE
  if (kind === 'urls' || kind === 'self')
    throw new UsageError('pool-size: applies to embedded services only, not to running ones')
  requireInteger('pool-size', poolSize, 1, MAX_POOL_SIZE)
  return poolSize
}

function networkOf({ network }: CompareOptions, { kind }: Services): number | null {
  if (network === undefined) return null
  if (kind === 'urls' || kind === 'self')
    throw new UsageError('network: applies to embedded services only, not to running ones')
  return parseNetwork(network)
}

function sidesOf(services: Services): number {
  return services.kind === 'embedded' ? services.keys.length : 2
}

function conditionsOf(
  { failIf = [] }: CompareOptions,
  underLoad: boolean,
  services: Services,
): Condition[] {
  const conditions = failIf.flatMap(readConditions)
  if (conditions.length > 0 && !underLoad)
    throw new UsageError('fail-if: requires figures under load; add --rate or --closed')
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
  if (typeof options.generators === 'number') requireSplit(spec, options.generators)
  requireInteger('blocks', load.blocks, 1, 1000)
  if (!(load.margin >= 0 && load.margin < 1))
    throw new UsageError(
      `margin: must be at least 0 and below 1, such as 0.05 (got ${load.margin})`,
    )
  return load
}

function servicesOf(options: CompareOptions): Services {
  const { a, b, labelA, labelB, self = false } = options
  requireOwnService(options)
  if (options.layouts !== undefined && (self !== false || a !== undefined || b !== undefined))
    throw new UsageError('layouts: applies to the embedded databases; excludes --a, --b and --self')
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
    throw new UsageError('--label-a and --label-b require --a and --b')
  return { kind: 'embedded', keys: [...layoutKeys(options.layouts), ...DYNAMODB_KEYS] }
}

const DYNAMODB_KEYS = ['dynamodb-strong', 'dynamodb']
const KEY_OF_LAYOUT = new Map([
  ['rows', 'postgres'],
  ['document', 'postgres-document'],
])

/** The PostgreSQL services with these layouts. */
function layoutKeys(layouts = 'rows'): string[] {
  const keys = layouts.split(',').map((name) => KEY_OF_LAYOUT.get(name.trim()))
  const wanted = keys.filter((key) => key !== undefined)
  if (wanted.length < keys.length || new Set(wanted).size < wanted.length)
    throw new UsageError(`layouts: must be rows, document or rows,document (got "${layouts}")`)
  return wanted
}

/** @throws UsageError for an option of a service that is not there */
function requireOwnService({ a, b, apiA, apiB, headerA, headerB, ...options }: CompareOptions) {
  if (a === undefined) requireNoAccess(options, 'applies to running services only (--a, --b)')
  if (a === undefined && (apiA !== undefined || headerA !== undefined))
    throw new UsageError('api-a and header-a require --a')
  if (b === undefined && (apiB !== undefined || headerB !== undefined))
    throw new UsageError('api-b and header-b require --b')
}

function selfOf({ a, b, labelA, self }: CompareOptions): Services {
  if (b !== undefined)
    throw new UsageError('self: compares one service with itself and excludes --b')
  if (a !== undefined) return { kind: 'self', of: { url: a, label: labelA } }
  const store = self === true ? 'postgres' : self
  if (store === 'postgres' || store === 'dynamodb') return { kind: 'embedded-self', store }
  throw new UsageError(`self: unknown store "${store}"; expected postgres or dynamodb`)
}

/** `--output` and `--junit` are left out, so that repeating the command does not overwrite the results. */
function commandOf(options: CompareOptions): string {
  const {
    a,
    labelA,
    b,
    labelB,
    seed,
    iterations,
    clients,
    output: _,
    junit: __,
    otlp: ___,
    ...rest
  } = options
  const ordered = { a, labelA, b, labelB, seed, iterations, clients, ...rest }
  const words = Object.entries(ordered).flatMap(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (name === 'requirements' && value === false) return ['--no-requirements']
    if (value === undefined || value === false) return []
    if (value === true) return [option]
    const shown = name.startsWith('header') ? withoutValue : String
    return [value].flat().flatMap((one) => [option, quote(shown(String(one)))])
  })
  return ['npx pushcart compare', ...words].join(' ')
}

/** Quotes an argument for a POSIX shell. */
function quote(argument: string): string {
  return /^[\w:/.@%+=,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}
