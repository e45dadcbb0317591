import type { Json, World } from './world.ts'

export type Browser = Awaited<ReturnType<typeof openBrowser>>

/** The HTTP side of a browser: it keeps cookies and sends its origin. */
export async function openBrowser(world: World) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const answer = await fetch(world.url + path, {
        method,
        headers: {
          ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...(method !== 'GET' && { origin: world.url }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
        if (value === '') cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, body: asJson(text) }
    },
    signIn(email: string, password: string) {
      return this.ask('POST', '/api/auth/sign-in/email', { email, password })
    },
  }
}

function asJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
