import { Check, Copy, Download, Printer } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { saveFile, textFile } from '@/lib/save-file'
import { printText } from './print-text'

/** Shown once: the server keeps only what it needs to recognize them. */
export function RecoveryCodes({
  codes,
  account,
  onDone,
}: {
  codes: readonly string[]
  account: string
  onDone: () => void
}) {
  const [copied, setCopied] = useState(false)
  const text = [`Recovery codes of ${account} for Renexus. Each works once.`, '', ...codes, ''].join('\n')
  // Pages without https have no clipboard.
  const clipboard = 'clipboard' in navigator ? navigator.clipboard : undefined

  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warning">
        Keep these codes where you find them without your phone. They are shown this once, and each opens your account
        once.
      </Notice>
      <ul
        aria-label="Recovery codes"
        className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-lg border border-line bg-ground p-4 font-mono text-sm max-sm:grid-cols-1"
      >
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        {clipboard && (
          <Button
            size="small"
            onClick={() =>
              void clipboard.writeText(text).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
            <span role="status">{copied ? 'Copied' : 'Copy'}</span>
          </Button>
        )}
        <Button size="small" onClick={() => saveFile('renexus-recovery-codes.txt', textFile(text))}>
          <Download aria-hidden className="size-4" />
          Download
        </Button>
        <Button size="small" onClick={() => printText('Recovery codes', text)}>
          <Printer aria-hidden className="size-4" />
          Print
        </Button>
      </div>
      <Button variant="primary" onClick={onDone} className="self-end">
        I have kept them
      </Button>
    </div>
  )
}
