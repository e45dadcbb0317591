-- Rows that change soon after they are written (a text on its way, a call, the conversation) keep room beside them on their
-- page. PostgreSQL then changes them in place, without a new entry in each of their indexes.
alter table messages set (fillfactor = 70);
alter table calls set (fillfactor = 70);
alter table conversations set (fillfactor = 70);
alter table call_legs set (fillfactor = 70);
