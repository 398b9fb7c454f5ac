import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { describeCartStore } from './cart-store-contract.ts'

describeCartStore('memory', async () => openMemoryStore())
