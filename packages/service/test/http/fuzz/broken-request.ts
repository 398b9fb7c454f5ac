import type { Choices } from './choices.ts'
import { HEADERS, INJECTIONS, KEYS, READDRESSES, REWRITES, TEXTS, VALUES } from './nasty-values.ts'
import { type Request, requestOf } from './request.ts'
import type { Draft } from './valid-request.ts'

type Break = (choices: Choices, draft: Draft) => Request

/** The request with one fault, which may turn out to be harmless. */
export function brokenRequest(choices: Choices, draft: Draft): Request {
  const ways = draft.body === undefined ? ANYWHERE : [...ANYWHERE, ...IN_BODY]
  return choices.pick(ways)(choices, draft)
}

const IN_BODY: readonly Break[] = [
  (choices, draft) => requestOf({ ...draft, body: withOneNode(choices, draft.body, replaced) }),
  (choices, draft) => requestOf({ ...draft, body: withOneNode(choices, draft.body, withoutKey) }),
  (choices, draft) => requestOf({ ...draft, body: withOneNode(choices, draft.body, withKey) }),
  rewritten,
  rewritten,
]

const ANYWHERE: readonly Break[] = [
  (choices, draft) => {
    const name = choices.pick(Object.keys(HEADERS))
    return withHeader(draft, name, choices.pick(HEADERS[name] ?? ['']))
  },
  (choices, draft) => {
    const name = choices.pick([...Object.keys(draft.headers), ...Object.keys(HEADERS), 'x-other'])
    return withHeader(draft, name, choices.pick(INJECTIONS))
  },
  (choices, draft) => {
    const at = choices.integer(0, draft.segments.length - 1)
    return requestOf({ ...draft, segments: draft.segments.with(at, choices.pick(TEXTS)) })
  },
  (choices, draft) => {
    const [name, value] = choices.pick([...draft.query, ['limit', '1'], ['other', 'x']] as const)
    const added: [string, string] = choices.pick([
      [name, value],
      [name, choices.pick(TEXTS)],
      [choices.pick(KEYS), value],
    ])
    const others = choices.chance(50) ? draft.query : draft.query.filter(([key]) => key !== name)
    return requestOf({ ...draft, query: [...others, added] })
  },
  (choices, draft) => {
    const request = requestOf(draft)
    return { ...request, url: choices.pick(READDRESSES)(request.url) }
  },
  (choices, draft) =>
    requestOf({ ...draft, method: choices.pick(['PATCH', 'OPTIONS', 'PUT', 'GET', 'TRACE']) }),
  (choices, draft) => {
    const { body, ...rest } = draft
    return requestOf({ ...rest, body: body === undefined ? choices.pick(VALUES) : undefined })
  },
]

function withHeader(draft: Draft, name: string, value: string): Request {
  const request = requestOf(draft)
  return { ...request, headers: { ...request.headers, [name]: value } }
}

function rewritten(choices: Choices, draft: Draft): Request {
  const json = JSON.stringify(draft.body)
  return { ...requestOf(draft), body: Buffer.from(choices.pick(REWRITES)(json)) }
}

/** The value with one part changed, at any depth. */
function withOneNode(
  choices: Choices,
  value: unknown,
  change: (choices: Choices, node: unknown) => unknown,
): unknown {
  const go = (node: unknown) => withOneNode(choices, node, change)
  if (typeof value !== 'object' || value === null || choices.chance(30))
    return change(choices, value)
  const keys = Object.keys(value)
  if (keys.length === 0) return change(choices, value)
  const chosen = choices.pick(keys)
  if (Array.isArray(value)) return value.map((each, i) => (String(i) === chosen ? go(each) : each))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === chosen ? go(each) : each]),
  )
}

function replaced(choices: Choices): unknown {
  return choices.pick(VALUES.slice(1)) ?? null
}

function withoutKey(choices: Choices, node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return null
  const keys = Object.keys(node)
  const gone = keys.length === 0 ? undefined : choices.pick(keys)
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== gone))
}

function withKey(choices: Choices, node: unknown): unknown {
  const entries = typeof node === 'object' && node !== null ? Object.entries(node) : []
  return Object.fromEntries([...entries, [choices.pick(KEYS), choices.pick(VALUES.slice(1))]])
}
