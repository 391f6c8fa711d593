-- Whoever goes has their values taken out of entries that are just being sealed, or that somebody else who goes at the same moment stands in too. All of them
-- take the entries they change in the order of chain and id, as sealing does, so that none waits for another in a circle.
create or replace function engine.erase_audit(p_person uuid, p_entry uuid) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  origins bigint;
  contents bigint;
begin
  if p_person is null or p_person is distinct from engine.app_user() then
    raise insufficient_privilege using message = 'Only a person''s own values can be erased.';
  end if;
  perform from engine.audit_entry e
  where (e.actor_id = p_person or e.person_id = p_person or e.resource_id = p_person) and e.id <> p_entry
  order by e.chain, e.id
  for no key update;
  update engine.audit_entry e
  set origin_digest = coalesce(e.origin_digest, engine.audit_origin(e)), address = null, device = null, origin_salt = null, erased_by = p_entry
  where (e.actor_id = p_person or e.person_id = p_person) and e.origin_salt is not null and e.id <> p_entry;
  get diagnostics origins = row_count;
  update engine.audit_entry e
  set content_digest = coalesce(e.content_digest, engine.audit_content(e)), before = null, after = null, content_salt = null, erased_by = p_entry
  where (e.resource_id = p_person or e.person_id = p_person) and e.content_salt is not null and e.id <> p_entry;
  get diagnostics contents = row_count;
  return origins + contents;
end $$;
