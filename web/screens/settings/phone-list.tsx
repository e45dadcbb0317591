import { useQueryClient } from '@tanstack/react-query'
import { type LucideIcon, X } from 'lucide-react'
import { api, type List } from '../../api.ts'
import { useForm } from '../../form.ts'
import { Button } from '../../parts/button.tsx'
import { Card } from '../../parts/card.tsx'
import { ErrorState, FormError } from '../../parts/error-state.tsx'
import { Field } from '../../parts/field.tsx'
import { IconButton } from '../../parts/icon-button.tsx'
import { Input } from '../../parts/input.tsx'
import { More } from '../../parts/more.tsx'
import { Phone } from '../../parts/phone.tsx'
import { SkeletonRows } from '../../parts/skeleton.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { formatPhone } from '../../phones.ts'
import { usePages } from './pages.ts'
import type { ListedPhone } from './types.ts'

type Props = { path: '/exclusions' | '/blocked'; icon: LucideIcon; title: string; hint: string; empty: string }

/** One of the two lists: a form to add to it, and its phones. */
export function PhoneList({ path, icon: Icon, title, hint, empty }: Props) {
  const queries = useQueryClient()
  const key = ['listed-phones', path]
  const phones = usePages<ListedPhone>(key, path)
  const refresh = () => queries.invalidateQueries({ queryKey: key })
  const form = useForm({ phone: '', note: '' }, async ({ phone, note }) => {
    await api.post(path, { phone, note: note.trim() || null })
    form.reset()
    await refresh()
  })
  const put = ({ phone, note }: ListedPhone) => api.post(path, { phone, note }).then(refresh, toast.error)

  async function remove(listed: ListedPhone) {
    // Removed from the screen at once; back on failure.
    queries.setQueriesData<{ pages: List<ListedPhone>[]; pageParams: unknown[] }>(
      { queryKey: key },
      (all) =>
        all && {
          ...all,
          pages: all.pages.map((page) => ({ ...page, data: page.data.filter(({ phone }) => phone !== listed.phone) })),
        },
    )
    try {
      await api.delete(`${path}/${encodeURIComponent(listed.phone)}`)
      toast.undo(`${formatPhone(listed.phone)} is off the list`, () => put(listed))
    } catch (error) {
      toast.error(error)
    }
    await refresh()
  }

  const rows = phones.rows
  return (
    <Card title={title} hint={hint} className="p-0">
      <form onSubmit={form.submit} className="grid gap-4 border-border border-b p-4 sm:p-5">
        {form.problem !== null && !form.error('phone') && <FormError error={form.problem} />}
        <div className="grid items-start gap-4 sm:grid-cols-[1fr_1fr_auto]">
          <Field label="Phone" error={form.error('phone')}>
            {(control) => (
              <Input
                {...control}
                {...form.text('phone')}
                type="tel"
                autoComplete="off"
                placeholder="+1 202 555 0143"
                required
              />
            )}
          </Field>
          <Field label="Note" optional error={form.error('note')}>
            {(control) => <Input {...control} {...form.text('note')} maxLength={200} autoComplete="off" />}
          </Field>
          <Button type="submit" pending={form.pending} className="h-10 sm:mt-[1.625rem]">
            Add
          </Button>
        </div>
      </form>
      {phones.error && <ErrorState error={phones.error} onRetry={() => phones.refetch()} />}
      {phones.isPending && <SkeletonRows rows={2} />}
      {rows?.length === 0 && (
        <p className="flex items-center gap-3 px-4 py-6 text-muted text-sm sm:px-5">
          <Icon aria-hidden className="size-5 shrink-0" />
          {empty}
        </p>
      )}
      {rows && rows.length > 0 && (
        <ul aria-label={title} className="divide-y divide-border">
          {rows.map((listed) => (
            <li key={listed.phone} className="flex min-h-14 items-center gap-3 px-4 py-2 sm:px-5">
              <span className="min-w-0 flex-1">
                <span className="font-medium">
                  <Phone value={listed.phone} />
                </span>
                <span className="block text-muted text-sm">
                  {listed.note && `${listed.note} · `}
                  <Time value={listed.createdAt} />
                </span>
              </span>
              <IconButton icon={X} label={`Take ${formatPhone(listed.phone)} off`} onClick={() => remove(listed)} />
            </li>
          ))}
        </ul>
      )}
      <More hasMore={phones.hasNextPage} pending={phones.isFetchingNextPage} onMore={() => phones.fetchNextPage()} />
    </Card>
  )
}
