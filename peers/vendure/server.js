import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import vendure from '@vendure/core'
import cli from '@vendure/core/cli/index.js'

/** A Vendure shop with 40 products: `node server.js PORT`, with DATABASE_URL. Prints a line when it listens. */
const { bootstrap, DefaultLogger, dummyPaymentHandler, LanguageCode, LogLevel } = vendure
const PRODUCTS = 40
const url = new URL(process.env.DATABASE_URL ?? '')

// As many connections as the other carts have. Everything else is the default of Vendure.
const config = {
  apiOptions: {
    port: Number(process.argv[2]),
    hostname: '127.0.0.1',
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: 'bearer',
    superadminCredentials: { identifier: 'superadmin', password: 'local-only' },
  },
  dbConnectionOptions: {
    type: 'postgres',
    synchronize: true,
    logging: false,
    host: url.hostname,
    port: Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    extra: { max: 10 },
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
}

const shop = {
  defaultLanguage: LanguageCode.en,
  defaultZone: 'Europe',
  countries: [{ name: 'Austria', code: 'AT', zone: 'Europe' }],
  taxRates: [{ name: 'Standard Tax', percentage: 20 }],
  shippingMethods: [{ name: 'Standard', price: 500 }],
  paymentMethods: [],
  collections: [],
}

const columns =
  'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets'
const rows = Array.from({ length: PRODUCTS }, (_, i) => {
  const n = i + 1
  // The cart is measured, not the stock.
  return `Product ${n},product-${n},d,,,,,SKU${n},${n}.50,standard,1000000,false,,`
})
const csv = join(mkdtempSync(join(tmpdir(), 'vendure-')), 'products.csv')
writeFileSync(csv, `${[columns, ...rows].join('\n')}\n`)

const app = await cli.populate(() => bootstrap(config), shop, csv)
console.log('listening')
process.once('SIGTERM', () => app.close().then(() => process.exit(0)))
