// A cart service as a careful Go programmer writes it: net/http, pgx with a pool of 16 connections, one prepared statement
// per request on the tables of the rows layout. It has no log, metrics, limits, idempotency keys or entity tags by condition.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const connections = 16
const lifetime = 7 * 24 * time.Hour

const getCart = `
select cart.customer_id, cart.status::text, cart.version, cart.created_at, cart.updated_at, cart.expires_at,
       cart.currency, cart.minor_digits,
       line.product_id, line.product_name, line.unit_price, line.quantity, line.created_at, line.updated_at
  from carts as cart left join cart_lines as line using (cart_id)
 where cart.cart_id = $1 and cart.status <> 'deleted' and (cart.expires_at is null or cart.expires_at > $2)`

const addLine = `
with cart as (
  update carts
     set version = version + 1, units = units + $3::bigint, updated_at = $4::bigint, expires_at = $5::bigint, expires_hour = $5::bigint / 3600000,
         line_count = line_count + (not exists (
           select from cart_lines where cart_id = $1 and product_id = $2))::int
   where cart_id = $1 and status = 'active' and expires_at > $4::bigint
  returning cart_id, version
), written as (
  insert into cart_lines as line (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
    select cart_id, $2, $6, $7, $3::bigint, $4::bigint, $4::bigint from cart
  on conflict (cart_id, product_id) do update
    set quantity = line.quantity + excluded.quantity, updated_at = excluded.updated_at
)
select version from cart`

const createCart = `
insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour, currency, minor_digits)
  values (uuidv7(), $1, $2::bigint, $2::bigint, $3::bigint, $3::bigint / 3600000, 'USD', 2) returning cart_id::text`

type product struct {
	ID    int64   `json:"product_id"`
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

type line struct {
	product, name        string
	price, quantity      int64
	createdAt, updatedAt int64
}

type service struct {
	pool     *pgxpool.Pool
	products map[int64]product
}

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	check(err)
	config.MaxConns, config.MinConns = connections, connections
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	check(err)
	text, err := os.ReadFile(os.Getenv("CATALOG_FILE"))
	check(err)
	var list []product
	check(json.Unmarshal(text, &list))
	products := make(map[int64]product, len(list))
	for _, each := range list {
		products[each.ID] = each
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := &http.Server{Handler: &service{pool, products}}
	go func() {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM, os.Interrupt)
		<-asked
		_ = server.Shutdown(context.Background())
	}()
	// The bench waits for this line.
	os.Stdout.WriteString("http://" + listener.Addr().String() + "\n")
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		check(err)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

const prefix = "/shopping-carts"

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found := strings.HasPrefix(r.URL.Path, prefix)
	rest := strings.TrimPrefix(r.URL.Path, prefix)
	switch {
	case found && rest == "" && r.Method == http.MethodPost:
		s.create(w, r)
	case found && len(rest) == 37 && r.Method == http.MethodGet:
		s.get(w, r, rest[1:])
	case found && len(rest) == 43 && rest[37:] == "/items" && r.Method == http.MethodPost:
		s.add(w, r, rest[1:37])
	default:
		problem(w, http.StatusNotFound, "there is no such route")
	}
}

func (s *service) create(w http.ResponseWriter, r *http.Request) {
	var body struct {
		CustomerID json.Number `json:"customer_id"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.CustomerID == "" {
		problem(w, http.StatusBadRequest, "customer_id is missing")
		return
	}
	now := time.Now()
	var id string
	row := s.pool.QueryRow(r.Context(), createCart, body.CustomerID.String(), now.UnixMilli(), expiry(now))
	if err := row.Scan(&id); err != nil {
		failed(w, err)
		return
	}
	w.Header().Set("Location", prefix+"/"+id)
	respond(w, http.StatusCreated, 1, []byte(`{"shopping_cart_id":"`+id+`"}`))
}

func (s *service) add(w http.ResponseWriter, r *http.Request, id string) {
	var body struct {
		ProductID int64 `json:"product_id"`
		Quantity  int64 `json:"quantity"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Quantity < 1 {
		problem(w, http.StatusBadRequest, "product_id or quantity is missing")
		return
	}
	product, found := s.products[body.ProductID]
	if !found {
		problem(w, http.StatusNotFound, "there is no such product")
		return
	}
	now := time.Now()
	var version int64
	err := s.pool.QueryRow(r.Context(), addLine, id, strconv.FormatInt(product.ID, 10), body.Quantity,
		now.UnixMilli(), expiry(now), product.Name, int64(math.Round(product.Price*100))).Scan(&version)
	if err != nil {
		failed(w, err)
		return
	}
	w.Header().Set("ETag", `"`+strconv.FormatInt(version, 10)+`"`)
	w.WriteHeader(http.StatusNoContent)
}

func (s *service) get(w http.ResponseWriter, r *http.Request, id string) {
	rows, err := s.pool.Query(r.Context(), getCart, id, time.Now().UnixMilli())
	if err != nil {
		failed(w, err)
		return
	}
	defer rows.Close()
	var customer, status, currency string
	var version, createdAt, updatedAt int64
	var expiresAt *int64
	var digits int16
	var key, name *string
	var price, quantity, lineCreated, lineUpdated *int64
	lines := make([]line, 0, 8)
	found := false
	for rows.Next() {
		found = true
		err := rows.Scan(&customer, &status, &version, &createdAt, &updatedAt, &expiresAt, &currency, &digits,
			&key, &name, &price, &quantity, &lineCreated, &lineUpdated)
		if err != nil {
			failed(w, err)
			return
		}
		if key != nil {
			lines = append(lines, line{*key, *name, *price, *quantity, *lineCreated, *lineUpdated})
		}
	}
	if err := rows.Err(); err != nil {
		failed(w, err)
		return
	}
	if !found {
		failed(w, pgx.ErrNoRows)
		return
	}
	inOrder := func(i, j int) bool {
		a, b := lines[i], lines[j]
		return a.createdAt < b.createdAt || a.createdAt == b.createdAt && a.product < b.product
	}
	if !sort.SliceIsSorted(lines, inOrder) {
		sort.Slice(lines, inOrder)
	}

	text := make([]byte, 0, 384+256*len(lines))
	text = append(text, `{"shopping_cart_id":"`...)
	text = append(text, id...)
	text = append(text, `","customer_id":`...)
	text = appendID(text, customer)
	text = append(text, `,"status":"`...)
	text = append(text, status...)
	text = append(text, `","version":`...)
	text = strconv.AppendInt(text, version, 10)
	text = append(text, `,"items":[`...)
	units, total := int64(0), int64(0)
	for i, each := range lines {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, `{"product_id":`...)
		text = appendID(text, each.product)
		text = append(text, `,"product_name":`...)
		text = appendString(text, each.name)
		text = append(text, `,"product_price":`...)
		text = appendAmount(text, each.price, digits)
		text = append(text, `,"quantity":`...)
		text = strconv.AppendInt(text, each.quantity, 10)
		text = append(text, `,"created_at":`...)
		text = appendTime(text, each.createdAt)
		text = append(text, `,"updated_at":`...)
		text = appendTime(text, each.updatedAt)
		text = append(text, '}')
		units += each.quantity
		total += each.quantity * each.price
	}
	text = append(text, `],"item_count":`...)
	text = strconv.AppendInt(text, units, 10)
	text = append(text, `,"total_amount":`...)
	text = appendAmount(text, total, digits)
	text = append(text, `,"currency":"`...)
	text = append(text, currency...)
	text = append(text, `","created_at":`...)
	text = appendTime(text, createdAt)
	text = append(text, `,"updated_at":`...)
	text = appendTime(text, updatedAt)
	text = append(text, `,"expires_at":`...)
	if expiresAt == nil {
		text = append(text, `null`...)
	} else {
		text = appendTime(text, *expiresAt)
	}
	respond(w, http.StatusOK, version, append(text, '}'))
}

func expiry(now time.Time) int64 {
	return now.Add(lifetime).Unix()*1000 + 1000
}

func respond(w http.ResponseWriter, status int, version int64, text []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("ETag", `"`+strconv.FormatInt(version, 10)+`"`)
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func failed(w http.ResponseWriter, err error) {
	if errors.Is(err, pgx.ErrNoRows) {
		problem(w, http.StatusNotFound, "there is no such cart")
		return
	}
	log.Print(err)
	problem(w, http.StatusServiceUnavailable, "the database did not respond")
}

func problem(w http.ResponseWriter, status int, title string) {
	text, _ := json.Marshal(map[string]any{"status": status, "title": title})
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// Integers are stored in decimal, other ids as they are.
func appendID(text []byte, id string) []byte {
	for i := 0; i < len(id); i++ {
		if id[i] < '0' || id[i] > '9' {
			return appendString(text, id)
		}
	}
	return append(text, id...)
}

func appendString(text []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' || c == '"' || c == '\\' {
			escaped, _ := json.Marshal(value)
			return append(text, escaped...)
		}
	}
	text = append(text, '"')
	text = append(text, value...)
	return append(text, '"')
}

func appendAmount(text []byte, minor int64, digits int16) []byte {
	return strconv.AppendFloat(text, float64(minor)/math.Pow10(int(digits)), 'f', -1, 64)
}

func appendTime(text []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(text, `"2006-01-02T15:04:05.000Z"`)
}
