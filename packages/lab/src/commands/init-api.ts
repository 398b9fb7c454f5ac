import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { CommandIo } from '../terminal/io.ts'
import { type ApiAnswers, apiFileText } from './api-file-text.ts'
import { answersFromOpenApi } from './openapi-answers.ts'

/** Options of `pushcart api init`; each is an answer to a question. */
export interface InitApiOptions {
  /** OpenAPI document that answers what the options leave open. */
  readonly openapi?: string | undefined
  readonly create?: string | undefined
  readonly add?: string | undefined
  readonly get?: string | undefined
  /** Names of the product and of the quantity in the body of an add. */
  readonly body?: string | undefined
  readonly id?: string | undefined
  readonly lines?: string | undefined
  /** Such as `add=204`. */
  readonly status?: readonly string[] | undefined
}

/** The questions, in their order, with the answers that Enter gives. */
const QUESTIONS = {
  create: ['Which request makes a cart?', 'POST /carts'],
  add: ['Which request adds a product to it?', 'POST /carts/{cart}/items'],
  get: ['Which request shows it?', 'GET /carts/{cart}'],
  body: ['Which fields of an add are the product and the quantity?', 'product_id,quantity'],
  id: ['Where does the response of the first request have the cart id?', '/id'],
  lines: ['Where does the response of the last request have the lines?', '/items'],
} as const

type Question = keyof typeof QUESTIONS

/**
 * `pushcart api init`: writes a commented API file from options, an OpenAPI document, answers at a terminal and
 * defaults, in this order.
 *
 * @throws UsageError for an answer that cannot be used, and for a file that exists
 */
export async function initApiCommand(
  file: string,
  options: InitApiOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const known = options.openapi === undefined ? {} : await answersFromOpenApi(options.openapi)
  const answers = await complete({ ...known, ...given(options) })
  const text = apiFileText(answers, statusesOf(options.status ?? []))
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new UsageError(`${file}: ${isThere ? 'the file exists' : fileErrorReason(error)}`)
  }
  io.out(`${file} written. Correct it with: pushcart api try --host URL --api ${file}`)
  return EXIT.good
}

function given(options: InitApiOptions): Partial<Record<Question, string>> {
  const names = Object.keys(QUESTIONS) as Question[]
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
}

/** Asks what is not answered, if there is somebody to ask. */
async function complete(known: Partial<Record<Question, string>>): Promise<ApiAnswers> {
  const isAsked = Object.keys(known).length === 0 && process.stdin.isTTY === true
  const terminal = isAsked
    ? createInterface({ input: process.stdin, output: process.stdout })
    : undefined
  const answers: Record<string, string> = {}
  try {
    for (const [name, [question, usual]] of Object.entries(QUESTIONS)) {
      const answer =
        known[name as Question] ?? (await terminal?.question(`${question} [${usual}] `))
      answers[name] = answer?.trim() || usual
    }
  } finally {
    terminal?.close()
  }
  return answers as unknown as ApiAnswers
}

/** @throws UsageError */
function statusesOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, status] = /^(create|add|get)=([1-5]\d\d)$/.exec(pair) ?? []
      if (name === undefined)
        throw new UsageError(
          `status: must be create, add or get with a status, such as add=204 (got ${pair})`,
        )
      return [name, Number(status)]
    }),
  )
}
