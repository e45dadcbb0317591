import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { generate } from 'selfsigned'
import { SMTPServer } from 'smtp-server'
import { atEnd } from '../bars/network.ts'
import { startTextback } from '../bars/process.ts'
import { testDatabase } from '../postgres.ts'
import { freePort, until } from '../world.ts'

export type Mail = { to: string[]; subject: string; text: string }

/**
 * Textback as it stands in public: its own process and database, behind a web server that speaks https, with a mail
 * server, without the simulator, and empty. `env` comes on top.
 */
export async function startInstance(t: TestContext, env: Record<string, string> = {}) {
  const [database, port, folder, mailbox, front] = await Promise.all([
    testDatabase(),
    freePort(),
    mkdtemp(join(tmpdir(), 'textback-instance-')),
    startMailbox(t),
    startFront(t),
  ])
  atEnd(t, async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const textback = await startTextback(t, {
    port,
    databaseUrl: database.url,
    dataDir: folder,
    env: { PUBLIC_URL: front.url, SMTP_URL: mailbox.url, NODE_ENV: 'production', ...env },
  })
  front.pointAt(port)
  return { textback, database, url: front.url, mailbox }
}

/** A web server that ends TLS with a certificate of its own and passes everything on, as nginx or Caddy do. */
async function startFront(t: TestContext) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  let port = 0
  const server = createServer({ key, cert }, (asked, answer) => {
    const headers = {
      ...asked.headers,
      'x-forwarded-for': asked.socket.remoteAddress ?? '',
      'x-forwarded-proto': 'https',
    }
    const onward = request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
      answered.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  atEnd(t, () => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  })
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pointAt(appPort: number) {
      port = appPort
    },
  }
}

/** A mail server that takes everything and keeps it. */
async function startMailbox(t: TestContext) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(
          readMail(
            Buffer.concat(chunks).toString(),
            session.envelope.rcptTo.map(({ address }) => address),
          ),
        )
        done()
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  atEnd(t, () => new Promise<void>((closed) => server.close(closed)))
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    all: () => [...mails],
    /** The newest mail to this address whose subject matches; waits for it. */
    newest: (to: string, subject: RegExp): Promise<Mail> =>
      until(
        async () => mails.findLast((mail) => mail.to.includes(to) && subject.test(mail.subject)),
        `a mail to ${to} about ${subject}`,
      ),
  }
}

/** Enough of MIME for the mail that we send: one part of text, in 7bit or quoted-printable. */
function readMail(raw: string, to: string[]): Mail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers = head.replace(/\r\n[ \t]+/g, ' ')
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? ''
  const body = rest.join('\r\n\r\n')
  const text = /quoted-printable/i.test(field('content-transfer-encoding')) ? fromQuotedPrintable(body) : body
  return { to, subject: decodeWords(field('subject')), text: text.replaceAll('\r\n', '\n') }
}

const fromQuotedPrintable = (text: string) =>
  Buffer.from(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()

/** Subjects with characters beyond ASCII are sent as encoded words. */
const decodeWords = (subject: string) =>
  subject
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?(q|b)\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString()
        : fromQuotedPrintable(text.replaceAll('_', ' ')),
    )
