import { Plus, X } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { Input } from '../../parts/input.tsx'
import { toast } from '../../parts/toast.tsx'

type Props = { tags: string[]; save(change: { addTags?: string[]; removeTags?: string[] }): Promise<void> }

/** Words that group people. Enter adds one; its cross removes it, with Undo. */
export function Tags({ tags, save }: Props) {
  const [adding, setAdding] = useState(false)
  const [text, setText] = useState('')
  const opener = useRef<HTMLButtonElement>(null)

  function add(event: FormEvent) {
    event.preventDefault()
    const tag = text.trim()
    setText('')
    if (tag !== '' && !tags.includes(tag)) save({ addTags: [tag] }).catch(toast.error)
  }

  async function remove(tag: string) {
    try {
      await save({ removeTags: [tag] })
      toast.undo(`“${tag}” is taken off`, () => save({ addTags: [tag] }).catch(toast.error))
    } catch (error) {
      toast.error(error)
    }
  }

  function finish() {
    setAdding(false)
    setText('')
  }

  return (
    <div className="grid gap-2">
      <ul aria-label="Tags" className="flex flex-wrap gap-1.5 empty:hidden">
        {tags.map((tag) => (
          <li key={tag} className="flex items-center rounded-full bg-hover pl-2.5 text-sm">
            <span className="wrap-anywhere">{tag}</span>
            <button
              type="button"
              aria-label={`Take off ${tag}`}
              onClick={() => remove(tag)}
              className="flex size-7 items-center justify-center rounded-full text-muted hover:text-text pointer-coarse:size-11"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <form onSubmit={add}>
          <Input
            autoFocus
            aria-label="New tag"
            placeholder="Tag, then Enter"
            maxLength={60}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={(event) => {
              add(event as unknown as FormEvent)
              finish()
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.stopPropagation()
              finish()
              requestAnimationFrame(() => opener.current?.focus())
            }}
          />
        </form>
      ) : (
        <button
          ref={opener}
          type="button"
          onClick={() => setAdding(true)}
          className="-mx-2 flex min-h-8 items-center gap-1.5 justify-self-start rounded-lg px-2 text-muted text-sm hover:bg-hover hover:text-text pointer-coarse:min-h-11"
        >
          <Plus aria-hidden className="size-4" />
          Add tag
        </button>
      )}
    </div>
  )
}
