/** A business's account at a vendor, ready for use. */
export type Connection = {
  accountId: string
  id: string
  /** The vendor's key in `vendors/vendors.ts`. */
  kind: string
  credentials: Credentials
  /** The vendor's API, without trailing slash; null is the vendor's real address. */
  apiUrl: string | null
}

/** Decrypted, in memory only. Each vendor defines its keys (`readCredentials`). */
export type Credentials = Record<string, string>
