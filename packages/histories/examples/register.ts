import { checkLinearizable, type RegisterOperation, register } from '@pushcart/histories'

// Two processes on one register. Times may come from any clock; Infinity stands for a lost response.
const operations: RegisterOperation[] = [
  { process: 'a', f: 'write', value: 1, call: 0, end: 10 },
  { process: 'b', f: 'write', value: 2, call: 5, end: Infinity },
  { process: 'a', f: 'read', value: 2, call: 12, end: 20 },
  { process: 'a', f: 'read', value: 1, call: 22, end: 30 },
]

const { verdict, partitions } = checkLinearizable(operations, register())
console.log(verdict) // illegal: once 2 was read, 1 cannot come back
for (const { counterexample } of partitions) {
  for (const { process, f, value } of counterexample) console.log(process, f, value)
}
