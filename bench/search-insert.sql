-- What an index of words costs an insert when it is part of it (docs/decisions/0011): the same rows into a table without and with it, by turns.
-- Run in an empty database: psql -f bench/search-insert.sql. 2026-11-27, PostgreSQL 18.4, 2 busy cores: ratios 2.8, 3.5 and 3.2.
create table plain (id uuid primary key, thread uuid, version bigint, author uuid, body text, at timestamptz);
create unique index on plain (thread, version);
create table indexed (like plain, words tsvector generated always as (to_tsvector('simple', body)) stored, primary key (id));
create unique index on indexed (thread, version);
create index on indexed using gin (words);

do $$
declare
  v_thread constant uuid := gen_random_uuid();
  v_began timestamptz;
  v_plain interval := '0';
  v_indexed interval := '0';
begin
  -- Twelve words of six letters each.
  create temp table said as
    select g, (select string_agg(left(md5((g * 31 + w * 7)::text), 6), ' ') from generate_series(1, 12) w) as body from generate_series(1, 2000) g;
  for v_turn in 1..40 loop
    v_began := clock_timestamp();
    insert into plain select gen_random_uuid(), v_thread, v_turn * 10000 + g, gen_random_uuid(), body, now() from said;
    -- The first turns fill the caches.
    if v_turn > 3 then v_plain := v_plain + (clock_timestamp() - v_began); end if;
    v_began := clock_timestamp();
    insert into indexed select gen_random_uuid(), v_thread, v_turn * 10000 + g, gen_random_uuid(), body, now() from said;
    if v_turn > 3 then v_indexed := v_indexed + (clock_timestamp() - v_began); end if;
  end loop;
  raise notice 'without %, with %, ratio %', v_plain, v_indexed, round(extract(epoch from v_indexed) / extract(epoch from v_plain), 2);
end $$;

drop table plain, indexed;
