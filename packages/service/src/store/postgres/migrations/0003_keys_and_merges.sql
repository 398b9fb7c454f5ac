-- What exactly-once changes, deleting and merging need, and lists by creation time.
--
-- One transaction, so it waits for changes in flight and holds up later ones while it runs: it writes `carts`
-- anew, with its indexes. Instances of the release before go on working during and after it; until they
-- are replaced, their lists also show deleted and merged carts, as empty ones.

-- A deleted cart stays as a husk until it expires, so that its keys still answer retries.
create type cart_status as enum ('active', 'checked_out', 'merged', 'deleted');

alter table carts
  drop constraint carts_status_check,
  drop constraint carts_units_check,
  drop constraint carts_line_count_check,
  drop constraint carts_check,
  drop constraint carts_check1,
  add column merged_into uuid,                -- no foreign key: the target may be swept first
  -- For sweeping: the hour in which the cart expires, or 0 where an instance of the release before made the
  -- cart. Every add puts expires_at off, but as a rule within the same hour, and PostgreSQL compares values:
  -- an index on the hour leaves adds their HOT updates, all but the first of an hour, which one on
  -- expires_at itself would take away. A sweep reads the hours that have begun and looks at expires_at, so
  -- it is exact, never meets a cart that will live longer, and need not know the time to live. That is why this
  -- takes the place of the plan in 0001, a walk by age, which would meet old carts in use again and again.
  add column expires_hour integer not null default 0;

alter table carts
  alter column status drop default,
  alter column status type cart_status using status::cart_status,
  alter column status set default 'active',
  alter column expires_hour type integer using coalesce(expires_at / 3600000, 0),
  -- PostgreSQL reads and plans every check again for every update: the five of 0001 took an eighth of an
  -- add's time. The enumeration costs nothing, and functions alone write the sums.
  add constraint carts_orders_check
    check ((status = 'checked_out') = (ordered_at is not null) and (ordered_at is null) = (expires_at is not null));

drop index active_carts_by_age;
create index expiring_carts on carts (expires_hour) where ordered_at is null;

-- A customer's carts, newest first. Ids derived from an idempotency key do not sort by creation time.
drop index carts_of_customer;
create index carts_of_customer on carts (customer_id, created_at desc, cart_id desc);

-- The idempotency keys a cart remembers, written in the transaction of the change they belong to. A table rather
-- than a column: changes without a key would otherwise copy them all.
create table cart_keys (
  cart_id     uuid   not null references carts on delete cascade,
  key_id      text   not null,                -- digest of the key and of whose it is
  fingerprint text   not null,                -- digest of what was asked with it
  version     bigint not null,                -- the version that the change made
  at          bigint not null,
  primary key (cart_id, key_id)
);

-- The carts that a cart has absorbed, for as long as it lives: they themselves may be swept before.
create table cart_merges (
  cart_id      uuid not null references carts on delete cascade,
  from_cart_id uuid not null,
  primary key (cart_id, from_cart_id)
);
