-- Which keys have encrypted secret fields here (SE-3). The keys themselves are files outside of the database; a server that lacks
-- one of these does not start. A key is retired when no value is left that it made.
create schema secrets;
grant usage on schema secrets to renexus_app;

create table secrets.key (
  id            bytea       primary key check (octet_length(id) = 8),
  first_used_at timestamptz not null,
  retired_at    timestamptz,
  -- The key itself, for nodes that join: under a key made from the password of the database, which no dump has.
  wrapped       bytea
);
grant select, insert, update on secrets.key to renexus_app;

-- Signing keys were kept as they are; the server encrypts what it finds of them and stops signing with it.
alter table accounts.signing_key add column is_sealed boolean not null default false;
grant update (secret, is_sealed, retires_at) on accounts.signing_key to renexus_app;
