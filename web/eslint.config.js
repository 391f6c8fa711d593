import js from '@eslint/js'
import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import { readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'

/**
 * The architecture, one way only: app → features → components, lib, api.
 * Neighbours are imported as './x', everything else as '@/…', so one pattern sees every crossing.
 */
const zone = (files, forbidden, message, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['../*'], message: "Import a neighbour as './x' and everything else as '@/…'." },
          { group: forbidden, message },
        ],
      },
    ],
  },
})

const features = readdirSync(new URL('src/features', import.meta.url))
const zones = [
  ...features.map((feature) =>
    zone(
      [`src/features/${feature}/**`],
      [
        '@/app/*',
        '@/features/*',
        ...features.filter((other) => other !== feature).map((other) => `@/features/${other}/**`),
      ],
      'Features import neither features nor the app; src/app composes them.',
    ),
  ),
  zone(
    ['src/components/**'],
    ['@/app/**', '@/features/**', '@/api/**', '@/lib/client'],
    'Components fetch nothing and know no feature.',
  ),
  zone(
    ['src/lib/**'],
    ['@/app/**', '@/features/**', '@/components/**', 'react', 'react-dom', '@tanstack/*'],
    'The library is plain TypeScript and knows no screen; its React hooks are in src/lib/react.',
    ['src/lib/react/**'],
  ),
  zone(['src/app/**'], ['@/api/schema'], 'Name the type in src/api/types.ts and import it from there.'),
]

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.ts'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'public/theme.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A handler that starts work and lets it report through state is the normal case in React.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Newer browsers answer a scroll with a promise, which TypeScript's DOM does not know yet, and React takes what an effect or
      // a ref returns for its clean-up.
      'no-restricted-syntax': [
        'error',
        ...['body', 'body.expression'].map((body) => ({
          selector: `ArrowFunctionExpression[${body}.callee.property.name=/^scroll(IntoView|To|By)?$/]`,
          message: 'Scrolling may return a promise: put it in braces, so that it is not taken for a clean-up.',
        })),
      ],
      // redirect() and notFound() of the router are thrown by design.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  ...zones,
  { files: ['src/**/*.tsx'], ...jsxA11y.flatConfigs.strict },
  // A scrolling region without anything focusable in it must be focusable itself (axe: scrollable-region-focusable).
  {
    files: ['src/**/*.tsx'],
    rules: { 'jsx-a11y/no-noninteractive-tabindex': ['error', { roles: ['region'], tags: ['article'] }] },
  },
  { files: ['src/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        console: 'readonly',
        document: 'readonly',
        fetch: 'readonly',
        localStorage: 'readonly',
        process: 'readonly',
        URL: 'readonly',
      },
    },
  },
)
