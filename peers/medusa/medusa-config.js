const { defineConfig } = require('@medusajs/framework/utils')

// Production mode, no admin pages, as many connections as the other carts have. Everything else is the default of Medusa.
const local = 'http://127.0.0.1'
module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { connection: { ssl: false }, pool: { min: 0, max: 10 } },
    http: {
      storeCors: local,
      adminCors: local,
      authCors: local,
      jwtSecret: 'local-only',
      cookieSecret: 'local-only',
    },
  },
  admin: { disable: true },
})
