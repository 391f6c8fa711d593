import { describe, expect, it } from 'vitest'
import { reachable, sourcesOf } from './links'

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

describe('a picture’s sources', () => {
  const smaller = [320, 960].map((width) => ({
    width,
    height: width,
    size: 1,
    url: `https://cdn.example/a?picture=${String(width)}`,
  }))

  it('are its smaller ones, and itself where that is wider', () => {
    const picture = { url: 'https://cdn.example/a', width: 2000, variants: smaller }
    expect(sourcesOf(picture, '20rem')).toEqual({
      srcSet:
        'https://cdn.example/a?picture=320 320w, https://cdn.example/a?picture=960 960w, https://cdn.example/a 2000w',
      sizes: '20rem',
    })
    expect(sourcesOf({ ...picture, width: 960 })).toEqual({
      srcSet: 'https://cdn.example/a?picture=320 320w, https://cdn.example/a?picture=960 960w',
      sizes: 'min(100vw, 960px)',
    })
  })

  it('are none while there are none', () => {
    expect(sourcesOf({ url: 'https://cdn.example/a', width: 2000 })).toEqual({})
    expect(sourcesOf(undefined)).toEqual({})
  })
})
