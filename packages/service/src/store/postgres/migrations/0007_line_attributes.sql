-- Lines with attributes, and limits that only bound what grows.
--
-- `cart_lines.product_id` is the key of a line (`src/cart/line-key.ts`): the id of the product, and for a line with attributes a
-- line break and their JSON behind it. So every row from before stays as it is, the primary key still finds a line and all
-- lines of a cart, and adds (`add_batch` of 0006) need not know of attributes. A separate column in the primary key would
-- rewrite the table, and the functions that instances of the release before call would no longer find their key. Those
-- instances read such a line as one of an unknown product: replace all of them before clients send attributes.
comment on column cart_lines.product_id is
  'key of the line: id of the product; for a line with attributes, a line break and their JSON follow. split_part(product_id, chr(10), 1) is the product';

-- `change_cart` of 0006, which also
-- - refuses only what makes a line or the cart larger when it is beyond a limit,
-- - lowers a line whatever is sold now: without a name (p_product_names is null) it is all that `set` can do,
-- - removes one line (remove_line) or all lines of a product (remove),
-- - replaces all lines by those that the caller derived from the lines at version p_if_version (replace), and
-- - names the line that is beyond its limit, so that nothing need be read for it.
create function change_cart(
  p_change text,             -- add, set, remove, remove_line, replace, empty, delete, checkout or merge
  p_cart_id uuid, p_now bigint, p_expires_at bigint,
  -- The lines of add, set and replace; remove names a product, remove_line a line.
  p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  p_if_version bigint[],     -- null: at any version
  p_key_id text, p_fingerprint text, p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint,
  p_from_cart_id uuid, p_strategy text, p_most_absorbed bigint,
  p_currency text, p_minor_digits smallint,   -- of the prices of the lines
  p_created_ats bigint[], p_updated_ats bigint[],   -- of the lines of replace
  out outcome text,          -- CHANGED, REPLAYED or why not
  out new_version bigint,    -- the answer's version; with PRECONDITION_FAILED the present one
  out exceeding text         -- with LINE_QUANTITY_LIMIT: the key of the first line beyond it
) language plpgsql as $$
declare
  cart record;
  source record;
  recorded record;
  put record;
  added_at bigint[];         -- by line; null: now
  is_lowered boolean := false;
  -- A cart or a key has expired if the clocks of the caller and of the database both say so.
  moment constant bigint := least(p_now, database_now());
begin
  -- "no key": the row's id stays, so this does not block the foreign key checks of other sessions.
  if p_change = 'merge' then
    -- Always in the order of their ids, so opposite merges wait for each other instead of deadlocking.
    perform from carts where cart_id in (p_cart_id, p_from_cart_id) order by cart_id for no key update;
    select cart_id, status, merged_into, expires_at, currency, minor_digits into source
      from carts where cart_id = p_from_cart_id;
  end if;
  -- Naming the columns is quicker than taking them all.
  select version, status, units, line_count, expires_at, currency, minor_digits into cart
    from carts where cart_id = p_cart_id for no key update;
  if not found or cart.expires_at <= moment then
    outcome := 'CART_NOT_FOUND';
    return;
  end if;
  if p_key_id is not null then
    select version, fingerprint into recorded from cart_keys
     where cart_id = p_cart_id and key_id = p_key_id and moment < at + p_key_lifetime;
    if found then
      outcome := case when recorded.fingerprint = p_fingerprint then 'REPLAYED' else 'IDEMPOTENCY_KEY_REUSED' end;
      new_version := recorded.version;
      return;
    end if;
  end if;
  if cart.status = 'deleted' then
    outcome := 'CART_NOT_FOUND';
    return;
  end if;
  if p_change = 'merge' then
    perform from cart_merges where cart_id = p_cart_id and from_cart_id = p_from_cart_id;
    if found then
      outcome := 'REPLAYED';
      new_version := cart.version;
      return;
    end if;
    if source.cart_id is null or source.expires_at <= moment or source.status = 'deleted' then
      outcome := 'SOURCE_NOT_FOUND';
      return;
    end if;
  end if;
  if cart.status <> 'active' then
    outcome := 'CART_NOT_ACTIVE';
    return;
  end if;
  if not cart.version = any (p_if_version) then
    outcome := 'PRECONDITION_FAILED';
    new_version := cart.version;
    return;
  end if;

  if p_change = 'set' then
    -- Fewer or as many units bring no price into the cart.
    perform from cart_lines
      where cart_id = p_cart_id and product_id = p_product_ids[1] and quantity >= p_quantities[1];
    is_lowered := found;
    if not is_lowered and p_product_names is null then
      outcome := 'PRODUCT_NOT_FOUND';
      return;
    end if;
  end if;
  if (p_change = 'add' or p_change = 'set' and not is_lowered)
     and (cart.currency, cart.minor_digits) is distinct from (p_currency, p_minor_digits) then
    outcome := 'CURRENCY_MISMATCH';
    return;
  end if;

  if p_change = 'merge' then
    -- A source merged into an earlier cart of this id, one that expired and was replaced, joins again; it is empty.
    if source.status <> 'active' and source.merged_into is distinct from p_cart_id then
      outcome := 'CART_NOT_ACTIVE';
      return;
    end if;
    if (cart.currency, cart.minor_digits) is distinct from (source.currency, source.minor_digits) then
      outcome := 'CURRENCY_MISMATCH';
      return;
    end if;
    if (select count(*) from cart_merges where cart_id = p_cart_id) >= p_most_absorbed then
      outcome := 'CART_MERGES_LIMIT';
      return;
    end if;
    -- From here on a merge sets the quantities that come of it, in the order of the lines (`compareLines`).
    select array_agg(line.product_id order by line.created_at, line.product_id collate "C"),
           array_agg(line.product_name order by line.created_at, line.product_id collate "C"),
           array_agg(line.unit_price order by line.created_at, line.product_id collate "C"),
           array_agg(line.created_at order by line.created_at, line.product_id collate "C"),
           array_agg(case
             when present.quantity is null then line.quantity
             when p_strategy = 'sum' then present.quantity + line.quantity
             when p_strategy = 'max' then greatest(present.quantity, line.quantity)
             when p_strategy = 'keep' then present.quantity
           end order by line.created_at, line.product_id collate "C")
      into p_product_ids, p_product_names, p_unit_prices, added_at, p_quantities
      from cart_lines as line
      left join cart_lines as present
             on present.cart_id = p_cart_id and present.product_id = line.product_id
     where line.cart_id = p_from_cart_id;
  end if;

  if p_change in ('add', 'set', 'merge') then
    -- Only what grows is compared with the limits.
    select count(*) filter (where wanted.present is null) as new_lines,
           coalesce(sum(wanted.growth), 0) as units,
           (array_agg(wanted.line order by wanted.place)
             filter (where wanted.growth > 0 and wanted.growth + coalesce(wanted.present, 0) > p_max_line_quantity))[1]
             as exceeding
      into put
      from (select line.product_id as line, line.place, present.quantity as present,
                   line.quantity - case p_change when 'add' then 0 else coalesce(present.quantity, 0) end as growth
              from unnest(p_product_ids, p_quantities) with ordinality as line (product_id, quantity, place)
              left join cart_lines as present
                     on present.cart_id = p_cart_id and present.product_id = line.product_id) as wanted;
    exceeding := put.exceeding;
    outcome := case
      when put.exceeding is not null then 'LINE_QUANTITY_LIMIT'
      when put.new_lines > 0 and cart.line_count + put.new_lines > p_max_lines then 'CART_LINES_LIMIT'
      when put.units > 0 and cart.units + put.units > p_max_units then 'CART_UNITS_LIMIT'
    end;
    if outcome is not null then
      return;
    end if;
    -- One statement for both tables: a third more adds per second than two. The name and price of a
    -- product that is already in the cart stay as they are.
    with lowered as (
      update cart_lines set quantity = p_quantities[1], updated_at = p_now
       where is_lowered and cart_id = p_cart_id and product_id = p_product_ids[1]
    ), written as (
      insert into cart_lines as line
          (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
        select p_cart_id, product_id, product_name, unit_price, quantity, coalesce(created_at, p_now), p_now
          from unnest(p_product_ids, p_product_names, p_unit_prices, p_quantities, added_at)
               as wanted (product_id, product_name, unit_price, quantity, created_at)
         where not is_lowered
        on conflict (cart_id, product_id) do update
          set quantity = excluded.quantity + case p_change when 'add' then line.quantity else 0 end,
              updated_at = p_now
          where p_change <> 'merge' or line.quantity <> excluded.quantity
    )
    update carts
       set version = version + 1, units = units + put.units,
           line_count = line_count + put.new_lines, updated_at = p_now,
           expires_at = greatest(expires_at, p_expires_at),
           expires_hour = greatest(expires_at, p_expires_at) / 3600000
     where cart_id = p_cart_id
     returning version into new_version;

  elsif p_change in ('remove', 'remove_line') then
    with deleted as (
      delete from cart_lines
       where cart_id = p_cart_id
         and (product_id = p_product_ids[1]
              or p_change = 'remove' and starts_with(product_id, p_product_ids[1] || chr(10)))
      returning quantity
    ), removed as (
      select count(*) as lines, sum(quantity) as quantity from deleted having count(*) > 0
    )
    update carts
       set version = version + 1, units = units - removed.quantity, line_count = line_count - removed.lines,
           updated_at = p_now,
           expires_at = greatest(expires_at, p_expires_at),
           expires_hour = greatest(expires_at, p_expires_at) / 3600000
      from removed
     where cart_id = p_cart_id
     returning version into new_version;
    if not found then
      outcome := 'LINE_NOT_FOUND';
      return;
    end if;

  elsif p_change = 'replace' then
    with gone as (
      delete from cart_lines where cart_id = p_cart_id and product_id <> all (p_product_ids)
    ), written as (
      insert into cart_lines as line
          (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
        select p_cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at
          from unnest(p_product_ids, p_product_names, p_unit_prices, p_quantities, p_created_ats, p_updated_ats)
               as wanted (product_id, product_name, unit_price, quantity, created_at, updated_at)
        on conflict (cart_id, product_id) do update
          set unit_price = excluded.unit_price, quantity = excluded.quantity, updated_at = excluded.updated_at
          where (line.unit_price, line.quantity, line.updated_at)
                is distinct from (excluded.unit_price, excluded.quantity, excluded.updated_at)
    )
    update carts
       set version = version + 1,
           units = (select coalesce(sum(quantity), 0) from unnest(p_quantities) as line (quantity)),
           line_count = cardinality(p_product_ids), updated_at = p_now,
           expires_at = greatest(expires_at, p_expires_at),
           expires_hour = greatest(expires_at, p_expires_at) / 3600000
     where cart_id = p_cart_id
     returning version into new_version;

  elsif p_change in ('empty', 'delete') then
    delete from cart_lines where cart_id = p_cart_id;
    update carts
       set version = version + 1, units = 0, line_count = 0, updated_at = p_now,
           expires_at = greatest(expires_at, p_expires_at),
           expires_hour = greatest(expires_at, p_expires_at) / 3600000,
           status = case p_change when 'delete' then 'deleted' else status end
     where cart_id = p_cart_id
     returning version into new_version;

  elsif p_change = 'checkout' then
    if cart.line_count = 0 then
      outcome := 'CART_EMPTY';
      return;
    end if;
    update carts
       set version = version + 1, updated_at = p_now, expires_at = null,
           status = 'checked_out', ordered_at = p_now
     where cart_id = p_cart_id
     returning version into new_version;

  else
    raise exception 'no such change: %', p_change;
  end if;

  if p_change = 'merge' then
    insert into cart_merges (cart_id, from_cart_id) values (p_cart_id, p_from_cart_id);
    delete from cart_lines where cart_id = p_from_cart_id;
    update carts
       set version = version + 1, units = 0, line_count = 0, updated_at = p_now,
           expires_at = greatest(expires_at, p_expires_at),
           expires_hour = greatest(expires_at, p_expires_at) / 3600000,
           status = 'merged', merged_into = p_cart_id
     where cart_id = p_from_cart_id and status = 'active';
  end if;

  if p_key_id is not null then
    -- One of the same id can only be here if it has grown too old.
    if (select count(*) from cart_keys where cart_id = p_cart_id and key_id <> p_key_id) >= p_most_keys then
      delete from cart_keys
       where cart_id = p_cart_id
         and key_id not in (select key_id from cart_keys
                             where cart_id = p_cart_id and moment < at + p_key_lifetime
                             order by version desc limit p_keys_left);
    end if;
    insert into cart_keys (cart_id, key_id, fingerprint, version, at)
      values (p_cart_id, p_key_id, p_fingerprint, new_version, p_now)
      on conflict (cart_id, key_id) do update
        set fingerprint = excluded.fingerprint, version = excluded.version, at = excluded.at;
  end if;
  outcome := 'CHANGED';
end
$$;
