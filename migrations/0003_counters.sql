-- A day's texts are counted in several rows: in one, all calls of a business would wait for each other's commit.

alter table texts_per_day add column slot integer not null default 0;
alter table texts_per_day drop constraint texts_per_day_pkey;
alter table texts_per_day add primary key (account_id, day, slot);
alter table texts_per_day alter column slot drop default;
