-- The tables of the lab, and the two queries that are worth a cache. They exist before your app starts.
-- You may add indexes, or columns that have a default; keep what is here.

CREATE TABLE products (
  sku         text    PRIMARY KEY,
  name        text    NOT NULL,
  category    text    NOT NULL,
  -- In cents.
  price       integer NOT NULL CHECK (price >= 0),
  description text    NOT NULL DEFAULT ''
);

CREATE INDEX products_by_category ON products (category);

CREATE TABLE reviews (
  id     bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku    text     NOT NULL REFERENCES products (sku) ON DELETE CASCADE,
  rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5)
);

CREATE INDEX reviews_by_sku ON reviews (sku);

-- What a customer has agreed with us instead of products.price. No operation of the API writes it.
CREATE TABLE customer_prices (
  customer text    NOT NULL,
  sku      text    NOT NULL REFERENCES products (sku) ON DELETE CASCADE,
  price    integer NOT NULL CHECK (price >= 0),
  PRIMARY KEY (customer, sku)
);

-- How much slower the functions below are than they need be, for a sku or for a category. The grader writes it,
-- to see what happens while a reading is under way, and never more than 1500. Your app leaves it alone.
CREATE TABLE delays (
  target       text    PRIMARY KEY,
  milliseconds integer NOT NULL
);

-- Waits as `delays` says, holding a lock by which the grader knows that somebody reads.
CREATE FUNCTION be_slow(wanted text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  duration integer := (SELECT milliseconds FROM delays WHERE target = wanted);
BEGIN
  IF duration IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock_shared(7, hashtext(wanted));
    PERFORM pg_sleep(duration / 1000.0);
  END IF;
END $$;

-- One product as GET /products/{sku} answers it; NULL where there is none. `for_customer` is NULL for everybody's
-- price. It sees what was committed when it was called, however long it takes.
CREATE FUNCTION product_detail(wanted text, for_customer text) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM be_slow(wanted);
  RETURN (
    SELECT json_build_object(
      'sku', p.sku, 'name', p.name, 'category', p.category, 'price', coalesce(c.price, p.price),
      'description', p.description,
      'rating', (SELECT round(avg(r.rating), 2)::float8 FROM reviews r WHERE r.sku = p.sku),
      'reviewCount', (SELECT count(*) FROM reviews r WHERE r.sku = p.sku)
    )
    FROM products p LEFT JOIN customer_prices c ON c.sku = p.sku AND c.customer = for_customer
    WHERE p.sku = wanted
  );
END $$;

-- A page of ten products as GET /products answers it. `in_category` is NULL for all of them.
CREATE FUNCTION product_page(in_category text, sort text, page integer, for_customer text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM be_slow(in_category);
  RETURN (
    WITH found AS (
      SELECT p.sku, p.name, p.category, coalesce(c.price, p.price) AS price,
        (SELECT round(avg(r.rating), 2)::float8 FROM reviews r WHERE r.sku = p.sku) AS rating,
        (SELECT count(*) FROM reviews r WHERE r.sku = p.sku) AS "reviewCount"
      FROM products p LEFT JOIN customer_prices c ON c.sku = p.sku AND c.customer = for_customer
      WHERE in_category IS NULL OR p.category = in_category
    ), numbered AS (
      SELECT *, row_number() OVER (ORDER BY
        CASE sort WHEN 'name' THEN name COLLATE "C" END,
        CASE sort WHEN 'price' THEN price WHEN '-price' THEN -price END,
        CASE sort WHEN '-rating' THEN -rating END NULLS LAST,
        sku COLLATE "C") AS place
      FROM found
    )
    SELECT json_build_object(
      'items', coalesce((
        SELECT json_agg(json_build_object('sku', sku, 'name', name, 'category', category, 'price', price,
          'rating', rating, 'reviewCount', "reviewCount") ORDER BY place)
        FROM numbered WHERE place > (product_page.page - 1) * 10 AND place <= product_page.page * 10), '[]'),
      'page', product_page.page,
      'total', (SELECT count(*) FROM numbered)
    )
  );
END $$;
