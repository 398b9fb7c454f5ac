import type { Access } from '../cart-api/access.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { headerVariable, k6Script } from '../load/k6/k6-script.ts'
import { accessFor } from '../load/load-target.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import type { CommandResult } from './run-command.ts'

/**
 * Reads `--export k6 FILE`.
 *
 * @param underLoad whether a load is described
 * @returns the file; `null` without the option
 * @throws UsageError in one line
 */
export function exportedTo(
  wanted: readonly string[] | undefined,
  underLoad: boolean,
): string | null {
  if (wanted === undefined) return null
  const [tool = '', file, ...others] = wanted
  if (tool !== 'k6')
    throw new UsageError(`export: unknown tool ${JSON.stringify(tool)}; expected k6`)
  if (file === undefined || others.length > 0)
    throw new UsageError('export: must be k6 and a file, such as --export k6 script.js')
  if (!underLoad) throw new UsageError('export: requires a load; add --rate or --closed')
  return file
}

/**
 * `pushcart perf --export k6 script.js`: writes the load as a script, and sends nothing.
 *
 * @throws UsageError for a load or an API that a script cannot have; OutputError
 */
export async function exportLoad(
  file: string,
  {
    spec,
    host,
    access,
  }: { readonly spec: LoadSpec; readonly host: string; readonly access: Access },
  io: CommandIo,
): Promise<CommandResult> {
  const script = k6Script(spec, host, accessFor(spec, { url: host, access }).access ?? access)
  await prepareOutput(file)
  await writeText(file, script)
  const headers = Object.keys(access.headers).map((name) => ` -e ${headerVariable(name)}=...`)
  if (spec.loop === 'open' && spec.arrivals === 'poisson')
    io.err(
      'k6 starts operations at equal distances: the rate is the same, Poisson arrivals are not',
    )
  io.err(`run it with: k6 run --out json=points.json${headers.join('')} ${file}`)
  return { exit_code: EXIT.good, file }
}
