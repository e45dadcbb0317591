-- When a text on its way, or a call that is not decided, moves on by itself; null when it waits for nothing of ours. It is
-- written together with the job, and the watch (src/jobs/watch.ts) goes by it, whatever became of the job. The indexes
-- hold only the rows that are on their way: a few, in a table of millions.
alter table messages add due_at timestamptz(3);
alter table calls add due_at timestamptz(3);
create index messages_due on messages (due_at) where due_at is not null;
create index calls_due on calls (due_at) where due_at is not null;

-- What is on its way already. A text of unknown outcome that a person was asked about waits for that person.
select set_config('textback.account', '*', true);
update messages m set due_at = coalesce(slot_at, attempted_at, created_at)
  where direction = 'outbound' and (status in ('queued', 'sending') or (status = 'unknown' and not exists (
    select from events e where e.contact_id = m.contact_id and e.message_id = m.id and e.type = 'message.unknown')));
update calls set due_at = coalesce(ended_at, started_at + interval '2 minutes') where decided_at is null;
