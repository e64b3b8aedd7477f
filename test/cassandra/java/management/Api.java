package management;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;

/**
 * Stands in for the management API: what cass-operator asks of it while it brings up a data center, and what a client asks
 * that repairs. Everything is asked of the Cassandra in this process; what there is not here is answered with 404.
 */
final class Api implements Server.Service {
  private final Map<String, Server.Service> always = new HashMap<>();
  private final Map<String, Server.Service> withCassandra = new HashMap<>();

  Api(Lifecycle lifecycle) {
    Jobs jobs = new Jobs();
    Faults faults = new Faults();
    Repairs repairs = new Repairs(jobs, faults);
    always.put("PUT /lab/faults", faults::set);
    always.put("GET /api/v0/probes/liveness", request -> Answer.ok("OK"));
    always.put("GET /api/v0/probes/readiness", request -> isReady());
    always.put("GET /api/v0/probes/cluster", request -> isWhole());
    always.put("GET /api/v0/lifecycle/pid", request -> lifecycle.pid());
    always.put("POST /api/v0/lifecycle/start", request -> lifecycle.start());
    withCassandra.put("GET /api/v0/metadata/versions/release", request -> Answer.ok(Cassandra.storage("ReleaseVersion")));
    withCassandra.put("GET /api/v0/metadata/versions/features", request -> features());
    withCassandra.put("GET /api/v0/metadata/localdc", request -> localDatacenter());
    withCassandra.put("GET /api/v0/metadata/endpoints", request -> Gossip.endpoints());
    withCassandra.put("GET /api/v0/ops/keyspace", Schema::keyspaces);
    withCassandra.put("GET /api/v0/ops/keyspace/replication", Schema::replication);
    withCassandra.put("GET /api/v0/ops/tables", Schema::tables);
    withCassandra.put("GET /api/v1/ops/tables", Schema::tablesWithCompaction);
    withCassandra.put("GET /api/v1/ops/tables/compactions", request -> Compactions.all());
    withCassandra.put("GET /api/v2/tokens/rangetoendpoint", Schema::ranges);
    withCassandra.put("PUT /api/v2/repairs", repairs::start);
    withCassandra.put("DELETE /api/v2/repairs", request -> Repairs.stopAll());
    withCassandra.put("GET /api/v0/ops/executor/job", jobs::find);
    withCassandra.put("POST /api/v0/ops/auth/role", Roles::create);
    withCassandra.put("POST /api/v0/ops/seeds/reload", request -> reloadSeeds());
    withCassandra.put("POST /api/v0/ops/node/drain", request -> drain());
  }

  @Override
  public Answer answer(Request request) throws Exception {
    if (always.containsKey(request.what)) return always.get(request.what).answer(request);
    Server.Service service = withCassandra.get(request.what);
    if (service == null) return Answer.nothing(404);
    if (!Cassandra.isSetUp()) return Answer.text(500, "Internal connection to Cassandra closed");
    return service.answer(request);
  }

  private static Answer isReady() throws JMException {
    return Cassandra.isServing() ? Answer.ok("OK") : Answer.text(500, "Cassandra is not ready");
  }

  private static Answer isWhole() throws JMException {
    boolean isWhole = Cassandra.isServing() && ((List<?>) Cassandra.storage("UnreachableNodes")).isEmpty();
    return isWhole ? Answer.ok("OK") : Answer.text(500, "nodes are down");
  }

  /** None: each of them stands for calls that are not here. */
  private static Answer features() throws ReflectiveOperationException, JMException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cassandra_version", Cassandra.storage("ReleaseVersion"));
    all.put("features", Collections.emptyList());
    all.put("mgmt_version", "");
    return Answer.json(200, all);
  }

  private static Answer localDatacenter() throws JMException {
    return Answer.ok(Cassandra.BEANS.getAttribute(Cassandra.SNITCH, "Datacenter"));
  }

  private static Answer reloadSeeds() throws JMException {
    Cassandra.invoke(Cassandra.GOSSIPER, "reloadSeeds");
    return Answer.ok("OK");
  }

  private static Answer drain() throws JMException {
    Cassandra.invoke(Cassandra.STORAGE_SERVICE, "drain");
    return Answer.ok("OK");
  }
}
