import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { TextDialog } from '../contacts/text-dialog.tsx'
import { type Person, WhoDialog } from '../contacts/who-dialog.tsx'

/** A text that starts a conversation: to a contact, or to a phone. */
export function NewText({ onClose }: { onClose(): void }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [person, setPerson] = useState<Person | null>(null)

  function choose(chosen: Person) {
    if (chosen === 'new' || !chosen.conversationId) return setPerson(chosen)
    onClose()
    navigate({
      to: '/inbox/$conversationId',
      params: { conversationId: chosen.conversationId },
      search: { reply: true },
    })
  }

  if (person === null)
    return (
      <WhoDialog
        title="New text"
        text={typed}
        onText={setTyped}
        newPerson={(text) => (/\d{3}/.test(text) ? `Text ${text}` : 'Text a new phone')}
        onChoose={choose}
        onClose={onClose}
      />
    )
  if (person !== 'new' && person.phone)
    return <TextDialog to={{ name: person.name, phone: person.phone }} onClose={onClose} />
  const phone = /\d{3}/.test(typed) ? typed.trim() : ''
  return <TextDialog to={{ name: null, phone }} asksPhone onClose={onClose} />
}
