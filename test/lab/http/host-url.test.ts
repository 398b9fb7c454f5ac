import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../lab/errors/usage-error.ts'
import { parseHostUrl } from '../../../lab/http/host-url.ts'

describe('a host', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080', ''],
    ['http://localhost:8080/', 'http://localhost:8080', ''],
    ['https://carts.example', 'https://carts.example', ''],
    ['https://carts.example/shop/v1//', 'https://carts.example', '/shop/v1'],
    ['http://[::1]:3000/x', 'http://[::1]:3000', '/x'],
  ])('%s is accepted', (host, origin, prefix) => {
    expect(parseHostUrl(host)).toEqual({ origin, prefix })
  })

  it.each([
    '',
    'localhost:8080',
    'localhost',
    'ftp://localhost',
    'http://',
    'http://a b',
    'http://user:secret@localhost',
    'http://localhost?x=1',
    'http://localhost/#x',
  ])('%j is refused in one line', (host) => {
    expect(() => parseHostUrl(host)).toThrow(UsageError)
    expect(() => parseHostUrl(host)).toThrow(/^host: .+$/)
  })

  it('is refused without repeating a password', () => {
    expect(() => parseHostUrl('http://user:secret@localhost')).not.toThrow(/secret/)
  })
})
