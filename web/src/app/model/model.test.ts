import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Message } from '@/api/types'
import { threadChannel, userChannel } from '@/lib/channels'
import { ModelBrowser, type ModelTab } from './model-browser'
import { REFUSED } from './model-server'
import { Random } from '@/lib/testing/random'
import { pass, passUntil, seedsToRun } from '@/lib/testing/seeded-runs'
import { united, withWord, words } from './texts'
import { World } from './world'

/**
 * Random tabs, intents, cuts, reloads, refusals and outages, against a server in memory. At the end every tab holds what the
 * server would tell afresh, everything that was wanted was done once and in order or stands as a record, and no edit is lost
 * (SY1 to SY8, OB1 to OB6). RENEXUS_LONG=1 runs a thousand, RENEXUS_RUNS as many as it says, RENEXUS_SEED begins elsewhere.
 */

const { first: FIRST, runs: RUNS } = seedsToRun(25)
const STEPS = 60
const THREADS = ['t1', 't2']

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 10, 27) })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it(
  'holds the same everywhere at the end, whatever chance does',
  async () => {
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
      const faults = await run(seed).catch((error: unknown) => [String((error as Error).stack)])
      expect(faults, `seed ${seed}`).toEqual([])
    }
  },
  RUNS * 10_000,
)

async function run(seed: number): Promise<string[]> {
  vi.clearAllTimers()
  const random = new Random(seed)
  vi.spyOn(Math, 'random').mockImplementation(random.next)
  const world = new World(random, THREADS)
  vi.stubGlobal('fetch', world.fetch)
  for (const [name, user] of [
    ['ada-desk', 'ada'],
    ['ada-phone', 'ada'],
    ['bob-desk', 'bob'],
  ] as const) {
    const browser = new ModelBrowser(world, name, user)
    world.browsers.push(browser)
    browser.open()
  }
  await pass(5_000)
  for (let step = 0; step < STEPS; step++) {
    act(world, `w${step}`)
    await pass(Math.round(random.chance(0.1) ? random.between(5_000, 60_000) : random.between(0, 1_500)))
  }
  await settle(world)
  const faults = judge(world)
  for (const browser of world.browsers) for (const tab of [...browser.tabs]) browser.close(tab)
  return faults
}

function act(world: World, word: string): void {
  const { random, server } = world
  const browser = random.pick(world.browsers)
  const thread = random.pick(THREADS) ?? ''
  if (!browser) return
  const tab = random.pick(browser.tabs) ?? browser.open()
  const channel = threadChannel(thread)
  const dice = random.below(100)
  if (dice < 28) {
    const body = withWord('||', random.below(3), random.chance(0.05) ? REFUSED : word)
    tab.want({ channel, op: 'create', resource: 'message', data: { body } })
  } else if (dice < 52) {
    const shown = tab.shown(thread)
    if (!shown) return
    const body = withWord(shown.message.body, random.below(3), random.chance(0.03) ? REFUSED : word)
    tab.want({
      channel,
      op: 'update',
      resource: 'message',
      resourceId: shown.message.id,
      ...shown.begun,
      data: { body },
    })
  } else if (dice < 55) {
    const shown = tab.shown(thread)
    if (shown)
      tab.want({ channel, op: 'delete', resource: 'message', resourceId: shown.message.id, ...shown.begun, data: {} })
  } else if (dice < 60) {
    tab.want({ channel, op: 'update', resource: 'thread', resourceId: thread, data: { title: word }, folds: 'fields' })
  } else if (dice < 67) {
    const own = userChannel(browser.user)
    if (random.chance(0.5))
      tab.want({
        channel: own,
        op: 'update',
        resource: 'preferences',
        data: { [`p${random.below(3)}`]: word },
        folds: 'fields',
      })
    else
      tab.want({
        channel: own,
        op: 'update',
        resource: 'readMarker',
        resourceId: thread,
        data: { version: random.below(30) },
        folds: 'furthest',
      })
  } else if (dice < 70) {
    const shown = tab.shown(thread)
    const data = { messageId: shown?.message.id, emoji: random.pick(['👍', '🎉']) }
    if (shown) tab.want({ channel, op: random.chance(0.6) ? 'create' : 'delete', resource: 'reaction', data })
  } else if (dice < 73) {
    if (browser.tabs.length < 4) browser.open()
  } else if (dice < 78) {
    browser.close(tab)
    if (random.chance(0.7)) browser.open()
  } else if (dice < 84) {
    if (browser.isOnline) browser.goOffline()
    else browser.isOnline = true
  } else if (dice < 88) {
    world.disturb(random.between(1_000, 30_000))
  } else if (dice < 92) {
    for (const wire of [...world.wires])
      if (random.chance(0.6)) wire.end(random.pick([1006, 4000, 4003, 4004, 4010]) ?? 1006)
  } else if (dice < 94) {
    world.revoke()
  } else if (dice < 96) {
    server.forget(random.chance(0.3))
  } else if (dice < 98) {
    if (tab.isFrozen) browser.airs.thaw(tab)
    else tab.isFrozen = true
  } else tab.decide(united)
}

/** All is well again, and everybody decides what is to be decided. */
async function settle(world: World): Promise<void> {
  world.calm()
  const isOpen = (tab: ModelTab) => tab.outbox.entries.get().some(({ conflict }) => conflict !== undefined)
  const tabs = () => world.browsers.flatMap((browser) => browser.tabs)
  for (const browser of world.browsers) {
    browser.isOnline = true
    if (browser.tabs.length === 0) browser.open()
    for (const tab of browser.tabs) browser.airs.thaw(tab)
  }
  // Connections that died without a word are found out by then.
  await pass(60_000)
  for (let round = 0; round < 60; round++) {
    // Two refused tokens in a row end the trying, until somebody presses "Try now".
    for (const tab of tabs()) if (tab.realtime.state.get().status === 'stopped') tab.realtime.retryNow()
    await passUntil(() => tabs().every(({ isQuiet }) => isQuiet), 120_000)
    for (const tab of tabs()) tab.decide(united)
    // What is on its way between two quiet moments.
    await pass(5_000)
    if (tabs().every((tab) => tab.isQuiet && !isOpen(tab))) return
  }
  throw new Error(
    `It does not come to rest: ${tabs()
      .map(
        (tab) =>
          `${tab.name} ${tab.realtime.state.get().status} ${tab.loading} ${JSON.stringify(tab.outbox.entries.get())}`,
      )
      .join('; ')}`,
  )
}

function judge(world: World): string[] {
  const { server, wishes } = world
  const faults = [...server.complaints]
  const show = (messages: readonly Message[]) =>
    messages
      .map(({ id, version, body, reactions }) => `${version} ${id} ${body} ${JSON.stringify(reactions)}`)
      .join('\n')

  for (const browser of world.browsers)
    for (const tab of browser.tabs) {
      for (const thread of THREADS) {
        const [fresh, held] = [show(server.messagesOf(thread)), show(tab.histories.get(thread)?.messages ?? [])]
        if (tab.titles.get(thread)?.title !== server.threads.get(thread)?.title)
          faults.push(`${tab.name} calls ${thread} ${tab.titles.get(thread)?.title}`)
        if (fresh !== held) faults.push(`${tab.name} holds of ${thread}:\n${held}\nand not\n${fresh}`)
      }
      const markers = Object.fromEntries(THREADS.map((thread) => [thread, server.marker(browser.user, thread)]))
      const fresh = JSON.stringify({ markers, preferences: server.preferences.get(browser.user) ?? {} })
      if (JSON.stringify(tab.own) !== fresh)
        faults.push(`${tab.name} holds ${JSON.stringify(tab.own)} and not ${fresh}`)
      const entries = tab.outbox.entries.get()
      if (
        entries
          .map(({ id }) => id)
          .sort()
          .join() !== [...browser.rows.keys()].sort().join()
      )
        faults.push(`${tab.name} shows other records than are kept`)
    }

  // Done, or a record.
  const contained = new Set([...wishes.values()].flatMap(({ follows, isKept }) => (isKept && follows ? [follows] : [])))
  const records = new Set(world.browsers.flatMap(({ rows }) => [...rows.keys()]))
  for (const [id, wish] of wishes)
    if (
      wish.isKept &&
      !wish.isGivenUp &&
      !contained.has(id) &&
      !records.has(id) &&
      !server.answers.has(`${wish.tab.browser.user} ${id}`)
    )
      faults.push(`${id}, wanted on ${wish.channel} in ${wish.tab.name}, is lost`)

  // Once.
  const seen = new Set<string>()
  for (const { id } of server.deeds) {
    if (seen.has(id)) faults.push(`${id} was done twice`)
    seen.add(id)
  }

  // In order, for each tab and channel.
  const last = new Map<string, number>()
  for (const { id } of server.deeds) {
    const wish = wishes.get(id)
    if (!wish || wish.isAgain) continue
    const key = `${wish.tab.name} ${wish.channel}`
    if (wish.order < (last.get(key) ?? 0)) faults.push(`${id} came late on ${key}`)
    last.set(key, wish.order)
  }

  // No word of an edit that was carried out is gone.
  for (const { message, texts, isDeleted } of server.messages.values())
    if (!isDeleted)
      for (const { body } of texts)
        for (const word of words(body))
          if (!words(message.body).includes(word)) faults.push(`${word} is gone from ${message.id}`)
  return faults
}
