const { ProductStatus } = require('@medusajs/framework/utils')
const flows = require('@medusajs/medusa/core-flows')

const PRODUCTS = 40

/** A shop with one region, one sales channel and 40 products. Prints the publishable key of the channel. */
module.exports.default = async function seed({ container }) {
  const run = async (name, input) => (await flows[name](container).run({ input })).result
  const [channel] = await run('createSalesChannelsWorkflow', {
    salesChannelsData: [{ name: 'Shop' }],
  })
  await run('createRegionsWorkflow', {
    regions: [{ name: 'Europe', currency_code: 'eur', countries: ['at'] }],
  })
  const [key] = await run('createApiKeysWorkflow', {
    api_keys: [{ title: 'Shop', type: 'publishable', created_by: '' }],
  })
  await run('linkSalesChannelsToApiKeyWorkflow', { id: key.id, add: [channel.id] })
  const [profile] = await run('createShippingProfilesWorkflow', {
    data: [{ name: 'Default', type: 'default' }],
  })
  await run('createProductsWorkflow', {
    products: Array.from({ length: PRODUCTS }, (_, i) => ({
      title: `Product ${i + 1}`,
      status: ProductStatus.PUBLISHED,
      shipping_profile_id: profile.id,
      options: [{ title: 'Kind', values: ['One'] }],
      variants: [
        {
          title: 'One',
          sku: `SKU${i + 1}`,
          // The cart is measured, not the stock.
          manage_inventory: false,
          options: { Kind: 'One' },
          prices: [{ amount: i + 1, currency_code: 'eur' }],
        },
      ],
      sales_channels: [{ id: channel.id }],
    })),
  })
  console.log(`publishable key: ${key.token}`)
}
