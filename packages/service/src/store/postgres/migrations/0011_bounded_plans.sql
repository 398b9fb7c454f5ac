-- expand
-- A connection keeps its plans, and those that it made for empty tables join from the side of the table: an add then reads all
-- carts, until autovacuum collects statistics. With the ids of the batch as a condition of each table, every plan reads only them.
do $$
declare
  part record;
  definition text;
begin
  for part in
    select * from (values
      ('add_batch', 'on present.cart_id = line.cart_id and', 'on present.cart_id = any (locked) and present.cart_id = line.cart_id and'),
      ('add_batch', 'join carts as cart on cart.cart_id = folded.cart_id',
                    'join carts as cart on cart.cart_id = any (locked) and cart.cart_id = folded.cart_id'),
      ('add_batch', 'where cart.cart_id = fitting.cart_id', 'where cart.cart_id = any (locked) and cart.cart_id = fitting.cart_id'),
      ('add_batch', 'where key.cart_id = full_carts.cart_id',
                    'where key.cart_id = any (locked) and key.cart_id = full_carts.cart_id'),
      ('add_documents', 'where cart.cart_id = added.cart_id and added.cart_id = any (locked)',
                        'where cart.cart_id = any (locked) and cart.cart_id = added.cart_id'),
      ('add_documents', 'join carts as cart on cart.cart_id = added.cart_id',
                        'join carts as cart on cart.cart_id = any (locked) and cart.cart_id = added.cart_id'),
      ('add_documents', 'where cart.cart_id = put.cart_id', 'where cart.cart_id = any (locked) and cart.cart_id = put.cart_id'),
      ('add_documents', 'where key.cart_id = cart.cart_id and cart.known',
                        'where key.cart_id = any (locked) and key.cart_id = cart.cart_id and cart.known')
    ) as parts (name, unbounded, bounded)
  loop
    -- Earlier releases call an `add_batch` with fewer parameters.
    select pg_get_functiondef(oid) into strict definition
      from pg_proc where proname = part.name and pronargs = 27
       and pronamespace = (select oid from pg_namespace where nspname = current_schema());
    if position(part.unbounded in definition) = 0 then
      raise exception '% has no "%"', part.name, part.unbounded;
    end if;
    execute replace(definition, part.unbounded, part.bounded);
  end loop;
end
$$;
