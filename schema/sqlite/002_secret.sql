-- What instances of one deployment share and nobody chose, such as the key that signs tokens of
-- logins (storage/secret_store.h).
CREATE TABLE secret (
  name TEXT PRIMARY KEY CHECK (name <> ''),
  value TEXT NOT NULL CHECK (value <> '')
) STRICT, WITHOUT ROWID;
