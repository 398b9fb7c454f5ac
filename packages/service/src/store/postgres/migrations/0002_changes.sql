-- Changes to one cart, each one call, so one round trip. They lock the cart's row first and look at the
-- lines after that: in READ COMMITTED every statement of a function sees what was committed before it
-- started, whereas the parts of one statement all keep the view from before the wait for the lock.
--
-- They answer with an outcome instead of raising an error, so several carts can be changed by one
-- statement (`from unnest(...), lateral add_lines(...)`) without one refusal undoing the others.

create function add_lines(
  p_cart_id uuid,
  p_product_ids text[], p_product_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_now bigint, p_expires_at bigint,
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  out outcome text, out new_version bigint
) language plpgsql as $$
declare
  cart carts%rowtype;
  added record;
begin
  -- "no key": the row's id stays, so this does not block the foreign key checks of other sessions.
  select * into cart from carts where cart_id = p_cart_id for no key update;
  if not found or cart.expires_at <= p_now then
    outcome := 'CART_NOT_FOUND';
    return;
  end if;
  if cart.status <> 'active' then
    outcome := 'CART_NOT_ACTIVE';
    return;
  end if;

  select max(coalesce(present.quantity, 0) + wanted.quantity) as line_quantity,
         count(*) filter (where present.quantity is null) as new_lines,
         coalesce(sum(wanted.quantity), 0) as units
    into added
    from unnest(p_product_ids, p_quantities) as wanted (product_id, quantity)
    left join cart_lines as present
           on present.cart_id = p_cart_id and present.product_id = wanted.product_id;
  outcome := case
    when added.line_quantity > p_max_line_quantity then 'LINE_QUANTITY_LIMIT'
    when cart.line_count + added.new_lines > p_max_lines then 'CART_LINES_LIMIT'
    when cart.units + added.units > p_max_units then 'CART_UNITS_LIMIT'
  end;
  if outcome is not null then
    return;
  end if;

  -- One statement for both tables: a third more adds per second than two. The name and price of a
  -- product that is already in the cart stay as they are.
  with written as (
    insert into cart_lines as line
        (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
      select p_cart_id, product_id, product_name, unit_price, quantity, p_now, p_now
        from unnest(p_product_ids, p_product_names, p_unit_prices, p_quantities)
             as wanted (product_id, product_name, unit_price, quantity)
      on conflict (cart_id, product_id) do update
        set quantity = line.quantity + excluded.quantity, updated_at = p_now
  )
  update carts
     set version = version + 1, units = units + added.units,
         line_count = line_count + added.new_lines, updated_at = p_now, expires_at = p_expires_at
   where cart_id = p_cart_id
   returning version into new_version;
  outcome := 'CHANGED';
end
$$;

create function checkout(
  p_cart_id uuid, p_now bigint,
  out outcome text, out new_version bigint
) language plpgsql as $$
declare
  cart carts%rowtype;
begin
  select * into cart from carts where cart_id = p_cart_id for no key update;
  if not found or cart.expires_at <= p_now then
    outcome := 'CART_NOT_FOUND';
  elsif cart.status <> 'active' then
    outcome := 'CART_NOT_ACTIVE';
  elsif cart.line_count = 0 then
    outcome := 'CART_EMPTY';
  else
    update carts
       set status = 'checked_out', version = version + 1, updated_at = p_now,
           ordered_at = p_now, expires_at = null
     where cart_id = p_cart_id
     returning version into new_version;
    outcome := 'CHANGED';
  end if;
end
$$;
