import { readFileSync } from 'node:fs'
import type { Deployment, Resource } from '../../scripts/terraform/resources.ts'

/** Both stores in production, applied by the mocked provider; `npm run check:terraform -- --write` renews the file. */
export function mockedDeployment(): Deployment {
  const lines = readFileSync(new URL('mocked-apply.jsonl', import.meta.url), 'utf8').trim()
  return {
    resources: lines.split('\n').map((line) => JSON.parse(line) as Resource),
    stores: ['postgres', 'dynamodb'],
    active: 'postgres',
    production: true,
  }
}

/** A copy without the resources whose address matches. */
export function without(deployment: Deployment, address: RegExp): Deployment {
  return {
    ...deployment,
    resources: deployment.resources.filter((resource) => !address.test(resource.address)),
  }
}

/** A copy with another value at `path` of every resource whose address matches. */
export function changed(
  deployment: Deployment,
  address: RegExp,
  path: string,
  value: unknown,
): Deployment {
  const hits = deployment.resources.filter((resource) => address.test(resource.address))
  if (hits.length === 0) throw new Error(`No resource matches ${address}`)
  const resources = structuredClone(deployment.resources)
  for (const resource of resources)
    if (address.test(resource.address)) put(resource.values, path.split('.'), value)
  return { ...deployment, resources }
}

/** A copy with a text replaced in an attribute, such as a JSON document, of every resource whose address matches. */
export function rewritten(
  deployment: Deployment,
  address: RegExp,
  attribute: string,
  from: string | RegExp,
  to: string,
): Deployment {
  const resources = deployment.resources.map((resource) => {
    if (!address.test(resource.address)) return resource
    const before = String(resource.values[attribute])
    const after = before.replace(from, to)
    if (after === before) throw new Error(`${resource.address}.${attribute} has no ${from}`)
    return { ...resource, values: { ...resource.values, [attribute]: after } }
  })
  return { ...deployment, resources }
}

function put(into: unknown, [key = '', ...rest]: readonly string[], value: unknown): void {
  const object = into as Record<string, unknown>
  if (rest.length === 0) object[key] = value
  else put(object[key], rest, value)
}
