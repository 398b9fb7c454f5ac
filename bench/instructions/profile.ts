import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** Instructions, most first. */
export interface Profile {
  /** By the kind of code. */
  readonly kinds: readonly (readonly [kind: string, instructions: number])[]
  readonly functions: readonly (readonly [name: string, instructions: number])[]
  /** Without those of compilation. */
  readonly total: number
}

const COMPILATION = 'compilation'

/** In this order, the first that fits. */
const KINDS: readonly (readonly [kind: string, names: RegExp])[] = [
  ['this project', /^JS:.*packages\/service/],
  ['Fastify and its router', /^JS:.*node_modules\/(fastify|find-my-way|light-my-request)/],
  ['pg', /^JS:.*node_modules\/pg/],
  ['JavaScript of Node.js', /^JS:.* node:/],
  ['other JavaScript', /^JS:/],
  ['regular expressions', /^RegExp/],
  ['builtins of V8', /^(Builtin|BytecodeHandler):/],
  [COMPILATION, /compiler|maglev|turboshaft|interpreter::|regalloc|v8::internal::Zone/i],
  [
    'garbage collection',
    /Scaveng|Mark(Compact|ing|ed)|Sweep|Evacuat|Migrat|RememberedSet|heap::base|Heap::OnMove/,
  ],
  ['native code', /^/],
]

/**
 * The instructions of each function, without those that it calls.
 *
 * @param file   counts of callgrind, by address and without compression
 * @param nameOf the compiled function at an address
 */
export async function readProfile(
  file: string,
  nameOf: (address: number) => string | undefined,
): Promise<Profile> {
  const functions = await countFunctions(file, nameOf)
  const kinds = new Map<string, number>()
  let total = 0
  for (const [name, instructions] of functions) {
    const kind = KINDS.find(([, names]) => names.test(name))?.[0] ?? ''
    kinds.set(kind, (kinds.get(kind) ?? 0) + instructions)
    if (kind !== COMPILATION) total += instructions
  }
  return { kinds: byCount(kinds), functions: byCount(functions), total }
}

async function countFunctions(
  file: string,
  nameOf: (address: number) => string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const functions = new Map<string, number>()
  let native = ''
  let isCall = false
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.startsWith('fn=')) native = line.slice(3)
    else if (line.startsWith('calls=')) isCall = true
    else if (line.startsWith('0x')) {
      // The line after `calls=` has what the called function took.
      if (!isCall) {
        const [address = '', , count = '0'] = line.split(' ')
        const name = nameOf(Number(address)) ?? native
        functions.set(name, (functions.get(name) ?? 0) + Number(count))
      }
      isCall = false
    }
  }
  return functions
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, a], [, b]) => b - a)
}

const PAGE = 4096

/**
 * Looks up the function at an address in V8's list: lines with begin, length and name, in hexadecimal. V8 uses the place of a function
 * that is gone again, so the last one counts.
 */
export function readNames(list: string): (address: number) => string | undefined {
  const pages = new Map<number, { begin: number; end: number; name: string }[]>()
  for (const line of list.split('\n')) {
    const [, from, length, name] = /^([0-9a-f]+) ([0-9a-f]+) (.*)$/.exec(line) ?? []
    if (from === undefined || length === undefined || name === undefined) continue
    const begin = Number.parseInt(from, 16)
    const end = begin + Number.parseInt(length, 16)
    for (let page = Math.floor(begin / PAGE); page * PAGE < end; page++) {
      const here = pages.get(page) ?? []
      if (here.length === 0) pages.set(page, here)
      here.push({ begin, end, name })
    }
  }
  return (address) =>
    pages
      .get(Math.floor(address / PAGE))
      ?.findLast(({ begin, end }) => address >= begin && address < end)?.name
}
