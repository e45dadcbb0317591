/** A business's account at a vendor, ready for use. */
export type Connection = {
  accountId: string
  id: string
  /** Which vendor it is at: the key of `vendors/vendors.ts`. */
  kind: string
  credentials: Credentials
  /** The vendor's API, without trailing slash; null is the vendor's real address. */
  apiUrl: string | null
}

/** Decrypted, in memory only. Which keys there are is each vendor's own business (`readCredentials`). */
export type Credentials = Record<string, string>
