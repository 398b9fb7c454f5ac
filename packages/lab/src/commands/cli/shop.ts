/** What `--shop` takes, in the help of each command that has it. */
export const SHOP_OPTION =
  'your shop: a JSON file, a preset (startup, growing, spike, global), or values such as shoppers_per_day=200000,peak_factor=8'
