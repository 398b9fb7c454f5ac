-- A customer's carts by status, and the active cart of a customer.

-- With the status before the time, a page of active carts or of orders reads its own rows only, however many others the
-- customer has; a page of both merges two such ranges, and no longer walks over deleted and merged carts. Adds change no
-- column of it; checkout, merge and delete do.
drop index carts_of_customer;
create index carts_of_customer on carts (customer_id, status, created_at desc, cart_id desc);

-- The newest active cart of a customer, or a new one with the id p_cart_id if there is none. Calls of a customer that find none
-- go one after the other, so that one of them creates a cart and the others find it: a statement of a function sees what was
-- committed before it started, hence before it got the lock.
create function active_cart(
  p_customer_id text, p_cart_id uuid, p_now bigint, p_expires_at bigint, p_currency text, p_minor_digits smallint,
  out active_cart_id uuid, out active_version bigint, out made boolean
) language plpgsql as $$
declare
  moment constant bigint := least(p_now, database_now());
begin
  made := false;
  for attempt in 1 .. 2 loop
    select cart_id, version into active_cart_id, active_version
      from carts where customer_id = p_customer_id and status = 'active' and expires_at > moment
     order by created_at desc, cart_id desc limit 1;
    if found then
      return;
    end if;
    if attempt = 1 then
      perform pg_advisory_xact_lock(hashtextextended('pushcart.active_cart', 0) # hashtextextended(p_customer_id, 0));
    end if;
  end loop;
  insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour, currency, minor_digits)
    values (p_cart_id, p_customer_id, p_now, p_now, p_expires_at, p_expires_at / 3600000, p_currency, p_minor_digits)
    returning cart_id, version into active_cart_id, active_version;
  made := true;
end
$$;
