import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command as Cmdk } from 'cmdk'
import { MessageSquareText, Search } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useState } from 'react'
import { api } from '../api.ts'
import { useOfferedCommands } from '../commands.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Kbd } from '../parts/kbd.tsx'
import { Phone } from '../parts/phone.tsx'
import { Time } from '../parts/time.tsx'
import type { Found } from '../types/search.ts'

/** The shortest search for people and texts: one letter matches everything. */
const SHORTEST_SEARCH = 2

/** The pause in typing before a search is sent. */
const PAUSE_MS = 120

const itemLook =
  'flex min-h-11 cursor-default select-none items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted'

/** ⌘K: go anywhere, do what the screen offers, find a person or a text. */
export function Palette({ onClose }: { onClose(): void }) {
  const navigate = useNavigate()
  const commands = useOfferedCommands()
  const [text, setText] = useState('')
  const query = text.trim()
  const { found, looking, failed } = useSearch(query)

  const then = (act: () => void) => () => {
    onClose()
    act()
  }
  const openConversation = (conversationId: string, message?: string) =>
    navigate({ to: '/inbox/$conversationId', params: { conversationId }, search: { message } })
  const sections = Map.groupBy(matching(commands, query), ({ section }) => section)

  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[max(0.75rem,10dvh)] z-40 mx-auto max-w-xl animate-rise overflow-hidden rounded-xl border border-border bg-raised shadow-raised"
        >
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <Cmdk label="Search and commands" shouldFilter={false} loop>
            <div className="flex items-center gap-3 border-border border-b px-4">
              <Search aria-hidden className="size-4 shrink-0 text-muted" />
              <Cmdk.Input
                value={text}
                onValueChange={setText}
                placeholder="Search people and texts …"
                className="h-13 flex-1 bg-transparent outline-none placeholder:text-muted"
              />
              <span className="hidden text-muted sm:block">
                <Kbd keys="Escape" />
              </span>
            </div>
            <Cmdk.List label="Results" className="max-h-[min(26rem,60dvh)] overflow-y-auto p-2">
              <Cmdk.Empty className="px-3 py-10 text-center text-muted text-sm">
                {looking
                  ? 'Searching …'
                  : failed
                    ? 'The search could not be asked. Check this device’s connection and type on.'
                    : `Nothing found for “${query}”. Try a name, the last four digits of a phone, or a word of a text.`}
              </Cmdk.Empty>
              {found && found.people.length > 0 && (
                <Section title="People">
                  {found.people.map(({ contactId, name, phone, conversationId }) => (
                    <Cmdk.Item
                      key={contactId}
                      value={contactId}
                      className={itemLook}
                      onSelect={then(() =>
                        conversationId
                          ? openConversation(conversationId)
                          : navigate({ to: '/contacts/$contactId', params: { contactId } }),
                      )}
                    >
                      <Avatar name={name} size="small" />
                      <span className="min-w-0 flex-1 truncate font-medium">
                        {name ?? (phone && <Phone value={phone} />)}
                      </span>
                      {name && phone && (
                        <span className="text-muted">
                          <Phone value={phone} />
                        </span>
                      )}
                    </Cmdk.Item>
                  ))}
                </Section>
              )}
              {found && found.texts.length > 0 && (
                <Section title="Texts">
                  {found.texts.map(({ messageId, conversationId, name, phone, body, at }) => (
                    <Cmdk.Item
                      key={messageId}
                      value={messageId}
                      className={itemLook}
                      onSelect={then(() => openConversation(conversationId, messageId))}
                    >
                      <MessageSquareText aria-hidden />
                      <span className="min-w-0 flex-1 truncate">
                        <span className="font-medium">{name ?? (phone && <Phone value={phone} />)}: </span>
                        {body}
                      </span>
                      <span className="text-muted text-xs">
                        <Time value={at} plain />
                      </span>
                    </Cmdk.Item>
                  ))}
                </Section>
              )}
              {[...sections].map(([section, offered]) => (
                <Section key={section} title={section}>
                  {offered.map(({ id, label, icon: Icon, shortcut, run }) => (
                    <Cmdk.Item key={id} value={id} className={itemLook} onSelect={then(run)}>
                      {Icon && <Icon aria-hidden />}
                      <span className="flex-1">{label}</span>
                      {shortcut && (
                        <span className="text-muted">
                          <Kbd keys={shortcut} />
                        </span>
                      )}
                    </Cmdk.Item>
                  ))}
                </Section>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Cmdk.Group
      heading={title}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Cmdk.Group>
  )
}

/** Every word of the query must begin a word of the command. Not cmdk's, which would filter the server's results. */
function matching<T extends { label: string; section: string; keywords?: string[] }>(
  commands: T[],
  query: string,
): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter(({ label, section, keywords = [] }) => {
    const own = [label, section, ...keywords]
      .join(' ')
      .toLowerCase()
      .split(/[\s-]+/)
    return words.every((word) => own.some((other) => other.startsWith(word)))
  })
}

/** The server's results, a moment after the last letter; outdated answers are dropped. */
function useSearch(query: string): { found: Found | undefined; looking: boolean; failed: boolean } {
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const pause = setTimeout(() => setAsked(query), PAUSE_MS)
    return () => clearTimeout(pause)
  }, [query])
  const enabled = asked.length >= SHORTEST_SEARCH
  const { data, isFetching, isError } = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => api.get<Found>('/search', { q: asked }, signal),
    enabled,
    retry: false,
    placeholderData: keepPreviousData,
  })
  const isWorthIt = query.length >= SHORTEST_SEARCH
  return {
    found: isWorthIt && enabled ? data : undefined,
    looking: isWorthIt && (asked !== query || isFetching),
    failed: isError,
  }
}
