import {
  Archive,
  AtSign,
  BadgeAlert,
  BadgeCheck,
  Bell,
  ClipboardCheck,
  ClipboardList,
  DoorOpen,
  MessageSquareText,
  Reply,
  ShieldCheck,
  UserCheck,
  UserCog,
  UserMinus,
  type LucideIcon,
} from 'lucide-react'
import { createElement } from 'react'

const icons: Readonly<Record<string, LucideIcon>> = {
  mention: AtSign,
  reply: Reply,
  'workspace.added': DoorOpen,
  'workspace.joined': UserCheck,
  'workspace.role': UserCog,
  'workspace.removed': UserMinus,
  'content.assigned': ClipboardList,
  'content.review': ClipboardCheck,
  'content.approved': BadgeCheck,
  'content.voided': BadgeAlert,
  'content.comment': MessageSquareText,
  'workspace.export': Archive,
  security: ShieldCheck,
}

/** A kind that this version of the app does not know yet is still a notification. */
export const KindIcon = ({ kind }: { kind: string }) =>
  createElement(icons[kind] ?? Bell, { 'aria-hidden': true, className: 'size-4' })
