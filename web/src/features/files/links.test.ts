import { describe, expect, it } from 'vitest'
import { reachable } from './links'

const page = { href: 'http://127.0.0.1:5080/w/1', origin: 'http://127.0.0.1:5080', hostname: '127.0.0.1' } as Location

describe('a file’s address', () => {
  it('is asked of this page’s server, under whatever name that is known', () => {
    expect(reachable('http://127.0.0.1:5080/api/files/links/a', page)).toBe('http://127.0.0.1:5080/api/files/links/a')
    expect(reachable('http://localhost:5080/api/files/links/a', page)).toBe('/api/files/links/a')
    expect(reachable('http://127.0.0.1:0/api/files/links/a', page)).toBe('/api/files/links/a')
  })

  it('stays where it is when it leads elsewhere', () => {
    expect(reachable('https://cdn.example/api/files/links/a', page)).toBe('https://cdn.example/api/files/links/a')
  })
})
