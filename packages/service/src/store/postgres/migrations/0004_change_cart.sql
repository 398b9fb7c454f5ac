-- All changes of carts, each one call, so one round trip. `src/cart/rules.ts`, `merge.ts` and `idempotency.ts` are
-- the same in TypeScript; the property test in test/contract compares the two.
--
-- A change locks the cart's row first and looks at everything else after that: in READ COMMITTED every
-- statement of a function sees what was committed before it started, whereas the parts of one statement
-- all keep the view from before the wait for the lock.
--
-- They answer with an outcome instead of raising an error, so several carts can be changed by one
-- statement (`from unnest(...), lateral change_cart(...)`) without one refusal undoing the others.

create function change_cart(
  p_change text,             -- add, set, remove, empty, delete, checkout or merge
  p_cart_id uuid, p_now bigint, p_expires_at bigint,
  -- The lines of add and set; remove names one product.
  p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  p_if_version bigint[],     -- null: at any version
  p_key_id text, p_fingerprint text, p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint,
  p_from_cart_id uuid, p_strategy text, p_most_absorbed bigint,
  out outcome text,          -- CHANGED, REPLAYED or why not
  out new_version bigint     -- the answer's version; with PRECONDITION_FAILED the present one
) language plpgsql as $$
declare
  cart record;
  source record;
  recorded record;
  put record;
  added_at bigint[];         -- by line; null: now
begin
  -- "no key": the row's id stays, so this does not block the foreign key checks of other sessions.
  if p_change = 'merge' then
    -- Always in the order of their ids, so opposite merges wait for each other instead of deadlocking.
    perform from carts where cart_id in (p_cart_id, p_from_cart_id) order by cart_id for no key update;
    select cart_id, status, merged_into, expires_at into source from carts where cart_id = p_from_cart_id;
  end if;
  -- Naming the columns is quicker than taking them all.
  select version, status, units, line_count, expires_at into cart
    from carts where cart_id = p_cart_id for no key update;
  if not found or cart.expires_at <= p_now then
    outcome := 'CART_NOT_FOUND';
    return;
  end if;
  if p_key_id is not null then
    select version, fingerprint into recorded from cart_keys
     where cart_id = p_cart_id and key_id = p_key_id and p_now < at + p_key_lifetime;
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
    if source.cart_id is null or source.expires_at <= p_now or source.status = 'deleted' then
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

  if p_change = 'merge' then
    -- A source merged into an earlier cart of this id, one that expired and was replaced, joins again; it is empty.
    if source.status <> 'active' and source.merged_into is distinct from p_cart_id then
      outcome := 'CART_NOT_ACTIVE';
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
           expires_at = p_expires_at, expires_hour = p_expires_at / 3600000
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
           expires_at = p_expires_at, expires_hour = p_expires_at / 3600000
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
           expires_at = p_expires_at, expires_hour = p_expires_at / 3600000,
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
           expires_at = p_expires_at, expires_hour = p_expires_at / 3600000,
           status = 'merged', merged_into = p_cart_id
     where cart_id = p_from_cart_id and status = 'active';
  end if;

  if p_key_id is not null then
    -- One of the same id can only be here if it has grown too old.
    if (select count(*) from cart_keys where cart_id = p_cart_id and key_id <> p_key_id) >= p_most_keys then
      delete from cart_keys
       where cart_id = p_cart_id
         and key_id not in (select key_id from cart_keys
                             where cart_id = p_cart_id and p_now < at + p_key_lifetime
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

create function create_cart(
  p_cart_id uuid, p_customer_id text, p_now bigint, p_expires_at bigint,
  out outcome text
) language plpgsql as $$
declare
  known carts%rowtype;
begin
  loop
    insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour)
      values (p_cart_id, p_customer_id, p_now, p_now, p_expires_at, p_expires_at / 3600000)
      on conflict (cart_id) do nothing;
    if found then
      outcome := 'CHANGED';
      return;
    end if;
    select * into known from carts where cart_id = p_cart_id for update;
    if not found then
      continue;              -- swept, or replaced by another session, while this one waited for it
    end if;
    if known.expires_at <= p_now then
      delete from carts where cart_id = p_cart_id;
      continue;
    end if;
    outcome := case when known.customer_id = p_customer_id then 'REPLAYED' else 'IDEMPOTENCY_KEY_REUSED' end;
    return;
  end loop;
end
$$;

-- The two functions of 0002, which instances of the release before still call while a new one is rolled out.
create or replace function add_lines(
  p_cart_id uuid,
  p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_now bigint, p_expires_at bigint,
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  out outcome text, out new_version bigint
) language sql as $$
  select * from change_cart('add', p_cart_id, p_now, p_expires_at,
    p_product_ids, p_product_names, p_unit_prices, p_quantities,
    p_max_line_quantity, p_max_lines, p_max_units,
    null, null, null, null, null, null, null, null, null)
$$;

create or replace function checkout(
  p_cart_id uuid, p_now bigint,
  out outcome text, out new_version bigint
) language sql as $$
  select * from change_cart('checkout', p_cart_id, p_now, null,
    null, null, null, null, null, null, null,
    null, null, null, null, null, null, null, null, null)
$$;
