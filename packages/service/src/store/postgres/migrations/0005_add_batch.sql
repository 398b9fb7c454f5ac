-- Many adds in one statement. The caller has folded the adds of each cart into one; since adds only increase, what
-- passes the limits together passes them one by one in any order, so the folded add counts as many versions as it
-- has members. A cart of which anything else must be said (locked, missing, expired, not active, a key that is
-- recorded, a limit exceeded) is left as it is and not returned: its adds then go one by one through
-- `change_cart`, which alone says why an add is refused. Which keys stay is as if each add had gone through it.
--
-- Instances of the release before know nothing of this, and lose nothing: nothing that was there changes.

create function add_batch(
  p_wait boolean,            -- for the lock of each cart; otherwise locked carts are left out
  p_latest bigint,           -- the latest moment of any add, by which no cart may have expired
  -- By cart, each once: how many adds, how many of them with a key, and the moment and expiry of the last.
  p_cart_ids uuid[], p_adds bigint[], p_keys bigint[], p_nows bigint[], p_expires_ats bigint[],
  -- By cart and product: the quantity in all, name and price of the first add that brings it, when that was, and
  -- when the last was.
  p_line_cart_ids uuid[], p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_created_ats bigint[], p_updated_ats bigint[],
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  -- By key, those of one cart in order and p_keys_left at most: which add of its cart it came with, counted from 1, and
  -- when. Each would still count at the last of these moments.
  p_key_cart_ids uuid[], p_key_ids text[], p_fingerprints text[], p_key_adds bigint[], p_key_ats bigint[],
  p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint
) returns table (changed_cart_id uuid, new_version bigint) language plpgsql as $$
declare
  locked uuid[];
begin
  -- In the order of their ids, as merges do, so that nobody waits for each other.
  if p_wait then
    perform from carts where cart_id = any (p_cart_ids) order by cart_id for no key update;
  end if;
  select array_agg(mine.cart_id) into locked
    from (select cart_id from carts
           where cart_id = any (p_cart_ids) and status = 'active' and expires_at > p_latest
           order by cart_id for no key update skip locked) as mine;

  -- A new statement sees what was committed before it got its locks.
  return query
  with wanted as materialized (
    select line.*, present.quantity as present
      from unnest(p_line_cart_ids, p_product_ids, p_product_names, p_unit_prices, p_quantities,
                  p_created_ats, p_updated_ats)
           as line (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
      left join cart_lines as present
             on present.cart_id = line.cart_id and present.product_id = line.product_id
     where line.cart_id = any (locked)
  ), put as (
    select wanted.cart_id, sum(wanted.quantity)::bigint as units,
           count(*) filter (where wanted.present is null) as new_lines
      from wanted group by wanted.cart_id
    having max(coalesce(wanted.present, 0) + wanted.quantity) <= p_max_line_quantity
  ), fitting as materialized (
    select folded.*, put.units, put.new_lines, recorded.known
      from unnest(p_cart_ids, p_adds, p_keys, p_nows, p_expires_ats)
           as folded (cart_id, adds, keys, now, expires_at)
      join put on put.cart_id = folded.cart_id
      join carts as cart on cart.cart_id = folded.cart_id
      -- One aggregate for both: of a `not exists` under an `or` the planner makes a hash of the keys of all carts.
      cross join lateral (
        select count(*) as known, count(*) filter (where key.key_id = any (p_key_ids)) as repeated
          from cart_keys as key where key.cart_id = folded.cart_id and folded.keys > 0
      ) as recorded
     where cart.line_count + put.new_lines <= p_max_lines
       and cart.units + put.units <= p_max_units
       and recorded.repeated = 0
  ), written as (
    insert into cart_lines as line
        (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
      select wanted.cart_id, wanted.product_id, wanted.product_name, wanted.unit_price, wanted.quantity,
             wanted.created_at, wanted.updated_at
        from wanted join fitting on fitting.cart_id = wanted.cart_id
      on conflict (cart_id, product_id) do update
        set quantity = line.quantity + excluded.quantity, updated_at = excluded.updated_at
  ), changed as (
    update carts as cart
       set version = cart.version + fitting.adds, units = cart.units + fitting.units,
           line_count = cart.line_count + fitting.new_lines, updated_at = fitting.now,
           expires_at = fitting.expires_at, expires_hour = fitting.expires_at / 3600000
      from fitting
     where cart.cart_id = fitting.cart_id
     returning cart.cart_id, cart.version, fitting.adds
  ), full_carts as materialized (
    -- The key that finds p_most_keys before it pushes out all but the newest p_keys_left of them. Those that came just
    -- before it, fewer than p_keys_left, are the newest, so it happens once, and these are the others that stay.
    select fitting.cart_id, array(
             select key.key_id from cart_keys as key
              where key.cart_id = fitting.cart_id
                and key.at + p_key_lifetime >
                    (select pushing.at
                       from unnest(p_key_cart_ids, p_key_ats) with ordinality as pushing (cart_id, at, place)
                      where pushing.cart_id = fitting.cart_id
                      order by pushing.place offset p_most_keys - fitting.known limit 1)
              order by key.version desc limit p_keys_left - (p_most_keys - fitting.known)
           ) as staying
      from fitting
     where fitting.known + fitting.keys > p_most_keys
  ), pushed_out as (
    delete from cart_keys as key using full_carts
     where key.cart_id = full_carts.cart_id and key.key_id <> all (full_carts.staying)
  ), recorded as (
    insert into cart_keys (cart_id, key_id, fingerprint, version, at)
      select key.cart_id, key.key_id, key.fingerprint, changed.version - changed.adds + key.add, key.at
        from unnest(p_key_cart_ids, p_key_ids, p_fingerprints, p_key_adds, p_key_ats)
             as key (cart_id, key_id, fingerprint, add, at)
        join changed on changed.cart_id = key.cart_id
  )
  select changed.cart_id, changed.version from changed;
end
$$;

-- The first product in the order of the request that `change_cart` refused for LINE_QUANTITY_LIMIT; called in the
-- same transaction, while the cart is still locked.
create function exceeding_product(
  p_change text, p_cart_id uuid, p_product_ids text[], p_quantities bigint[], p_max_line_quantity bigint,
  p_from_cart_id uuid, p_strategy text
) returns text language sql volatile as $$
  select wanted.product_id
    from (select product_id, quantity, place, null as strategy
            from unnest(p_product_ids, p_quantities) with ordinality as line (product_id, quantity, place)
          union all
          select product_id, quantity, row_number() over (order by created_at, product_id collate "C"), p_strategy
            from cart_lines where cart_id = p_from_cart_id) as wanted
    left join cart_lines as present
           on present.cart_id = p_cart_id and present.product_id = wanted.product_id
   where case
           when present.quantity is null or p_change = 'set' then wanted.quantity
           when wanted.strategy = 'max' then greatest(present.quantity, wanted.quantity)
           when wanted.strategy = 'keep' then present.quantity
           else present.quantity + wanted.quantity
         end > p_max_line_quantity
   order by wanted.place limit 1
$$;
