import { readFileSync } from 'node:fs'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { type Access, plainAccess } from './access.ts'
import type { Id } from './api.ts'
import { compileApi } from './compile-api.ts'
import { parseHeaders } from './parse-headers.ts'
import { parseId } from './parse-id.ts'
import { readApi } from './read-api.ts'

/** Options of every command that sends requests. */
export interface AccessOptions {
  /** API file, module, or name of a shipped API. */
  readonly api?: string | undefined
  /** See `parseHeaders`. */
  readonly header?: readonly string[] | undefined
  /** File of certificates to trust. */
  readonly cacert?: string | undefined
  readonly insecure?: boolean | undefined
  /** Ids, separated by commas, or `@FILE` with one per line. */
  readonly productIds?: string | undefined
  readonly customers?: string | undefined
  readonly singleUnits?: boolean | undefined
}

/** @throws UsageError */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { api, header = [], cacert, insecure = false, singleUnits = false } = options
  const plain = plainAccess()
  const found = api === undefined ? { api: plain.api } : await readApi(api)
  const access: Access = {
    ...plain,
    ...found,
    headers: parseHeaders(header),
    tls: { insecure, ca: cacert === undefined ? undefined : readCertificates(cacert) },
    products:
      options.productIds === undefined
        ? found.api.products
        : idsOf('product-ids', options.productIds),
    customers:
      options.customers === undefined ? found.api.customers : idsOf('customers', options.customers),
    singleUnits,
  }
  if (cacert !== undefined && insecure)
    throw new UsageError('insecure: accepts every certificate and excludes --cacert')
  // Without a set-up, every mistake in a template shows now, not in the middle of a run.
  const compiled = found.api.setup === undefined ? compileApi(access.api) : undefined
  if (compiled?.cartIsCustomer === true && access.customers !== undefined)
    throw new UsageError(
      'customers: in this API the cart is the customer, so every cart needs a new customer',
    )
  return access
}

/** @throws UsageError for an option of access, which a command would ignore */
export function requireNoAccess(options: AccessOptions, why: string): void {
  const names = ['api', 'header', 'cacert', 'insecure', 'customers', 'singleUnits'] as const
  const given = names.find((name) => options[name] !== undefined)
  if (given !== undefined)
    throw new UsageError(`${given.replace('singleUnits', 'single-units')}: ${why}`)
}

function readCertificates(path: string): string {
  const text = readOption('cacert', path)
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new UsageError(`cacert: ${path} has no certificate in PEM`)
  return text
}

/** @throws UsageError */
export function idsOf(option: string, list: string): Id[] {
  const texts = list.startsWith('@')
    ? readOption(option, list.slice(1)).split(/\r?\n/)
    : list.split(',')
  const ids = texts.map((text) => text.trim()).filter((text) => text !== '')
  if (ids.length === 0) throw new UsageError(`${option}: names no id`)
  return ids.map(parseId)
}

function readOption(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${path}: ${fileErrorReason(error)}`)
  }
}
