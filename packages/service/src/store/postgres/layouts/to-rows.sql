-- From lines in the row of the cart to a row per line. An instance of the document layout that is still running fails
-- afterwards: the columns are gone.
select drop_orders_view();
drop view cart_lines;
create table cart_lines (
  cart_id      uuid   not null,
  product_id   text   not null,
  product_name text   not null,
  unit_price   bigint not null check (unit_price >= 0),
  quantity     bigint not null check (quantity >= 1),
  created_at   bigint not null,
  updated_at   bigint not null
) with (fillfactor = 85);

insert into cart_lines
  select cart.cart_id, line.*
    from carts as cart
   cross join lateral document_lines(cart.line_keys, cart.line_names, cart.line_numbers) as line;

alter table cart_lines
  add primary key (cart_id, product_id),
  add foreign key (cart_id) references carts on delete cascade;
select make_orders_view();

alter table carts drop column line_keys, drop column line_names, drop column line_numbers;
alter table carts set (fillfactor = 70);
