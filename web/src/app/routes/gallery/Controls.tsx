import { Archive, Bell, PanelRight, Plus, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import { Button } from '@/components/Button'
import { Checkbox } from '@/components/Checkbox'
import { Combobox } from '@/components/Combobox'
import { field, Form, useSchemaForm } from '@/components/Form'
import { IconButton } from '@/components/IconButton'
import { RadioGroup } from '@/components/RadioGroup'
import { Select } from '@/components/Select'
import { Switch } from '@/components/Switch'
import { TextArea } from '@/components/TextArea'
import { TextField } from '@/components/TextField'
import { Problem } from '@/lib/problem'
import { Chapter, Specimen } from './Specimen'

const roles = [
  { value: 'admin', label: 'Admin' },
  { value: 'editor', label: 'Editor' },
  { value: 'viewer', label: 'Viewer' },
]

const people = [
  { value: 'ada', label: 'Ada Lovelace', hint: 'ada@example.org' },
  { value: 'grace', label: 'Grace Hopper', hint: 'grace@example.org' },
  { value: 'katherine', label: 'Katherine Johnson', hint: 'katherine@example.org' },
  { value: 'radia', label: 'Radia Perlman', hint: 'radia@example.org' },
]

export function Controls() {
  const [person, setPerson] = useState<string[]>([])
  const [team, setTeam] = useState(['ada', 'radia'])
  const [time, setTime] = useState('slot')
  return (
    <Chapter title="Controls">
      <Specimen name="Buttons">
        <div className="flex flex-wrap gap-2">
          <Button variant="primary">Schedule</Button>
          <Button>Preview</Button>
          <Button variant="quiet">Cancel</Button>
          <Button variant="danger">Discard</Button>
          <Button variant="destructive">Delete</Button>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button size="small">Small</Button>
          <Button size="large">Large</Button>
          <Button variant="primary" busy>
            Saving
          </Button>
          <Button disabled>Not now</Button>
          <Button>
            <Plus aria-hidden className="size-4" />
            With a picture
          </Button>
        </div>
      </Specimen>
      <Specimen name="Icon buttons, with tooltip and keys">
        <div className="flex flex-wrap items-center gap-1">
          <IconButton icon={Search} label="Search" keys="/" />
          <IconButton icon={PanelRight} label="Toggle the panel" keys="Mod+." aria-pressed />
          <IconButton icon={Bell} label="Mute" variant="secondary" />
          <IconButton icon={Archive} label="Archive" size="small" />
          <IconButton icon={Trash2} label="Delete" size="small" variant="danger" />
          <IconButton icon={Plus} label="Not allowed" disabled />
        </div>
      </Specimen>
      <Specimen name="Text">
        <TextField label="Title" placeholder="Spring campaign" />
        <TextField label="Address" hint="Your team sees it in links." defaultValue="spring" />
        <TextField label="Email" defaultValue="ada@" error="Enter an email address, like ada@example.org." />
        <TextField label="Key" readOnly value="rnx_7Qd2" />
        <TextField label="Not yours to change" disabled value="Analytical Engines" />
        <TextArea label="Description" placeholder="What is it about?" />
      </Specimen>
      <Specimen name="Choices">
        <Select label="Role" options={roles} defaultValue="editor" />
        <Select label="Role" options={roles} error="Choose a role that you may give." />
        <Combobox label="Assignee" options={people} value={person} onChange={setPerson} />
        <Combobox label="Participants" options={people} multiple value={team} onChange={setTeam} />
        <Checkbox label="Keep me signed in" hint="On this device." defaultChecked />
        <Checkbox label="I have read it" error="Read it first." />
        <RadioGroup
          label="When"
          value={time}
          onChange={(event) => setTime(event.target.value)}
          options={[
            { value: 'now', label: 'Now' },
            { value: 'slot', label: 'Next free slot', hint: 'Tomorrow, 09:00' },
            { value: 'pick', label: 'Pick a time', disabled: true },
          ]}
        />
        <Switch label="Mentions by email" hint="At most once an hour." defaultChecked />
        <Switch label="Weekly summary" />
      </Specimen>
      <Specimen name="Form: its rules, and the server's verdict">
        <Example />
      </Specimen>
    </Chapter>
  )
}

const schema = z.object({ name: z.string().trim().min(1, 'Enter a name.'), about: z.string() })

function Example() {
  const form = useSchemaForm(schema, { name: 'Engines', about: '' })
  return (
    <Form
      form={form}
      submit="Create workspace"
      actions={<Button onClick={() => form.reset()}>Start over</Button>}
      onSubmit={({ name }) =>
        Promise.reject(
          new Problem('validation_failed', 'The request is not valid.', {
            status: 400,
            errors: { name: [`“${name}” is already taken.`] },
          }),
        )
      }
    >
      <TextField label="Name" {...field(form, 'name')} />
      <TextArea label="About" {...field(form, 'about')} />
    </Form>
  )
}
