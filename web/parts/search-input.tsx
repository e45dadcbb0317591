import { Search } from 'lucide-react'
import { type Ref, useEffect, useRef, useState } from 'react'
import { Input } from './input.tsx'

/** Long enough that a word typed in one go makes one request. */
const PAUSE_MS = 250

type Props = {
  label: string
  placeholder?: string
  value: string
  ref?: Ref<HTMLInputElement>
  /** Called after a pause in the typing. */
  onSearch(text: string): void
}

export function SearchInput({ label, placeholder, value, ref, onSearch }: Props) {
  const [text, setText] = useState(value)
  const latest = useRef(onSearch)
  latest.current = onSearch
  // The last search, or the value given from outside: back and "clear" change it too.
  const known = useRef(value)
  useEffect(() => {
    if (value === known.current) return
    known.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    const wanted = text.trim()
    if (wanted === known.current) return
    const timer = setTimeout(() => {
      known.current = wanted
      latest.current(wanted)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span className="relative block">
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
      <Input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        className="pl-9"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
    </span>
  )
}
