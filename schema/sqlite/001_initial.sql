-- What Helenus keeps in its own file.
--
-- Ids are the 16 bytes of a UUID. Times are milliseconds since 1970-01-01 UTC. Lists of names are
-- JSON arrays of text, sorted where the order has no meaning. `key` is a small number that other
-- tables refer to; `version` counts the changes of a row. The checks repeat what the program
-- ensures, so that a file changed by hand can not contradict itself.

CREATE TABLE cluster (
  name TEXT PRIMARY KEY CHECK (name <> ''),
  partitioner TEXT,
  seed_hosts TEXT NOT NULL,
  state TEXT NOT NULL,
  last_contact INTEGER,
  jmx_port INTEGER NOT NULL CHECK (jmx_port BETWEEN 1 AND 65535),
  jmx_username TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  cluster TEXT NOT NULL REFERENCES cluster (name),
  keyspace TEXT NOT NULL,
  tables TEXT NOT NULL,
  excluded_tables TEXT NOT NULL,
  nodes TEXT NOT NULL,
  datacenters TEXT NOT NULL,
  incremental INTEGER NOT NULL CHECK (incremental IN (0, 1)),
  subrange_incremental INTEGER NOT NULL CHECK (subrange_incremental IN (0, 1)),
  repair_thread_count INTEGER NOT NULL CHECK (repair_thread_count BETWEEN 1 AND 4),
  timeout_minutes INTEGER NOT NULL CHECK (timeout_minutes > 0)
) STRICT;
CREATE INDEX unit_of_keyspace ON unit (cluster, keyspace);

CREATE TABLE run (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  id_time INTEGER NOT NULL,  -- the time inside the id, in 100 ns: the order of lists
  unit INTEGER NOT NULL REFERENCES unit (key),
  version INTEGER NOT NULL,
  cause TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  creation_time INTEGER NOT NULL,
  start_time INTEGER CHECK ((start_time IS NULL) = (state = 'NOT_STARTED')),
  end_time INTEGER
    CHECK ((end_time IS NOT NULL) = (state IN ('DONE', 'ERROR', 'ABORTED', 'DELETED'))),
  pause_time INTEGER CHECK ((pause_time IS NOT NULL) = (state = 'PAUSED')),
  intensity REAL NOT NULL CHECK (intensity > 0 AND intensity <= 1),
  parallelism TEXT NOT NULL,
  last_event TEXT NOT NULL,
  tables TEXT NOT NULL,
  adaptive_schedule INTEGER NOT NULL CHECK (adaptive_schedule IN (0, 1)),
  -- Counts of the run's segments, written together with them: a list of runs reads no segment.
  segments INTEGER NOT NULL,
  segments_done INTEGER NOT NULL,
  segments_running INTEGER NOT NULL,
  segments_failed_before INTEGER NOT NULL
) STRICT;
CREATE INDEX run_of_unit ON run (unit);
CREATE INDEX run_by_time ON run (id_time, id);

-- The distinct replica sets of a run's segments, so that a segment holds a number instead of a list.
-- They are JSON arrays of [address, datacenter], sorted.
CREATE TABLE replica_set (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  replicas TEXT NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- Segments of a run in the order of their key. `replica_set` is a number of the run's sets; it is no
-- foreign key because removing a run would then look for segments of each of its sets.
CREATE TABLE segment (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),  -- not started, running, done, started
  fail_count INTEGER NOT NULL CHECK (fail_count >= 0),
  replica_set INTEGER NOT NULL,
  start_time INTEGER CHECK ((start_time IS NULL) = (state = 0)),
  end_time INTEGER CHECK ((end_time IS NOT NULL) = (state = 2)),
  next_attempt INTEGER,
  coordinator TEXT CHECK ((coordinator IS NULL) = (state = 0)),
  command_coordinator BLOB,
  command_number INTEGER,
  command_jvm_start INTEGER,
  last_error TEXT NOT NULL,
  ranges TEXT NOT NULL CHECK (ranges <> '')  -- "start:end start:end", start excluded, end included
) STRICT;
CREATE INDEX segment_of_run ON segment (run);
