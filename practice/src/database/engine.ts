/** The two databases that hold a practice's records: embedded, in SQLCipher's format, and PostgreSQL. */
export type Engine = 'sqlite' | 'postgresql'
