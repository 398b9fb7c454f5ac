import { at } from './resources.ts'

/** The lines of `terraform apply -json` and `destroy -json`; a last one that is cut off is left out. */
function messages(output: string): unknown[] {
  return output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown)
}

/** Which resources were begun and not ended, and after how many seconds that was last heard of. */
export function waitingResources(output: string): string[] {
  const open = new Map<string, number>()
  for (const message of messages(output)) {
    const address = String(at(message, 'hook.resource.addr'))
    const seconds = Number(at(message, 'hook.elapsed_seconds') ?? 0)
    if (/^apply_(start|progress)$/.test(String(at(message, 'type')))) open.set(address, seconds)
    if (/^apply_(complete|errored)$/.test(String(at(message, 'type')))) open.delete(address)
  }
  return [...open].map(([address, seconds]) => `${address} (${seconds} s)`)
}

/** What Terraform could not do. */
export interface Failures {
  /** The resources that it could not make, change or destroy. */
  readonly addresses: readonly string[]
  /** Why, in its words; also of what concerns no resource. */
  readonly reasons: readonly string[]
}

/** What failed. */
export function failures(output: string): Failures {
  const found = messages(output)
  return {
    addresses: found
      .filter((message) => at(message, 'type') === 'apply_errored')
      .map((message) => String(at(message, 'hook.resource.addr'))),
    reasons: found
      .map((message) => at(message, 'diagnostic'))
      .filter((diagnostic) => at(diagnostic, 'severity') === 'error')
      .map((diagnostic) =>
        [at(diagnostic, 'address'), at(diagnostic, 'summary'), at(diagnostic, 'detail')]
          .filter(Boolean)
          .join(' '),
      ),
  }
}
