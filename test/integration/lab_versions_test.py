"""Every Cassandra line of the lab boots, loses rows on one replica, and repairs them."""

from lab import Cluster, data, jmx, repairs

ROWS = 200


def test_each_version_repairs(each_version: Cluster) -> None:
    first, other = each_version.nodes[0], each_version.nodes[-1]
    release = first.jmx_get(jmx.STORAGE_SERVICE, "ReleaseVersion")
    assert release == each_version.server.version.release

    keyspace = data.create_keyspace(each_version, "each_version")
    table = data.create_table(each_version, keyspace)
    data.write_rows(first, table, ROWS)
    data.take_out_of_step(each_version, other, table, ROWS, first=ROWS)
    assert (data.rows_on(first, table), data.rows_on(other, table)) == (2 * ROWS, ROWS)

    done = jmx.repair(first, keyspace, incremental="false", parallelism="parallel", columnFamilies="t")
    assert done["complete"]
    assert data.rows_on(other, table) == 2 * ROWS

    said = repairs.repair_log(first, first.started_at)
    assert [command.number for command in said if command.finished][-1] == done["command"]
    ranges = len(each_version.nodes) * each_version.options.num_tokens
    assert len(repairs.repaired_ranges(other, table)) == ranges
    data.execute(first, f"DROP KEYSPACE {keyspace}")
