import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type AccessOptions, openAccess } from '../cart-api/open-access.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { LabError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { liveShow } from '../live/server/live-show.ts'
import { type PageServer, requireFreeAddress, startPageServer } from '../live/server/page-server.ts'
import { startRecorder } from '../live/server/recording.ts'
import { readRecording, replay } from '../live/server/replay.ts'
import { openStage } from '../live/server/stage.ts'
import { startEmbeddedSides } from '../live/sides/embedded.ts'
import { openForeignSides } from '../live/sides/foreign.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import type { CommandIo } from '../terminal/io.ts'
import { requireInteger } from './require-integer.ts'
import type { CommandResult } from './run-command.ts'

export interface LiveOptions extends AccessOptions {
  readonly a?: string | undefined
  readonly b?: string | undefined
  readonly apiA?: string | undefined
  readonly apiB?: string | undefined
  readonly labelA?: string | undefined
  readonly labelB?: string | undefined
  readonly port: number
  readonly host: string
  /** Whether to open the page in a browser; by default where a desktop and a terminal are. */
  readonly open: boolean
  readonly prices?: string | undefined
  readonly seed: number
  /** Parent of the folders that "save" writes. */
  readonly output: string
}

/**
 * `pushcart live`: serves a page on which two services serve the same shop, until Ctrl-C.
 *
 * @param recording a recorded run to replay, instead of services
 * @throws LabError
 */
export async function liveCommand(
  recording: string | undefined,
  options: LiveOptions,
  io: CommandIo,
): Promise<CommandResult> {
  requireInteger('port', options.port, 0, 65_535)
  requireInteger('seed', options.seed, 0, Number.MAX_SAFE_INTEGER)
  if ((options.a === undefined) !== (options.b === undefined))
    throw new UsageError('--a and --b belong together')
  if (recording !== undefined && options.a !== undefined)
    throw new UsageError('a recording is replayed without services: leave out --a and --b')
  if (recording !== undefined) {
    const show = replay(await readRecording(recording))
    await using page = await startPageServer(show, options)
    return await serve(page, options, io, new Promise(() => {}))
  }
  return runLive(options, io)
}

async function runLive(options: LiveOptions, io: CommandIo): Promise<CommandResult> {
  const started = process.hrtime.bigint()
  const { seed } = options
  const prices = readPrices(options.prices)
  await requireFreeAddress(options)
  await using stack = new AsyncDisposableStack()
  if (options.a === undefined)
    io.err('starting the service on PostgreSQL and on DynamoDB (embedded)')
  const sides = await openSides(options, started, io)
  for (const side of sides) stack.use(side)
  const stage = stack.use(await openStage({ sides, prices, seed, started }))
  const recorder = startRecorder(stage)
  const folder = () =>
    join(options.output, `live-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`)
  const page = stack.use(await startPageServer(liveShow(stage, recorder, folder), options))
  return await serve(page, options, io, stage.failed)
}

async function openSides(options: LiveOptions, started: bigint, { signal }: CommandIo) {
  const { a, b, seed } = options
  const now = () => Number(process.hrtime.bigint() - started)
  if (a === undefined || b === undefined) return startEmbeddedSides({ seed, now, signal })
  const accessOf = (api: string | undefined) => openAccess({ ...options, api: api ?? options.api })
  return openForeignSides(
    [
      { url: a, label: options.labelA, access: await accessOf(options.apiA) },
      { url: b, label: options.labelB, access: await accessOf(options.apiB) },
    ],
    signal,
  )
}

async function serve(
  { url }: PageServer,
  { open }: LiveOptions,
  io: CommandIo,
  failed: Promise<Error>,
): Promise<CommandResult> {
  io.out(`The page is at ${url}`)
  io.err('Ctrl-C ends it.')
  if (open) openBrowser(url)
  const ended = new Promise<undefined>((done) => {
    if (io.signal?.aborted) done(undefined)
    io.signal?.addEventListener('abort', () => done(undefined), { once: true })
  })
  const error = await Promise.race([ended, failed])
  if (error !== undefined) throw new LabError(`the page ended: ${error.message}`)
  return EXIT.good
}

/** Opens the page where a person sits at a desktop; failing that, its address has been printed. */
function openBrowser(url: string): void {
  const { platform, env, stdout } = process
  if (!stdout.isTTY || env.CI || env.SSH_CONNECTION) return
  const isDesktop = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  if (!isDesktop) return
  const [program = '', ...args] =
    platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url]
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
