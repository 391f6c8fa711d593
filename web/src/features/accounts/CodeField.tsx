import { TextField, type TextFieldProps } from '@/components/TextField'

interface CodeFieldProps extends Omit<TextFieldProps, 'label'> {
  kind: 'totp' | 'recovery'
}

/** Where a code of the second factor goes; phones offer it by themselves and show the keys for it. */
export const CodeField = ({ kind, ...props }: CodeFieldProps) =>
  kind === 'totp' ? (
    <TextField
      label="Code from your authenticator app"
      hint="6 digits, new every 30 seconds."
      inputMode="numeric"
      autoComplete="one-time-code"
      {...props}
    />
  ) : (
    <TextField
      label="Recovery code"
      hint="One of those you kept when you set up the second factor. Each works once."
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      {...props}
    />
  )
