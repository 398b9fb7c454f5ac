-- The functions of the document layout, in which a cart's lines are in its row. `layouts/to-document.sql` gives a database
-- that layout and `layouts/to-rows.sql` takes it away; until then these functions have nothing to work on. The columns:
--
--   line_keys     what identifies each line, in the order in which they came; null for a cart without lines
--   line_names    by line: the name of the product
--   line_numbers  by line, four numbers: unit price, quantity, created_at, updated_at
--
-- Four numbers in one array, because an add then changes one stretch of the row, and the log keeps only the stretch from the
-- first changed byte to the last. Arrays, because jsonb takes a fifth to the double of the time of an add and its log at 5
-- lines is as long (docs/performance.md). Idempotency keys and merges stay in their tables: keys of up to 2 KB in the row
-- would be copied by every change.

-- The lines of a document as rows, for people and conversions. Inlined into the query that calls it.
create function document_lines(p_line_keys text[], p_line_names text[], p_line_numbers bigint[])
returns table (product_id text, product_name text, unit_price bigint, quantity bigint, created_at bigint, updated_at bigint)
language sql immutable as $$
  select line.key, line.name, p_line_numbers[4 * place - 3], p_line_numbers[4 * place - 2],
         p_line_numbers[4 * place - 1], p_line_numbers[4 * place]
    from unnest(p_line_keys, p_line_names) with ordinality as line (key, name, place)
$$;

-- The document with these quantities added, and how much that is. Name and price of a line that is there stay.
create function add_to_document(
  inout line_keys text[], inout line_names text[], inout line_numbers bigint[],
  p_line_keys text[], p_line_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_created_ats bigint[], p_updated_ats bigint[],
  out units bigint,          -- that are added
  out largest bigint         -- the largest quantity of these lines afterwards
) language plpgsql immutable as $$
declare
  place integer;
begin
  units := 0;
  largest := 0;
  for i in 1 .. cardinality(p_line_keys) loop
    place := array_position(line_keys, p_line_keys[i]);
    if place is null then
      line_keys := line_keys || p_line_keys[i];
      line_names := line_names || p_line_names[i];
      line_numbers := line_numbers || array[p_unit_prices[i], p_quantities[i], p_created_ats[i], p_updated_ats[i]];
      place := cardinality(line_keys);
    else
      line_numbers[4 * place - 2] := line_numbers[4 * place - 2] + p_quantities[i];
      line_numbers[4 * place] := p_updated_ats[i];
    end if;
    units := units + p_quantities[i];
    largest := greatest(largest, line_numbers[4 * place - 2]);
  end loop;
end
$$;

-- `add_batch` for documents: the same parameters, the same carts left undone.
create function add_documents(
  p_wait boolean, p_latest bigint,
  p_cart_ids uuid[], p_adds bigint[], p_keys bigint[], p_nows bigint[], p_expires_ats bigint[],
  p_line_cart_ids uuid[], p_line_keys text[], p_line_names text[], p_unit_prices bigint[], p_quantities bigint[],
  p_created_ats bigint[], p_updated_ats bigint[],
  p_max_line_quantity bigint, p_max_lines bigint, p_max_units bigint,
  p_key_cart_ids uuid[], p_key_ids text[], p_fingerprints text[], p_key_adds bigint[], p_key_ats bigint[],
  p_key_lifetime bigint, p_most_keys bigint, p_keys_left bigint,
  p_currencies text[], p_minor_digits smallint[]
) returns table (changed_cart_id uuid, new_version bigint) language plpgsql as $$
declare
  locked uuid[];
  has_keys constant boolean := cardinality(p_key_ids) > 0;
  changed_ids uuid[];
  new_versions bigint[];
begin
  -- In the order of their ids, as merges do, so that nobody waits for each other.
  if p_wait then
    perform from carts where cart_id = any (p_cart_ids) order by cart_id for no key update;
  end if;
  select array_agg(mine.cart_id) into locked
    from (select cart_id from carts
           where cart_id = any (p_cart_ids) and status = 'active' and expires_at > least(p_latest, database_now())
           order by cart_id for no key update skip locked) as mine;
  if has_keys then
    locked := array(
      select mine.id from unnest(locked) as mine (id)
       where not exists (select from cart_keys where cart_id = mine.id and key_id = any (p_key_ids)));
  end if;

  -- The rows are locked, and a new statement sees what was committed before. Still, nothing below takes a place in an array
  -- from another reading of the row than the one that it changes.
  if p_line_cart_ids = p_cart_ids then
    -- One line per cart, as a rule: in place, a quarter of the time of the general way.
    with changed as (
      update carts as cart
         set version = cart.version + added.adds, units = cart.units + added.quantity, updated_at = added.now,
             expires_at = greatest(cart.expires_at, added.expires_at),
             expires_hour = greatest(cart.expires_at, added.expires_at) / 3600000,
             line_count = cart.line_count + (array_position(cart.line_keys, added.key) is null)::integer,
             line_keys = case when array_position(cart.line_keys, added.key) is null
                              then cart.line_keys || added.key else cart.line_keys end,
             line_names = case when array_position(cart.line_keys, added.key) is null
                               then cart.line_names || added.name else cart.line_names end,
             line_numbers[coalesce(4 * array_position(cart.line_keys, added.key) - 3, 4 * cart.line_count + 1)
                          : coalesce(4 * array_position(cart.line_keys, added.key), 4 * cart.line_count + 4)] = array[
               coalesce(cart.line_numbers[4 * array_position(cart.line_keys, added.key) - 3], added.unit_price),
               coalesce(cart.line_numbers[4 * array_position(cart.line_keys, added.key) - 2], 0) + added.quantity,
               coalesce(cart.line_numbers[4 * array_position(cart.line_keys, added.key) - 1], added.created_at),
               added.updated_at]
        from unnest(p_cart_ids, p_adds, p_nows, p_expires_ats, p_currencies, p_minor_digits,
                    p_line_keys, p_line_names, p_unit_prices, p_quantities, p_created_ats, p_updated_ats)
             as added (cart_id, adds, now, expires_at, currency, minor_digits,
                       key, name, unit_price, quantity, created_at, updated_at)
       where cart.cart_id = added.cart_id and added.cart_id = any (locked)
         and cart.currency = added.currency and cart.minor_digits = added.minor_digits
         and coalesce(cart.line_numbers[4 * array_position(cart.line_keys, added.key) - 2], 0) + added.quantity
             <= p_max_line_quantity
         and cart.line_count + (array_position(cart.line_keys, added.key) is null)::integer <= p_max_lines
         and cart.units + added.quantity <= p_max_units
      returning cart.cart_id, cart.version
    )
    select array_agg(changed.cart_id), array_agg(changed.version) into changed_ids, new_versions from changed;
  else
    with lines as materialized (
      select line.cart_id, array_agg(line.key) as keys, array_agg(line.name) as names,
             array_agg(line.unit_price) as unit_prices, array_agg(line.quantity) as quantities,
             array_agg(line.created_at) as created_ats, array_agg(line.updated_at) as updated_ats
        from unnest(p_line_cart_ids, p_line_keys, p_line_names, p_unit_prices, p_quantities, p_created_ats, p_updated_ats)
             as line (cart_id, key, name, unit_price, quantity, created_at, updated_at)
       where line.cart_id = any (locked) group by line.cart_id
    ), put as materialized (
      select added.*, document.*
        from unnest(p_cart_ids, p_adds, p_nows, p_expires_ats, p_currencies, p_minor_digits)
             as added (cart_id, adds, now, new_expires_at, currency, minor_digits)
        join lines on lines.cart_id = added.cart_id
        join carts as cart on cart.cart_id = added.cart_id
                          and cart.currency = added.currency and cart.minor_digits = added.minor_digits
       cross join lateral add_to_document(
               cart.line_keys, cart.line_names, cart.line_numbers, lines.keys, lines.names, lines.unit_prices,
               lines.quantities, lines.created_ats, lines.updated_ats) as document
    ), changed as (
      update carts as cart
         set version = cart.version + put.adds, units = cart.units + put.units, updated_at = put.now,
             expires_at = greatest(cart.expires_at, put.new_expires_at),
             expires_hour = greatest(cart.expires_at, put.new_expires_at) / 3600000,
             line_count = cardinality(put.line_keys),
             line_keys = put.line_keys, line_names = put.line_names, line_numbers = put.line_numbers
        from put
       where cart.cart_id = put.cart_id and put.largest <= p_max_line_quantity
         and cardinality(put.line_keys) <= p_max_lines and cart.units + put.units <= p_max_units
      returning cart.cart_id, cart.version
    )
    select array_agg(changed.cart_id), array_agg(changed.version) into changed_ids, new_versions from changed;
  end if;

  if has_keys then
    -- The key that finds p_most_keys pushes out all but the newest p_keys_left; see `add_batch`.
    delete from cart_keys as key
     using (
       select folded.cart_id, folded.keys,
              (select count(*) from cart_keys as known where known.cart_id = folded.cart_id) as known
         from unnest(p_cart_ids, p_keys) as folded (cart_id, keys)
        where folded.cart_id = any (changed_ids) and folded.keys > 0
     ) as cart
     where key.cart_id = cart.cart_id and cart.known + cart.keys > p_most_keys
       and key.key_id <> all (array(
             select kept.key_id from cart_keys as kept
              where kept.cart_id = cart.cart_id
                and kept.at + p_key_lifetime >
                    (select pushing.at
                       from unnest(p_key_cart_ids, p_key_ats) with ordinality as pushing (cart_id, at, place)
                      where pushing.cart_id = cart.cart_id
                      order by pushing.place offset p_most_keys - cart.known limit 1)
              order by kept.version desc limit p_keys_left - (p_most_keys - cart.known)));
    insert into cart_keys (cart_id, key_id, fingerprint, version, at)
      select key.cart_id, key.key_id, key.fingerprint, changed.version - folded.adds + key.add, key.at
        from unnest(p_key_cart_ids, p_key_ids, p_fingerprints, p_key_adds, p_key_ats)
             as key (cart_id, key_id, fingerprint, add, at)
        join unnest(changed_ids, new_versions) as changed (cart_id, version) on changed.cart_id = key.cart_id
        join unnest(p_cart_ids, p_adds) as folded (cart_id, adds) on folded.cart_id = key.cart_id;
  end if;
  return query select * from unnest(changed_ids, new_versions);
end
$$;

-- Writes a document that was read, changed by the rules of `cart/rules.ts`, and has not changed since, as its version and the
-- time of its creation show; with the source of a merge, both documents or neither. Returns whether it did.
create function write_document(
  p_cart_id uuid, p_created_at bigint, p_version bigint,
  p_new_version bigint, p_status cart_status, p_updated_at bigint, p_expires_at bigint, p_ordered_at bigint,
  p_line_keys text[], p_line_names text[], p_line_numbers bigint[], p_units bigint,
  p_key_id text, p_fingerprint text, p_forgotten text[],     -- the key to record; the keys that it pushes out
  p_from_cart_id uuid, p_from_created_at bigint, p_from_version bigint,
  p_from_new_version bigint, p_from_updated_at bigint, p_from_expires_at bigint
) returns boolean language plpgsql as $$
begin
  if p_from_cart_id is not null then
    -- In the order of their ids, so that opposite merges wait for each other instead of deadlocking.
    perform from carts where cart_id in (p_cart_id, p_from_cart_id) order by cart_id for no key update;
    if not exists (select from carts where cart_id = p_cart_id and created_at = p_created_at and version = p_version) then
      return false;
    end if;
    update carts
       set version = p_from_new_version, status = 'merged', merged_into = p_cart_id, updated_at = p_from_updated_at,
           expires_at = p_from_expires_at, expires_hour = p_from_expires_at / 3600000,
           units = 0, line_count = 0, line_keys = null, line_names = null, line_numbers = null
     where cart_id = p_from_cart_id and created_at = p_from_created_at and version = p_from_version;
    if not found then
      return false;
    end if;
    insert into cart_merges (cart_id, from_cart_id) values (p_cart_id, p_from_cart_id);
  end if;
  update carts
     set version = p_new_version, status = p_status, updated_at = p_updated_at,
         expires_at = p_expires_at, expires_hour = coalesce(p_expires_at / 3600000, expires_hour),
         ordered_at = p_ordered_at, units = p_units, line_count = coalesce(cardinality(p_line_keys), 0),
         line_keys = p_line_keys, line_names = p_line_names, line_numbers = p_line_numbers
   where cart_id = p_cart_id and created_at = p_created_at and version = p_version;
  if not found then
    return false;
  end if;
  if p_key_id is not null then
    delete from cart_keys where cart_id = p_cart_id and key_id = any (p_forgotten);
    insert into cart_keys (cart_id, key_id, fingerprint, version, at)
      values (p_cart_id, p_key_id, p_fingerprint, p_new_version, p_updated_at)
      on conflict (cart_id, key_id) do update
        set fingerprint = excluded.fingerprint, version = excluded.version, at = excluded.at;
  end if;
  return true;
end
$$;

-- The orders of both layouts, for people; made anew by a conversion, because it reads `cart_lines`. Not made where the
-- database has something else of that name.
create function make_orders_view() returns void language plpgsql as $$
begin
  if to_regclass('orders') is null then
    create view orders as
      select cart.cart_id as order_id, cart.customer_id, to_timestamp(cart.ordered_at / 1000.0) as ordered_at,
             cart.line_count as lines, cart.units, line.total / 10::numeric ^ cart.minor_digits as total, cart.currency
        from carts as cart
       cross join lateral (
               select sum(line.unit_price * line.quantity) as total
                 from cart_lines as line where line.cart_id = cart.cart_id
             ) as line
       where cart.ordered_at is not null;
    comment on view orders is 'pushcart: orders';
  end if;
end
$$;

create function drop_orders_view() returns void language plpgsql as $$
begin
  if obj_description(to_regclass('orders'), 'pg_class') = 'pushcart: orders' then
    drop view orders;
  end if;
end
$$;

select make_orders_view();
