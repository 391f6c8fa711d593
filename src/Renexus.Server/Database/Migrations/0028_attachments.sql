-- Files that go with a message (docs/files.md), in their order. A file that is deleted is not shown any more; nothing has to be rewritten for that.
alter table threads.message add column attachments uuid[];
