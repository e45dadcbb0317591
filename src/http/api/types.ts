import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { World } from '../../actions/world.ts'
import type { SecretBox } from '../../store/secrets.ts'

/** The app as the API's modules use it: zod shapes type bodies and answers. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>

export type ApiWorld = { world: World; secrets: SecretBox; allowApiUrl: boolean; simulator: boolean }
