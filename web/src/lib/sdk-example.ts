import { newId, Problem, Renexus, threadChannel, type Message, type Thread, type Workspace } from './index'

/** The example of docs/sdk-typescript.md, compiled and run; sdk.test.ts keeps the two the same. */
export async function example(server: string, password: string): Promise<void> {
  // <example>
  const renexus = new Renexus({ server })
  await renexus.signIn({ email: 'ada@example.com', password })

  const workspace = await renexus.http.post<Workspace>('/api/workspaces', { name: 'Editorial' })
  const thread = await renexus.http
    .post<Thread>(`/api/workspaces/${workspace.id}/threads`, { title: 'Launch day' })
    .catch((error: unknown) => {
      if (error instanceof Problem) console.error(error.code, error.message, error.traceId)
      throw error
    })

  renexus.realtime.state.subscribe(() => console.log(renexus.realtime.state.get().status))
  renexus.realtime.subscribe(threadChannel(thread.id), {
    change: ({ op, resource, data }) => {
      if (op === 'create' && resource === 'message') console.log((data as Message).body)
    },
    reset: () => console.log('Too much was missed: load the thread again.'),
  })
  await renexus.connect()

  const sent = await renexus.realtime.write(threadChannel(thread.id), newId(), {
    op: 'create',
    resource: 'message',
    data: { body: 'Hello' },
  })
  console.log(`Kept at place ${sent.v} of its thread.`)
  await renexus.signOut()
  // </example>
}
