-- Carts that move to another database or come from one: docs/moving.md. Nothing here is used outside a move.

-- What is known of a cart beside, or instead of, its row in `carts`:
--   here    it came with a move; the row of `carts` is the cart. Without such a row, the cart has expired since
--   sealed  the whole cart, as text. It is not in `carts` any more, so that no statement of any release can change it
--   away    it left; version, digest and expiry of that moment. Null: the id is taken by a cart in the other database
create table moving_carts (
  cart_id     uuid    primary key,
  hop         bigint  not null,
  record      text    not null check (record in ('here', 'sealed', 'away')),
  customer_id text,
  image       text,
  version     bigint,
  digest      text,
  expires_at  bigint,
  check ((record = 'sealed') = (image is not null))
);
create index sealed_carts_of_customer on moving_carts (customer_id) where record = 'sealed';

-- The record of the move, one row, and the instances that take part.
create table moving_control (
  only_row boolean primary key default true check (only_row),
  epoch    bigint  not null,
  record   jsonb   not null
);
create table moving_members (
  member_id text   primary key,
  renewals  bigint not null,
  epoch     bigint not null
);

-- Everything that changes where a cart is goes one after the other.
create function lock_residence(p_cart_id uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('pushcart.residence', 0) # hashtextextended(p_cart_id::text, 0))
$$;

create function seal_cart(
  p_cart_id uuid, p_version bigint, p_created_at bigint, p_seen_hop bigint, p_hop bigint,
  p_customer_id text, p_image text
) returns boolean language plpgsql as $$
declare
  cart record;
begin
  perform lock_residence(p_cart_id);
  select version, created_at into cart from carts where cart_id = p_cart_id for update;
  if not found or cart.version <> p_version or cart.created_at <> p_created_at then
    return false;
  end if;
  if coalesce((select hop from moving_carts where cart_id = p_cart_id), 0) <> p_seen_hop or p_hop <= p_seen_hop then
    return false;
  end if;
  insert into moving_carts (cart_id, hop, record, customer_id, image)
    values (p_cart_id, p_hop, 'sealed', p_customer_id, p_image)
    on conflict (cart_id) do update
      set hop = excluded.hop, record = 'sealed', customer_id = excluded.customer_id, image = excluded.image,
          version = null, digest = null, expires_at = null;
  delete from carts where cart_id = p_cart_id;
  return true;
end
$$;

-- `place` and, with p_now, `create` of `cart/residence.ts`. The rows are whole rows of the tables, by name.
create function put_cart(
  p_cart_id uuid, p_hop bigint, p_now bigint,
  p_cart jsonb, p_lines jsonb, p_keys jsonb, p_merges jsonb
) returns boolean language plpgsql as $$
declare
  known record;
  cart record;
  final_hop bigint := p_hop;
begin
  perform lock_residence(p_cart_id);
  select hop, moving_carts.record as at into known from moving_carts where cart_id = p_cart_id;
  select expires_at into cart from carts where cart_id = p_cart_id for update;
  if found then
    if p_now is not null and cart.expires_at <= least(p_now, database_now()) then
      final_hop := greatest(p_hop, known.hop);
    elsif p_now is not null or known.hop is null or p_hop <= known.hop then
      return false;
    end if;
    delete from carts where cart_id = p_cart_id;
  elsif p_now is not null and known.at = 'here' then
    final_hop := greatest(p_hop, known.hop);
  elsif known.at = 'sealed' and p_now is not null or p_hop <= known.hop then
    return false;
  end if;
  if final_hop > 0 then
    insert into moving_carts (cart_id, hop, record) values (p_cart_id, final_hop, 'here')
      on conflict (cart_id) do update
        set hop = excluded.hop, record = 'here', customer_id = null, image = null,
            version = null, digest = null, expires_at = null;
  end if;
  insert into carts select * from jsonb_populate_record(null::carts, p_cart);
  -- In the document layout, the lines are columns of the cart, and `cart_lines` is a view.
  if (select relkind from pg_class where oid = 'cart_lines'::regclass) = 'r' then
    insert into cart_lines select * from jsonb_populate_recordset(null::cart_lines, p_lines);
  end if;
  insert into cart_keys select * from jsonb_populate_recordset(null::cart_keys, p_keys);
  insert into cart_merges select * from jsonb_populate_recordset(null::cart_merges, p_merges);
  return true;
end
$$;

-- Returns whether the id is now taken by a trace; otherwise there is a cart.
create function claim_cart(p_cart_id uuid, p_hop bigint, p_now bigint) returns boolean language plpgsql as $$
declare
  cart record;
begin
  perform lock_residence(p_cart_id);
  select expires_at into cart from carts where cart_id = p_cart_id for update;
  if found then
    if cart.expires_at is null or cart.expires_at > least(p_now, database_now()) then
      return false;
    end if;
    delete from carts where cart_id = p_cart_id;
  end if;
  insert into moving_carts as known (cart_id, hop, record) values (p_cart_id, p_hop, 'away')
    on conflict (cart_id) do update set hop = greatest(known.hop, p_hop), record = 'away'
      where known.record <> 'sealed';
  return found;
end
$$;

-- Shuts out every session whose search path lacks the schema `..._moving`: its statements then fail, also prepared ones and
-- those that wait for a lock, because PostgreSQL looks up the table again. Takes the lock of the table for a moment.
create function fence_carts() returns void language plpgsql as $$
declare
  base constant text := (select nspname from pg_namespace join pg_class on relnamespace = pg_namespace.oid
                          where pg_class.oid = 'moving_carts'::regclass);
begin
  if to_regclass(format('%I.carts', base)) is not null then
    execute format('create schema if not exists %I', base || '_moving');
    execute format('alter table %I.carts set schema %I', base, base || '_moving');
  end if;
end
$$;

create function unfence_carts() returns void language plpgsql as $$
declare
  base constant text := (select nspname from pg_namespace join pg_class on relnamespace = pg_namespace.oid
                          where pg_class.oid = 'moving_carts'::regclass);
begin
  if to_regclass(format('%I.carts', base || '_moving')) is not null then
    execute format('alter table %I.carts set schema %I', base || '_moving', base);
  end if;
end
$$;
