/** A link in running text. */
export const textLink = 'font-medium text-accent-ink underline underline-offset-2'
