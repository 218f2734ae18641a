/** How servers prove who they are, and we. */
export interface TlsOptions {
  /** PEM of the authorities to trust instead of the usual ones. */
  readonly caCertificate?: string | undefined
  /** PEM of our own certificate and its key, for servers that ask for one. */
  readonly clientCertificate?: string | undefined
  /** Believes any server: whoever is between can then read the credentials, and delete; never the data. */
  readonly insecureTls?: boolean | undefined
}

/** The options of TLS among others. */
export function tlsOf({ caCertificate, clientCertificate, insecureTls }: TlsOptions): TlsOptions {
  return { caCertificate, clientCertificate, insecureTls }
}
