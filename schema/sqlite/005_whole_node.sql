-- The host id of a segment that is a whole node, and where this node is; both are empty for ranges.
ALTER TABLE segment ADD COLUMN node BLOB CHECK (length(node) = 16);
ALTER TABLE segment ADD COLUMN node_address TEXT;
