-- The JMX password of a cluster, encrypted; empty: the configuration has it.
ALTER TABLE cluster ADD COLUMN jmx_password TEXT NOT NULL DEFAULT '';
