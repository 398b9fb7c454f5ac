import { openExchange } from '../../cart-api/exchange.ts'
import type { Prices } from '../../model/cost/prices.ts'
import { cpuOfDescendants, useOfDescendants } from '../../services/process-tree.ts'
import { askMetrics } from '../../services/watch-service.ts'
import type { Bill, SideUse } from '../protocol.ts'
import type { LiveSide, OwnSide } from '../sides/side.ts'
import { billOf } from './bill.ts'

/** Memory is read less often than CPU, because reading it costs more than the rest of a look. */
const LOOKS_PER_MEMORY = 5
const UNITS = 'pushcart_dynamodb_consumed_capacity_units_total'

interface Look {
  /** Of the instance whose counters these are. */
  readonly url: string
  readonly at: number
  readonly service_s: number | null
  readonly database_s: number | null
  readonly read_units: number | null
  readonly write_units: number | null
}

const TIMEOUT_MS = 5000

/** The resources of one side, and whether its service responds. */
export interface Watched {
  readonly responds: boolean
  readonly use: SideUse | null
}

/** Measures the resources of one side. Disposing closes its connection. */
export interface UseWatch extends AsyncDisposable {
  /** Call it about once per second. */
  look(): Promise<Watched>
}

export function watchUse(side: LiveSide, prices: Prices): UseWatch {
  const { own, access } = side
  const open = (url: string) =>
    openExchange(url, { timeoutMs: TIMEOUT_MS, headers: access.headers, tls: access.tls })
  let exchange = open(side.url())
  let before: Look | undefined
  let memory: number | null = null
  let looks = 0

  async function look(): Promise<Watched> {
    const url = side.url()
    if (exchange.host !== url) {
      await exchange.close()
      exchange = open(url)
    }
    const [{ responds, metrics }, database] = await Promise.all([
      askMetrics(exchange),
      own === undefined ? null : cpuOfTree(own.databasePid()),
    ])
    if (own !== undefined && looks++ % LOOKS_PER_MEMORY === 0) memory = await memoryOfTree(own)
    const metric = (name: string) => metrics?.get(name) ?? null
    const now: Look = {
      url,
      at: performance.now(),
      service_s: metric('process_cpu_seconds_total'),
      database_s: database,
      read_units: metric(`${UNITS}{kind="read"}`),
      write_units: metric(`${UNITS}{kind="write"}`),
    }
    const last = before
    before = now
    if (last?.url !== url) return { responds, use: null }
    const rate = (field: Exclude<keyof Look, 'at' | 'url'>) => {
      const [from, to] = [last[field], now[field]]
      // A counter starts anew with its process.
      return from === null || to === null
        ? null
        : Math.max(0, to - from) / ((now.at - last.at) / 1000)
    }
    const use = {
      service_cpu: rate('service_s'),
      database_cpu: rate('database_s'),
      service_memory: metric('process_resident_memory_bytes'),
      database_memory: memory,
      connections: connections(metric),
      read_units: rate('read_units'),
      write_units: rate('write_units'),
    }
    return { responds, use: { ...use, bill: billFor(side, use, prices) } }
  }

  return { look, [Symbol.asyncDispose]: () => exchange.close() }
}

function cpuOfTree(pid: number): Promise<number | null> {
  return cpuOfDescendants(pid, [pid])
}

async function memoryOfTree({ databasePid }: OwnSide): Promise<number | null> {
  const pid = databasePid()
  return (await useOfDescendants(pid, [pid]))?.memory_bytes ?? null
}

function connections(metric: (name: string) => number | null): number | null {
  const [active, idle] = ['active', 'idle'].map((state) =>
    metric(`pushcart_store_pool{state="${state}"}`),
  )
  return active == null || idle == null ? null : active + idle
}

function billFor({ info }: LiveSide, use: Omit<SideUse, 'bill'>, prices: Prices): Bill | null {
  return info.store === null ? null : billOf(info.store, use, prices)
}
