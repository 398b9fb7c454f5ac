-- The currency of a cart belongs to its data, and no caller's clock can end a cart.
--
-- Carts and orders of the releases before get the currency of the service that applies this step
-- (`LEGACY_CURRENCY`, else `CURRENCY`). PostgreSQL keeps such a default in its catalog, so no row is written. The default
-- stays, because instances of the release before create carts without a currency until they are replaced. They call the
-- functions of 0004 and 0005, which stay too; a later release drops both.
do $$
begin
  execute format(
    'alter table carts add column currency text not null default %L, add column minor_digits smallint not null default %s',
    current_setting('pushcart.currency'), current_setting('pushcart.minor_digits')::smallint);
end
$$;

-- Milliseconds since the epoch at the start of the caller's statement. Before any wait for a lock, so it is never late.
create function database_now() returns bigint language sql stable as $$
  select floor(extract(epoch from statement_timestamp()) * 1000)::bigint
$$;

-- `change_cart` of 0004, which also
-- - refuses lines and carts in another currency,
-- - treats a cart or a key as expired only if the database's clock agrees, and
-- - never moves an expiry backwards.
create function change_cart(
  p_change text,             -- add, set, remove, empty, delete, checkout or merge
  p_cart_id uuid, p_now bigint, p_expires_at bigint,
  -- The lines of add and set; remove names one product.
  p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  p_if_version bigint[],     -- null: at any version
  p_key_id text, p_fingerprint text, p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint,
  p_from_cart_id uuid, p_strategy text, p_most_absorbed bigint,
  p_currency text, p_minor_digits smallint,   -- of the prices of the lines
  out outcome text,          -- CHANGED, REPLAYED or why not
  out new_version bigint     -- the answer's version; with PRECONDITION_FAILED the present one
) language plpgsql as $$
declare
  cart record;
  source record;
  recorded record;
  put record;
  added_at bigint[];         -- by line; null: now
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

  if p_change in ('add', 'set')
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
    -- From here on a merge sets the quantities that come of it.
    select array_agg(line.product_id), array_agg(line.product_name), array_agg(line.unit_price),
           array_agg(line.created_at),
           array_agg(case
             when present.quantity is null then line.quantity
             when p_strategy = 'sum' then present.quantity + line.quantity
             when p_strategy = 'max' then greatest(present.quantity, line.quantity)
             when p_strategy = 'keep' then present.quantity
           end)
      into p_product_ids, p_product_names, p_unit_prices, added_at, p_quantities
      from cart_lines as line
      left join cart_lines as present
             on present.cart_id = p_cart_id and present.product_id = line.product_id
     where line.cart_id = p_from_cart_id;
  end if;

  if p_change in ('add', 'set', 'merge') then
    select max(wanted.quantity + case p_change when 'add' then coalesce(present.quantity, 0) else 0 end)
             as line_quantity,
           count(*) filter (where present.quantity is null) as new_lines,
           coalesce(sum(wanted.quantity - case p_change when 'add' then 0 else coalesce(present.quantity, 0) end), 0)
             as units
      into put
      from unnest(p_product_ids, p_quantities) as wanted (product_id, quantity)
      left join cart_lines as present
             on present.cart_id = p_cart_id and present.product_id = wanted.product_id;
    outcome := case
      when put.line_quantity > p_max_line_quantity then 'LINE_QUANTITY_LIMIT'
      when cart.line_count + put.new_lines > p_max_lines then 'CART_LINES_LIMIT'
      when cart.units + put.units > p_max_units then 'CART_UNITS_LIMIT'
    end;
    if outcome is not null then
      return;
    end if;
    -- One statement for both tables: a third more adds per second than two. The name and price of a
    -- product that is already in the cart stay as they are.
    with written as (
      insert into cart_lines as line
          (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
        select p_cart_id, product_id, product_name, unit_price, quantity, coalesce(created_at, p_now), p_now
          from unnest(p_product_ids, p_product_names, p_unit_prices, p_quantities, added_at)
               as wanted (product_id, product_name, unit_price, quantity, created_at)
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

  elsif p_change = 'remove' then
    with removed as (
      delete from cart_lines where cart_id = p_cart_id and product_id = any (p_product_ids)
      returning quantity
    )
    update carts
       set version = version + 1, units = units - removed.quantity, line_count = line_count - 1,
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

-- `create_cart` of 0004 with a currency. A caller whose clock is fast cannot replace a live cart.
create function create_cart(
  p_cart_id uuid, p_customer_id text, p_now bigint, p_expires_at bigint,
  p_currency text, p_minor_digits smallint,
  out outcome text
) language plpgsql as $$
declare
  known carts%rowtype;
begin
  loop
    insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour, currency, minor_digits)
      values (p_cart_id, p_customer_id, p_now, p_now, p_expires_at, p_expires_at / 3600000, p_currency, p_minor_digits)
      on conflict (cart_id) do nothing;
    if found then
      outcome := 'CHANGED';
      return;
    end if;
    select * into known from carts where cart_id = p_cart_id for update;
    if not found then
      continue;              -- swept, or replaced by another session, while this one waited for it
    end if;
    if known.expires_at <= least(p_now, database_now()) then
      delete from carts where cart_id = p_cart_id;
      continue;
    end if;
    outcome := case when known.customer_id = p_customer_id then 'REPLAYED' else 'IDEMPOTENCY_KEY_REUSED' end;
    return;
  end loop;
end
$$;

-- `add_batch` of 0005 with the same three rules as `change_cart`.
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
  p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint,
  p_currencies text[], p_minor_digits smallint[]   -- by cart: of the prices
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
           where cart_id = any (p_cart_ids) and status = 'active' and expires_at > least(p_latest, database_now())
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
      from unnest(p_cart_ids, p_adds, p_keys, p_nows, p_expires_ats, p_currencies, p_minor_digits)
           as folded (cart_id, adds, keys, now, expires_at, currency, minor_digits)
      join put on put.cart_id = folded.cart_id
      join carts as cart on cart.cart_id = folded.cart_id
                        and cart.currency = folded.currency and cart.minor_digits = folded.minor_digits
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
           expires_at = greatest(cart.expires_at, fitting.expires_at),
           expires_hour = greatest(cart.expires_at, fitting.expires_at) / 3600000
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
