import { afterAll } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { describeCartStore } from './cart-store-contract.ts'

const database = await createTestDatabase()
afterAll(() => database.drop())

describeCartStore('postgres', () => openPostgresStore({ databaseUrl: database.url, migrate: true }))
