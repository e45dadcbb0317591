/** Fastify prints its routes as a tree of path pieces: `│   ├── umbers (GET, HEAD, POST)`. */
export function routesIn(printed: string): string[] {
  const routes: string[] = []
  let pieces: string[] = []
  for (const line of printed.split('\n')) {
    const node = /^((?:│ {3}| {4})*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (!node) continue
    const [, indent, piece, methods] = node
    pieces = [...pieces.slice(0, indent!.length / 4), piece!]
    for (const method of methods?.split(', ') ?? []) if (method !== 'HEAD') routes.push(`${method} ${pieces.join('')}`)
  }
  return routes
}
