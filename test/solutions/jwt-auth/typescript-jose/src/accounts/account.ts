export interface Account {
  id: string
  email: string
  name: string
  role: 'user' | 'admin'
  createdAt: Date
}

/** Addresses are the same in any case. */
export const normalizeEmail = (email: string) => email.toLowerCase()
