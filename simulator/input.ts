/** A wrong request to the control API. The message says what to do. */
export class Mistake extends Error {
  status: number
  field: string | undefined

  constructor(status: number, message: string, field?: string) {
    super(message)
    this.status = status
    this.field = field
  }
}

/** Reads the fields of a JSON object and names a wrong one. `absent` is the value of a field that is not there. */
export class Input {
  #object: Record<string, unknown>
  #path: string

  constructor(value: unknown, path = '') {
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      throw new Mistake(400, `${path || 'The body'} must be a JSON object.`, path)
    }
    this.#object = (value ?? {}) as Record<string, unknown>
    this.#path = path
  }

  text<T extends string | null = never>(field: string, absent?: T): string | T {
    const value = this.#object[field] ?? undefined
    if (value === undefined && absent !== undefined) return absent
    if (typeof value !== 'string') throw this.#wrong(field, 'must be a text')
    return value
  }

  texts(field: string): string[] {
    const value = this.#object[field] ?? []
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw this.#wrong(field, 'must be texts')
    return value as string[]
  }

  number(field: string, low: number, high: number, absent?: number): number {
    const value = this.#object[field] ?? absent
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      throw this.#wrong(field, `must be a number from ${low} to ${high}`)
    }
    return value
  }

  range(field: string, absent: [number, number]): [number, number] {
    const value = this.#object[field] ?? absent
    if (!Array.isArray(value) || value.length !== 2 || !(value[0] >= 0) || !(value[1] >= value[0])) {
      throw this.#wrong(field, 'must be [smallest, largest]')
    }
    return [value[0], value[1]]
  }

  flag(field: string, absent: boolean): boolean {
    const value = this.#object[field] ?? absent
    if (typeof value !== 'boolean') throw this.#wrong(field, 'must be true or false')
    return value
  }

  oneOf<T extends string>(field: string, choices: readonly T[], absent?: T): T {
    const value = this.#object[field] ?? absent
    const choice = choices.find((one) => one === value)
    if (!choice) throw this.#wrong(field, `must be one of: ${choices.join(', ')}`)
    return choice
  }

  list(field: string): Input[] {
    const value = this.#object[field] ?? []
    if (!Array.isArray(value)) throw this.#wrong(field, 'must be a list')
    return value.map((one, i) => new Input(one, `${this.#path}${field}[${i}].`))
  }

  has(field: string): boolean {
    return (this.#object[field] ?? null) !== null
  }

  /** The field with its path in the body, as errors name it. */
  name(field: string): string {
    return this.#path + field
  }

  #wrong(field: string, rule: string): Mistake {
    return new Mistake(400, `${this.name(field)} ${rule}.`, this.name(field))
  }
}
