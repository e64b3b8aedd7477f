package management;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;

/** Keyspaces, their tables and ranges. */
final class Schema {
  private static final String NOT_NAMED = "failed. Non-empty 'keyspaceName' must be provided";

  private Schema() {}

  static Answer keyspaces(Request request) throws ReflectiveOperationException, JMException {
    String wanted = request.parameter("keyspaceName");
    List<Object> names = new ArrayList<>();
    for (Object name : Cassandra.keyspaces()) {
      if (isBlank(wanted) || wanted.equals(name)) names.add(name);
    }
    return Answer.json(200, names);
  }

  static Answer replication(Request request) throws ReflectiveOperationException {
    String keyspace = request.parameter("keyspaceName");
    if (isBlank(keyspace)) return Answer.text(400, "Get keyspace replication " + NOT_NAMED);
    for (Object row : query("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?", keyspace)) {
      return Answer.json(200, column(row, "getFrozenTextMap", "replication"));
    }
    return Answer.text(404, "Get keyspace replication failed. Keyspace '" + keyspace + "' does not exist.");
  }

  static Answer tables(Request request) throws ReflectiveOperationException {
    String keyspace = request.parameter("keyspaceName");
    if (isBlank(keyspace)) return Answer.text(400, "List tables " + NOT_NAMED);
    List<Object> names = new ArrayList<>();
    for (Object row : rowsOfTables(keyspace)) names.add(column(row, "getString", "table_name"));
    return Answer.json(200, names);
  }

  static Answer tablesWithCompaction(Request request) throws ReflectiveOperationException {
    String keyspace = request.parameter("keyspaceName");
    if (isBlank(keyspace)) return Answer.text(400, "List tables " + NOT_NAMED);
    List<Object> tables = new ArrayList<>();
    for (Object row : rowsOfTables(keyspace)) {
      Map<String, Object> table = new LinkedHashMap<>();
      table.put("name", column(row, "getString", "table_name"));
      table.put("compaction", column(row, "getFrozenTextMap", "compaction"));
      tables.add(table);
    }
    return Answer.json(200, tables);
  }

  static Answer ranges(Request request) throws ReflectiveOperationException, JMException {
    String keyspace = request.parameter("keyspaceName");
    if (keyspace != null && !Cassandra.keyspaces().contains(keyspace)) return Answer.text(404, "keyspace not found");
    Object found =
        Cassandra.BEANS.invoke(
            Cassandra.STORAGE_SERVICE,
            "getRangeToEndpointMap",
            new Object[] {keyspace},
            new String[] {String.class.getName()});
    List<Object> ranges = new ArrayList<>();
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) found).entrySet()) {
      List<Long> tokens = new ArrayList<>();
      for (Object token : (List<?>) entry.getKey()) tokens.add(Long.valueOf((String) token));
      Map<String, Object> range = new LinkedHashMap<>();
      range.put("tokens", tokens);
      range.put("endpoints", entry.getValue());
      ranges.add(range);
    }
    return Answer.json(200, Collections.singletonMap("token_range_to_endpoints", ranges));
  }

  private static Iterable<?> rowsOfTables(String keyspace) throws ReflectiveOperationException {
    return query("SELECT table_name, compaction FROM system_schema.tables WHERE keyspace_name = ?", keyspace);
  }

  private static Iterable<?> query(String cql, Object value) throws ReflectiveOperationException {
    return (Iterable<?>)
        Class.forName("org.apache.cassandra.cql3.QueryProcessor")
            .getMethod("executeInternal", String.class, Object[].class)
            .invoke(null, cql, new Object[] {value});
  }

  private static Object column(Object row, String getter, String name) throws ReflectiveOperationException {
    return row.getClass().getMethod(getter, String.class).invoke(row, name);
  }

  private static boolean isBlank(String text) {
    return text == null || text.trim().isEmpty();
  }
}
