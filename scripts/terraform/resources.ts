/** One resource in the JSON of a Terraform state or plan. */
export interface Resource {
  readonly address: string
  readonly type: string
  /** Key of `for_each` or number of `count`. */
  readonly index?: string | number
  readonly values: Readonly<Record<string, unknown>>
}

/** A mocked or real deployment, and the inputs that it was made from. */
export interface Deployment {
  readonly resources: readonly Resource[]
  readonly stores: readonly string[]
  /** The store behind port 443. */
  readonly active: string
  readonly production: boolean
}

interface Module {
  readonly resources?: readonly (Resource & { readonly mode: string })[]
  readonly child_modules?: readonly Module[]
}

/** All resources of the `values.root_module` of a state or plan, without data sources. */
export function flatten(module: Module): Resource[] {
  const own = (module.resources ?? [])
    .filter(({ mode }) => mode === 'managed')
    .map(({ address, type, index, values }) => ({
      address,
      type,
      ...(index !== undefined && { index }),
      values,
    }))
  return [...own, ...(module.child_modules ?? []).flatMap(flatten)]
}

/** The value at a path such as `rule.0.status`, or at a list of keys; undefined if there is none. */
export function at(value: unknown, path: string | readonly string[]): unknown {
  const keys = typeof path === 'string' ? path.split('.') : path
  return keys.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined
    return (inner as Record<string, unknown>)[key]
  }, value)
}

/** A resource's value at a path, as text; empty if there is none. */
export function text(resource: Resource | undefined, path: string): string {
  const value = at(resource?.values, path)
  return value === undefined || value === null ? '' : String(value)
}

/** The list at a path; empty if there is none. */
export function list(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path)
  return Array.isArray(found) ? found : []
}

/** The resources of a type. */
export function ofType(deployment: Deployment, type: string): Resource[] {
  return deployment.resources.filter((resource) => resource.type === type)
}

/** The first resource of a type whose address has this end. */
export function find(
  deployment: Deployment,
  type: string,
  addressEnd: string,
): Resource | undefined {
  return ofType(deployment, type).find(({ address }) => address.endsWith(addressEnd))
}
