import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { KEPT } from '../../../../../scripts/keep-release.ts'
import type * as store from '../../../src/store/postgres/postgres-store.ts'
import type * as contract from '../../contract/cart-store-contract.ts'

/** The store and the contract suite of the previous release. */
export interface KeptRelease extends AsyncDisposable {
  readonly openPostgresStore: typeof store.openPostgresStore
  readonly describeCartStore: typeof contract.describeCartStore
  /** The newest step of the schema that it knows. */
  readonly step: number
}

/** Unpacks what `scripts/keep-release.ts` kept. */
export async function unpackKeptRelease(): Promise<KeptRelease> {
  const files: Record<string, string> = JSON.parse(
    brotliDecompressSync(await readFile(KEPT)).toString(),
  )
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-previous-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await symlink(
    new URL('../../../../../node_modules', import.meta.url),
    join(folder, 'node_modules'),
  )
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const load = (path: string) => import(pathToFileURL(join(folder, path)).href)
  const { openPostgresStore } = (await load(
    'packages/service/src/store/postgres/postgres-store.ts',
  )) as typeof store
  const { describeCartStore } = (await load(
    'packages/service/test/contract/cart-store-contract.ts',
  )) as typeof contract
  const steps = Object.keys(files).flatMap((path) => /\/migrations\/(\d+)_/.exec(path)?.[1] ?? [])
  return {
    openPostgresStore,
    describeCartStore,
    step: Math.max(...steps.map(Number)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
