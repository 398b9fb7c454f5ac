import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import manifest from '../packages/service/package.json' with { type: 'json' }
import { startEngine } from '../packages/service/src/engines/start-engine.ts'
import { baseName, ensureBase } from './container/base.ts'
import { reasonNotToBuild } from './container/buildah.ts'
import { runContained } from './container/contained.ts'
import { buildImage, bytesOf, type Image } from './container/image.ts'
import { startService, stopWhileBusy, useService } from './container/try-image.ts'
import { step } from './step.ts'

/**
 * `npm run check:container`: builds the Dockerfile with buildah on a stand-in for its base image, and runs the service
 * from the image on each store.
 */

/**
 * node:26-alpine, unpacked, MB. An estimate: node:22-alpine has 155 MB (labs.iximiuz.com, how-to-choose-nodejs-container-image),
 * and the node binary grew by about 30 MB since.
 */
const BASE_MB = 190
const LIMIT_MB = 250

/** Where `rds_ca_file` of terraform/main.tf points. */
const CERTIFICATES = '/etc/pushcart/rds-global-bundle.pem'
const REVISION = 'check'

process.exitCode = await main()

async function main(): Promise<number> {
  const reason = reasonNotToBuild()
  if (reason !== undefined) {
    process.stdout.write(`check:container skipped: ${reason}\n`)
    return 0
  }
  try {
    await step('stand-in for the base image', () => ensureBase(baseName()))
    using image = await step('build', () => buildImage(REVISION))
    await step('configuration', () => configuration(image))
    await step('holds the package of the service only', () => contents(image))
    await step('has no shell and no package manager', () => tools(image))
    await step('size', () => size(image))
    await step('RDS certificates', () => certificates(image))
    await step('root file system is read-only', () => cannotWrite(image))
    await step('serves from memory, completes a request after the stop signal', () => memory(image))
    for (const type of ['postgres', 'dynamodb'] as const)
      await step(`serves from ${type}`, () => onStore(type, image))
    await step('reports in one line why it cannot start', () => failures(image))
    process.stdout.write('Not checked: the base image itself, docker compose, ARM.\n')
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

function configuration({ uid, gid, labels, stopSignal }: Image): string {
  if (!(uid > 0 && gid > 0)) throw new Error(`USER is ${uid}:${gid}, not a number above 0`)
  if (labels['org.opencontainers.image.revision'] !== REVISION)
    throw new Error('The label of the revision is missing')
  return `user ${uid}:${gid}, ${stopSignal}`
}

function contents({ root, workdir }: Image): void {
  const packages = readdirSync(join(root, workdir, 'packages'))
  // The embedded databases.
  const optional = Object.keys(manifest.peerDependencies).filter((name) =>
    existsSync(join(root, workdir, 'node_modules', name)),
  )
  const others = [...packages.filter((name) => name !== 'service'), ...optional]
  if (others.length > 0) throw new Error(`The image also holds ${others.join(', ')}`)
}

function tools({ root }: Image): void {
  const names = ['sh', 'ash', 'bash', 'dash', 'rbash', 'busybox', 'npm', 'npx', 'apk']
  const folders = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin']
  const found = folders
    .flatMap((folder) => names.map((name) => join(root, folder, name)))
    .filter((path) => existsSync(path))
  if (found.length > 0) throw new Error(`The image has ${found.join(', ')}`)
}

function size({ root, workdir }: Image): string {
  const own = bytesOf(join(root, workdir)) / 1e6
  const total = BASE_MB + own
  if (total > LIMIT_MB) throw new Error(`about ${total.toFixed(0)} MB, more than ${LIMIT_MB}`)
  return `${own.toFixed(1)} MB of our own, measured; about ${total.toFixed(0)} MB with the base, estimated`
}

function certificates({ root }: Image): string {
  const pem = readFileSync(join(root, CERTIFICATES), 'utf8')
  createSecureContext({ ca: pem })
  const all = [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([text]) => new X509Certificate(text),
  )
  const valid = all.filter(({ ca, validToDate }) => ca && validToDate.getTime() > Date.now())
  // The authority that modules/rds asks for.
  const wanted = valid.filter(({ subject }) => subject.includes('Root CA RSA2048 G1'))
  if (!wanted.some(({ subject }) => subject.includes('us-east-1')))
    throw new Error('Root CA RSA2048 G1 of us-east-1 is missing')
  return `${valid.length} valid authorities, RSA2048 G1 of ${wanted.length} regions`
}

async function cannotWrite(image: Image): Promise<void> {
  for (const folder of [image.workdir, '/tmp']) {
    const script = `require('node:fs').writeFileSync('${folder}/left-behind', '')`
    const program = runContained(image, ['node', '-e', script], {})
    if ((await program.ended) === 0 || !program.output().includes('EROFS'))
      throw new Error(`${folder}: ${program.output() || 'it is writable'}`)
  }
}

async function memory(image: Image): Promise<string> {
  // The exporter is imported only where an endpoint is set.
  const env = { CART_STORE_TYPE: 'memory', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
  await using service = await startService(image, { env })
  await useService(service.url)
  const { status, ended } = await stopWhileBusy(image, service)
  if (status !== 201 || ended !== 0)
    throw new Error(`Response ${status}, exit code ${ended}\n${service.process.output()}`)
  return `healthy after ${(service.healthyAfterMs / 1000).toFixed(1)} s`
}

async function onStore(type: 'postgres' | 'dynamodb', image: Image): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-container-'))
  const engine = await startEngine(type, folder, () => {})
  try {
    const env = { CART_STORE_TYPE: type, ...engine.settings }
    await using service = await startService(image, { env, words: ['--migrate'] })
    await useService(service.url)
    const { ended } = await stopWhileBusy(image, service)
    if (ended !== 0) throw new Error(`Exit code ${ended}\n${service.process.output()}`)
  } finally {
    await engine.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function failures(image: Image): Promise<string> {
  const cases: [Record<string, string>, number][] = [
    [{ CART_STORE_TYPE: 'postgres' }, 3],
    // Open to other computers, without a word that this is intended.
    [{ CART_STORE_TYPE: 'memory', AUTH: '' }, 3],
    [
      {
        DATABASE_URL: `postgres://a@127.0.0.1:1/a?sslmode=verify-full&sslrootcert=${CERTIFICATES}`,
      },
      1,
    ],
    [
      {
        CART_STORE_TYPE: 'dynamodb',
        DYNAMODB_TABLE_NAME: 'carts',
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
      1,
    ],
  ]
  for (const [env, expected] of cases) {
    const program = runContained(image, image.command, {
      LOG_LEVEL: 'silent',
      AUTH: 'none',
      ...env,
    })
    const code = await program.ended
    if (code !== expected || !/^pushcart: [^\n]+\n$/.test(program.output()))
      throw new Error(`${JSON.stringify(env)}: exit code ${code}\n${program.output()}`)
  }
  return `${cases.length} cases`
}
