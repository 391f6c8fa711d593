-- Mails are jobs now (docs/spec/jobs.md). What still waits in the outbox goes over; what was handed over with nobody knowing how that ended is not sent again.
insert into jobs.ready (enqueued_at, id, priority, attempt, max_attempts, queue, kind, payload)
select created_at, id, 5, 0, 30, 'email', 'mail.' || kind, data::text
from mail.outbox where settled_at is null and handed_over_at is null order by created_at;
drop table mail.outbox;

-- What was written and is about to be handed over, by its job: a mail that goes a second time says the same. Encrypted by the server (docs/security/secrets.md), and
-- emptied when the mail server has it. The application sees none; whoever sends works for everybody, as the log reader does.
create table mail.letter (
  id         uuid        primary key,
  text       bytea,
  written_at timestamptz not null,
  sent_at    timestamptz
);
create index letter_written_index on mail.letter (written_at);
grant select, insert, update, delete on mail.letter to renexus_log;
revoke usage on schema mail from renexus_app;
