import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../../api.ts'
import * as auth from '../../../auth.ts'
import { useIsOwner, useMe } from '../../../me.ts'
import { Badge } from '../../../parts/badge.tsx'
import { Button } from '../../../parts/button.tsx'
import { Card } from '../../../parts/card.tsx'
import { Dialog } from '../../../parts/dialog.tsx'
import { RecoveryCodes } from '../../../parts/recovery-codes.tsx'
import { SecondFactorSetup } from '../../../parts/second-factor-setup.tsx'
import { Switch } from '../../../parts/switch.tsx'
import { toast } from '../../../parts/toast.tsx'
import type { Settings } from '../../../types/account.ts'
import { AskPassword } from './ask-password.tsx'

/** The person's own second factor, and, for an owner, whether everybody needs one. */
export function SecondFactor() {
  const { user } = useMe()
  const isOwner = useIsOwner()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'setup' | 'codes' | 'off' | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const close = async () => {
    setOpen(null)
    setCodes(null)
    for (const key of ['me', 'sessions', 'people']) await queries.invalidateQueries({ queryKey: [key] })
  }
  if (!user) return null
  return (
    <Card
      title="Your second factor"
      hint="A code from your phone besides your password. A stolen password alone then opens nothing."
      actions={user.secondFactor ? <Badge tone="success">On</Badge> : undefined}
    >
      <div className="grid gap-5">
        <div className="flex flex-wrap items-center gap-2">
          {user.secondFactor ? (
            <>
              <Button onClick={() => setOpen('codes')}>New recovery codes</Button>
              {user.secondFactorRequired ? (
                <p className="text-muted text-sm">Your business requires it.</p>
              ) : (
                <Button onClick={() => setOpen('off')}>Turn off</Button>
              )}
            </>
          ) : (
            <Button onClick={() => setOpen('setup')}>
              <ShieldCheck aria-hidden />
              Set up
            </Button>
          )}
        </div>
        {isOwner && <ForEverybody />}
      </div>
      <Dialog open={open === 'setup'} onClose={close} title="Set up your second factor" size="small">
        {open === 'setup' && <SecondFactorSetup onDone={close} />}
      </Dialog>
      <Dialog open={open === 'codes'} onClose={close} title="New recovery codes" size="small">
        {codes ? (
          <RecoveryCodes codes={codes} onKept={close} />
        ) : (
          <AskPassword
            why="The codes that you have now end."
            label="Make new codes"
            send={async (password) => setCodes((await auth.newRecoveryCodes(password)).backupCodes)}
          />
        )}
      </Dialog>
      <Dialog open={open === 'off'} onClose={close} title="Turn off your second factor?" size="small">
        <AskPassword
          why="Your password alone signs you in then."
          label="Turn off"
          send={async (password) => {
            await auth.turnOffSecondFactor(password)
            toast.show('Your second factor is off')
            await close()
          }}
        />
      </Dialog>
    </Card>
  )
}

/** Whoever lacks one can do nothing but set it up then. */
function ForEverybody() {
  const { account, user } = useMe()
  const queries = useQueryClient()
  const settings = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api.get<Settings>('/settings', {}, signal),
  })
  const require = useMutation({
    mutationFn: (requireSecondFactor: boolean) => api.patch<Settings>('/settings', { requireSecondFactor }),
    onSuccess: (saved) => {
      queries.setQueryData(['settings'], saved)
      // Whether one's own can be turned off follows from it.
      void queries.invalidateQueries({ queryKey: ['me'] })
      toast.show(saved.requireSecondFactor ? 'Everybody needs a second factor now' : 'Nobody needs a second factor now')
    },
    onError: (error) => toast.error(error),
  })
  if (!settings.data) return null
  const isRequired = settings.data.requireSecondFactor
  return (
    <div className="border-border border-t pt-5">
      <Switch
        label={`Everybody in ${account.name} needs one`}
        hint={
          user?.secondFactor
            ? 'Whoever has none yet can do nothing but set it up. API keys are not affected.'
            : 'Set up yours first.'
        }
        checked={isRequired}
        disabled={require.isPending || (!isRequired && !user?.secondFactor)}
        onChange={(checked) => require.mutate(checked)}
      />
    </div>
  )
}
