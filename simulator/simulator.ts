import type { FastifyInstance } from 'fastify'
import type { ConfigInput } from './config.ts'
import { makeControl } from './control/api.ts'
import { demoConfig } from './demo.ts'
import { Network } from './network.ts'
import { makeTelnyxApi } from './telnyx/api.ts'
import { TelnyxCalls } from './telnyx/calls.ts'
import { makeTelnyxFace } from './telnyx/face.ts'
import { makeTwilioApi } from './twilio/api.ts'
import { makeTwilioFace } from './twilio/face.ts'

export type SimulatorOptions = {
  /** 0, the default of each port, lets the system choose. */
  port?: number
  twilioPort?: number
  telnyxPort?: number
  config?: ConfigInput
}

export type Simulator = { url: string; twilioUrl: string; telnyxUrl: string; stop(): Promise<void> }

/** A phone network on 127.0.0.1. Rejects with an error that says which port is busy. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const network = new Network(options.config ?? demoConfig)
  const telnyxCalls = new TelnyxCalls(network)
  const faces = { twilio: makeTwilioFace(network), telnyx: makeTelnyxFace(network, telnyxCalls) }
  const servers: FastifyInstance[] = []

  const listen = async (server: FastifyInstance, port: number, flag: string) => {
    servers.push(server)
    try {
      return await server.listen({ host: '127.0.0.1', port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      throw new Error(`Port ${port} is in use: stop what uses it, or choose another with --${flag}.`)
    }
  }
  const stop = async () => {
    await network.stop()
    await Promise.all(servers.map((server) => server.close()))
  }

  try {
    const twilioUrl = await listen(makeTwilioApi(network), options.twilioPort ?? 0, 'twilio-port')
    network.twilioUrl = twilioUrl
    const telnyxUrl = await listen(makeTelnyxApi(network, telnyxCalls), options.telnyxPort ?? 0, 'telnyx-port')
    network.telnyxUrl = telnyxUrl
    const url = await listen(makeControl(network, faces), options.port ?? 0, 'port')
    return { url, twilioUrl, telnyxUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
