-- What a phone got is counted by the phone too, so that moving it to another contact does not begin the count anew. No
-- indexed column changes while a text is on its way, so its row still changes in place.
create index messages_to_address on messages (account_id, to_address, created_at) where direction = 'outbound';
