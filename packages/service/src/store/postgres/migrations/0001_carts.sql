-- Carts and their lines. A checked-out cart IS the order: it keeps its id and its lines and never
-- changes again, so checking out copies nothing.
--
-- Times are the callers' clocks in milliseconds since the epoch; no clock is read here. Money is in
-- minor units. Ids of customers and products are text: the digits of an integer, or the string itself.

create table carts (
  cart_id     uuid   primary key,             -- UUIDv7: new carts go to the end of the index
  customer_id text   not null,
  status      text   not null default 'active' check (status in ('active', 'checked_out')),
  version     bigint not null default 1,
  -- Sums over cart_lines, kept here so that limits are checked without reading every line.
  units       bigint not null default 0 check (units >= 0),
  line_count  bigint not null default 0 check (line_count >= 0),
  created_at  bigint not null,
  updated_at  bigint not null,
  expires_at  bigint,
  ordered_at  bigint,
  -- The status is text beside ordered_at, which says the same, because queries and people read it;
  -- the check keeps them from ever disagreeing. Orders do not expire.
  check ((status = 'checked_out') = (ordered_at is not null)),
  check ((status = 'checked_out') = (expires_at is null))
)
-- Every add rewrites version, units, line_count, updated_at and expires_at. None of them is in any index,
-- so with room left on the page the new row version stays there and no index is touched (HOT update).
with (fillfactor = 70);

create table cart_lines (
  cart_id      uuid   not null references carts on delete cascade,
  product_id   text   not null,
  product_name text   not null,
  unit_price   bigint not null check (unit_price >= 0),
  quantity     bigint not null check (quantity >= 1),
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (cart_id, product_id)           -- also finds all lines of a cart
)
-- Adding to a line rewrites quantity and updated_at: HOT as well.
with (fillfactor = 85);

-- A customer's carts, newest first: ids of version 7 sort by creation time.
create index carts_of_customer on carts (customer_id, cart_id desc);

-- A customer's orders, latest first. Only checkout writes to it.
create index orders_of_customer on carts (customer_id, ordered_at desc, cart_id desc)
  where ordered_at is not null;

-- For sweeping expired carts: carts that may expire, oldest first. A cart cannot expire before its
-- creation time plus the time to live, so a sweep reads this index up to that age and meets few carts
-- that are still in use, and no orders. An index on expires_at would answer exactly, but every add
-- would have to write to it and lose its HOT update. A BRIN index on expires_at allows HOT updates,
-- yet the lower bound of a block range never rises again, so old ranges would match for ever.
create index active_carts_by_age on carts (cart_id) where ordered_at is null;
