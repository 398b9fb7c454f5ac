-- From a row per line to lines in the row of the cart. The columns: `migrations/0008_document_layout.sql`. An instance of the
-- rows layout that is still running can read all carts afterwards, but add nothing: `cart_lines` is a view then.
--
-- Names come last: an update logs everything from the first changed byte to the last, and an add changes no names.
alter table carts
  add column line_keys text[], add column line_numbers bigint[], add column line_names text[];

update carts as cart
   set line_keys = document.keys, line_names = document.names,
       line_numbers = array(select unnest(document.numbers))
  from (
    select cart_id, array_agg(product_id order by created_at, product_id collate "C") as keys,
           array_agg(product_name order by created_at, product_id collate "C") as names,
           array_agg(array[unit_price, quantity, created_at, updated_at]
                     order by created_at, product_id collate "C") as numbers
      from cart_lines group by cart_id
  ) as document
 where document.cart_id = cart.cart_id;

select drop_orders_view();
drop table cart_lines;
create view cart_lines as
  select cart.cart_id, line.*
    from carts as cart
   cross join lateral document_lines(cart.line_keys, cart.line_names, cart.line_numbers) as line;
select make_orders_view();

-- A row of 5 lines takes 0.7 KB, and an add needs room for another of it on the same page to stay HOT.
alter table carts set (fillfactor = 60);
