-- When runs of a unit are made, and how each of them is.
CREATE TABLE schedule (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  id_time INTEGER NOT NULL,  -- the time inside the id, in 100 ns: the order of lists
  unit INTEGER NOT NULL REFERENCES unit (key),
  version INTEGER NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'PAUSED')),
  days_between INTEGER NOT NULL CHECK (days_between >= 0),
  next_activation INTEGER NOT NULL,
  creation_time INTEGER NOT NULL,
  pause_time INTEGER CHECK (pause_time IS NULL OR state = 'PAUSED'),
  intensity REAL NOT NULL CHECK (intensity BETWEEN 0 AND 1),
  parallelism TEXT NOT NULL,
  segment_count_per_node INTEGER NOT NULL CHECK (segment_count_per_node >= 0),
  adaptive INTEGER NOT NULL CHECK (adaptive IN (0, 1)),
  percent_unrepaired_threshold INTEGER CHECK (percent_unrepaired_threshold >= 0),
  last_run BLOB CHECK (length(last_run) = 16)  -- may have been removed since
) STRICT;
CREATE INDEX schedule_of_unit ON schedule (unit);
