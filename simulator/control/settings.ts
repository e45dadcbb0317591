import type { FastifyInstance } from 'fastify'
import { readConfig } from '../config.ts'
import { type FaultSettings, noFaults, oneShots } from '../faults.ts'
import { valuesOf } from '../http.ts'
import { Input } from '../input.ts'
import { callerGivesUpVariants, type Network } from '../network.ts'

/** The settings of the network; what people do on it is in people.ts. */
export function settingRoutes(app: FastifyInstance, network: Network) {
  app.get('/config', async () => network.accounts.show())
  app.put('/config', async (request) => {
    network.accounts.merge(readConfig(request.body))
    return network.accounts.show()
  })

  const settings = () => ({
    ...network.settings,
    wire: network.wire.recording,
    webhooks: network.courier.delivering,
  })
  app.get('/settings', async () => settings())
  app.put('/settings', async (request) => {
    const input = new Input(request.body)
    const { twilioCallerGivesUp, listsReadable } = network.settings
    network.settings = {
      twilioCallerGivesUp: input.oneOf('twilioCallerGivesUp', callerGivesUpVariants, twilioCallerGivesUp),
      listsReadable: input.flag('listsReadable', listsReadable),
    }
    network.wire.recording = input.flag('wire', network.wire.recording)
    network.courier.delivering = input.flag('webhooks', network.courier.delivering)
    return settings()
  })

  app.get('/clock', async () => ({ speed: network.clock.speed }))
  app.put('/clock', async (request) => {
    const speed = new Input(request.body).number('speed', 0.01, 10_000)
    network.clock.setSpeed(speed)
    return { speed }
  })

  app.get('/faults', async () => network.faults.settings)
  app.put('/faults', async (request) => {
    const input = new Input(request.body)
    const chance = (field: keyof FaultSettings) => input.number(field, 0, 1, 0)
    network.faults.set({
      seed: input.number('seed', 0, 2 ** 32, noFaults.seed),
      duplicate: chance('duplicate'),
      reorder: chance('reorder'),
      delayMs: input.range('delayMs', noFaults.delayMs),
      status429: chance('status429'),
      status500: chance('status500'),
      acceptThenTimeout: chance('acceptThenTimeout'),
      listLagMs: input.range('listLagMs', noFaults.listLagMs),
      receiptDelayMs: input.range('receiptDelayMs', noFaults.receiptDelayMs),
    })
    return network.faults.settings
  })
  app.delete('/faults', async () => {
    network.faults.clear()
    return network.faults.settings
  })
  app.post('/faults/next', async (request) => {
    const input = new Input(request.body)
    const [what, times] = [input.oneOf('what', oneShots), input.number('times', 1, 1000, 1)]
    network.faults.addNext(what, times)
    return { what, times }
  })

  app.get('/wire', async (request) => {
    const { after, latest } = valuesOf(request.query)
    return network.wire.after(Number(after) || 0, Number(latest) || undefined)
  })
  app.delete('/everything', async () => {
    network.reset()
    return { ok: true }
  })
}
