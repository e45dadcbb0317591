import nodemailer from 'nodemailer'

export type Mail = { to: string; subject: string; text: string }

export type Mailer = {
  send(mail: Mail): Promise<void>
  /** Mail goes to the log only. */
  isLog?: true
}

/** Sends by SMTP. Until that is set up, mail goes to the log, where the operator finds the link in it. */
export function makeMailer(options: {
  smtpUrl: string | null
  from: string
  log: { warn(facts: object, what: string): void; error(facts: object, what: string): void }
}): Mailer {
  const { smtpUrl, from, log } = options
  if (!smtpUrl)
    return {
      isLog: true,
      send: async (mail) => log.warn({ mail }, 'SMTP_URL is not set; this mail would have been sent'),
    }
  const transport = nodemailer.createTransport(smtpUrl)
  return {
    async send(mail) {
      // Not awaited: nobody should wait for the mail server, or learn from it whether the address exists.
      transport.sendMail({ from, ...mail }).catch((error) => log.error({ err: error }, 'a mail could not be sent'))
    },
  }
}
