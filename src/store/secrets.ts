import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

/** Encrypts what must not be read from a stolen database: AES-256-GCM, with the key outside of the database. */
export type SecretBox = {
  seal(plain: Record<string, string>, context: string): Buffer
  /** Throws when the bytes were encrypted with another key or for another context, or were changed. */
  open(sealed: Buffer, context: string): Record<string, string>
}

const NONCE = 12
const TAG = 16

/** `key` is any long random string. `context` is the row: a value cannot be moved to another one. */
export function secretBox(key: string): SecretBox {
  const aesKey = createHash('sha256').update('textback secrets\0').update(key).digest()
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', aesKey, nonce).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    },
    open(sealed, context) {
      // Without the length Node.js accepts a shortened tag.
      const decipher = createDecipheriv('aes-256-gcm', aesKey, sealed.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
      const text = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()])
      return JSON.parse(text.toString('utf8'))
    },
  }
}

/** The key of sign-in, which signs its cookies and encrypts second factors; made from the secret key. */
export const signInKey = (key: string): string => createHmac('sha256', key).update('textback sessions').digest('base64')
