"""The lab's clusters may grow, shrink and move."""

from collections.abc import Callable

from lab import Cluster, data

ROWS = 200


def test_cluster_grows_shrinks_and_moves(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster(data_centers={"dc1": 1, "dc2": 1}, num_tokens=4)
    first, second = cluster.nodes
    assert (first.data_center, second.data_center) == ("dc1", "dc2")
    keyspace = data.create_keyspace(cluster, "shop", {"dc1": 1, "dc2": 1})
    table = data.create_table(cluster, keyspace)
    data.write_rows(first, table, ROWS)
    assert [data.rows_on(node, table) for node in cluster.nodes] == [ROWS, ROWS]

    third = cluster.add_node("dc1")
    assert second.live_members() == {first.address, second.address, third.address}
    shares = [data.rows_on(node, table) for node in cluster.nodes]
    assert shares[0] + shares[2] == ROWS and shares[1] == ROWS
    assert 0 < shares[2] < ROWS

    cluster.decommission(third)
    assert first.live_members() == {first.address, second.address}
    assert data.rows_on(first, table) == ROWS

    second.kill()
    cluster.restart(second, address=cluster.address(9))
    assert first.live_members() == {first.address, cluster.address(9)}
    assert data.rows_on(second, table) == ROWS
