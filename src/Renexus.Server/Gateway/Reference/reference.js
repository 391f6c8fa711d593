// Draws the OpenAPI document of this server. No library: the page must work under our own Content-Security-Policy and without a network.

const methods = ['get', 'post', 'put', 'patch', 'delete']

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

// The descriptions' only markup is `code`.
const prose = (text) =>
  element('p', {}, ...text.split(/(`[^`]+`)/).map((part) => (part.startsWith('`') ? element('code', {}, part.slice(1, -1)) : part)))

const response = await fetch('/openapi.json')
const api = await response.json()

const resolve = (schema) => {
  if (!schema?.$ref) return schema ?? {}
  const name = schema.$ref.split('/').at(-1)
  return { name, ...api.components.schemas[name] }
}

const withoutNull = (type) => (Array.isArray(type) ? type.filter((t) => t !== 'null') : [type]).filter(Boolean)

const describeType = (schema) => {
  const { name, type, format, items, enum: values, oneOf, anyOf, additionalProperties } = resolve(schema)
  const choices = (oneOf ?? anyOf)?.filter((choice) => choice.type !== 'null')
  if (choices) return choices.map(describeType).join(' or ')
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ')
  if (items) return `list of ${describeType(items)}`
  if (name) return name
  if (typeof additionalProperties === 'object') return `map of ${describeType(additionalProperties)}`
  return [withoutNull(type).join(' or ') || 'any', format].filter(Boolean).join(', ')
}

const limitsOf = ({ minLength, maxLength, minimum, maximum, minItems, maxItems, pattern }) =>
  [
    minLength !== undefined && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    minimum !== undefined && `from ${minimum}`,
    maximum !== undefined && `to ${maximum}`,
    minItems !== undefined && `at least ${minItems}`,
    maxItems !== undefined && `at most ${maxItems}`,
    pattern && `matches ${pattern}`,
  ].filter(Boolean)

// The record that a member holds, itself or in a list, so that it can be opened.
const recordIn = (schema) => {
  const resolved = resolve(schema)
  const choice = (resolved.oneOf ?? resolved.anyOf)?.find((c) => c.type !== 'null')
  if (choice) return recordIn(choice)
  if (resolved.items) return recordIn(resolved.items)
  return resolved.properties ? resolved : null
}

const row = (name, note, schema, description, required, seen) => {
  const record = recordIn(schema)
  const isKnown = record?.name && seen.includes(record.name)
  const limits = limitsOf(resolve(schema))
  return element(
    'div',
    {},
    element('dt', {}, name, note ? element('small', {}, note) : null),
    element(
      'dd',
      {},
      element('span', { class: 'type' }, describeType(schema)),
      required ? element('span', { class: 'required' }, ' required') : null,
      limits.length ? element('span', { class: 'type' }, ` · ${limits.join(', ')}`) : null,
      description ? prose(description) : null,
      record && !isKnown ? element('details', {}, element('summary', {}, record.name ?? 'members'), membersOf(record, seen)) : null,
    ),
  )
}

const membersOf = (record, seen = []) =>
  element(
    'dl',
    {},
    ...Object.entries(record.properties ?? {}).map(([name, schema]) =>
      row(name, null, schema, schema.description ?? resolve(schema).description, record.required?.includes(name), [...seen, record.name]),
    ),
  )

const bodyOf = (content) => Object.values(content ?? {})[0]?.schema

const bodySection = (title, schema) => {
  if (!schema) return []
  const record = recordIn(schema)
  return [
    element('h4', {}, title, ' '),
    element('span', { class: 'nothing' }, describeType(schema)),
    record ? membersOf(record, [record.name]) : null,
  ]
}

const parametersSection = (parameters = []) =>
  parameters.length
    ? [
        element('h4', {}, 'Parameters'),
        element('dl', {}, ...parameters.map((p) => row(p.name, p.in, p.schema, p.description, p.required, []))),
      ]
    : []

const answersSection = (responses) => {
  const entries = Object.entries(responses)
  const good = entries.filter(([status]) => status < '4')
  const bad = entries.filter(([status]) => status >= '4')
  return [
    ...good.flatMap(([status, { description, content }]) =>
      bodyOf(content)
        ? bodySection(`Answer ${status}`, bodyOf(content))
        : [element('h4', {}, `Answer ${status}`), element('span', { class: 'nothing' }, description || 'No body')],
    ),
    element('h4', {}, 'Failures'),
    element(
      'ul',
      { class: 'answers' },
      ...bad.map(([status, { description }]) => element('li', {}, element('span', { class: 'status' }, status), ` ${description}`)),
    ),
  ]
}

const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  methods
    .filter((method) => item[method])
    .map((method) => ({ path, method, ...item[method], parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])] })),
)
const idOf = ({ method, path }) => `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`
const badge = (method) => element('span', { class: `method ${method}` }, method.toUpperCase())
const searchText = ({ method, path, summary, operationId }) => `${method} ${path} ${summary ?? ''} ${operationId ?? ''}`.toLowerCase()

const card = (operation) => {
  const made = element(
    'article',
    { id: idOf(operation) },
    element(
      'h3',
      {},
      badge(operation.method),
      element('code', {}, operation.path),
      operation.security ? null : element('span', { class: 'open' }, 'open to everybody'),
    ),
    operation.summary ? prose(operation.summary) : null,
    operation.description ? prose(operation.description) : null,
    ...parametersSection(operation.parameters),
    ...bodySection('Body', bodyOf(operation.requestBody?.content)),
    ...answersSection(operation.responses),
  )
  made.dataset.search = searchText(operation)
  return made
}

const link = (operation) => {
  const made = element('li', {}, element('a', { href: `#${idOf(operation)}` }, badge(operation.method), element('span', {}, operation.path.replace(/^\/api(?=\/)/, ''))))
  made.dataset.search = searchText(operation)
  return made
}

const known = (api.tags ?? []).map((tag) => tag.name)
const used = [...new Set(operations.flatMap((operation) => operation.tags ?? ['Other']))]
const groups = [...known.filter((name) => used.includes(name)), ...used.filter((name) => !known.includes(name))]

document.title = `${api.info.title} API`
document.querySelector('#about').replaceChildren(...prose(api.info.description ?? '').childNodes)
for (const name of groups) {
  const members = operations.filter((operation) => (operation.tags ?? ['Other']).includes(name))
  const description = api.tags?.find((tag) => tag.name === name)?.description
  document
    .querySelector('main')
    .append(element('section', { 'aria-label': name }, element('h2', {}, name), description ? prose(description) : null, ...members.map(card)))
  document.querySelector('#contents').append(element('section', {}, element('h2', {}, name), element('ul', {}, ...members.map(link))))
}

document.querySelector('#filter').addEventListener('input', ({ target }) => {
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const found of document.querySelectorAll('[data-search]')) found.hidden = !words.every((word) => found.dataset.search.includes(word))
  for (const section of document.querySelectorAll('section')) section.hidden = !section.querySelector('[data-search]:not([hidden])')
})

// The address may name an operation that was not drawn yet when the browser looked for it.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
