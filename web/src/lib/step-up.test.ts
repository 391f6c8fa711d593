import { expect, it, vi } from 'vitest'
import { Problem } from './problem'
import { StepUp } from './step-up'

const refusal = new Problem('reauthentication_required', 'Prove who you are.', { status: 403 })

/** Refuses until it is told that the proof is given. */
function guarded() {
  const state = { proven: false }
  const call = vi.fn(() => (state.proven ? Promise.resolve('done') : Promise.reject(refusal)))
  return { state, call }
}

it('asks once for all who wait, and repeats their calls after the proof', async () => {
  const stepUp = new StepUp()
  const { state, call } = guarded()
  const both = Promise.all([stepUp.around(call), stepUp.around(call)])
  await vi.waitFor(() => expect(call).toHaveBeenCalledTimes(2))

  state.proven = true
  stepUp.request.get()?.done()

  expect(await both).toEqual(['done', 'done'])
  expect(call).toHaveBeenCalledTimes(4)
  expect(stepUp.request.get()).toBeUndefined()
})

it('hands on the refusal when the person closes the dialog, and asks again next time', async () => {
  const stepUp = new StepUp()
  const { call } = guarded()
  const first = stepUp.around(call)
  await vi.waitFor(() => expect(stepUp.request.get()).toBeDefined())
  stepUp.request.get()?.cancel()
  await expect(first).rejects.toBe(refusal)

  void stepUp.around(call).catch(() => undefined)
  await vi.waitFor(() => expect(stepUp.request.get()).toBeDefined())
})

it('leaves other refusals alone', async () => {
  const stepUp = new StepUp()
  const forbidden = new Problem('forbidden', 'No.', { status: 403 })
  await expect(stepUp.around(() => Promise.reject(forbidden))).rejects.toBe(forbidden)
  expect(stepUp.request.get()).toBeUndefined()
})
