package management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;

/** Those that run now. */
final class Compactions {
  /** All are always there; null where this version of Cassandra says nothing. */
  private static final String[] KEYS = {
    "id", "keyspace", "columnfamily", "completed", "total", "taskType", "unit", "compactionId", "sstables",
    "targetDirectory", "operationType", "operationId", "description"
  };

  private Compactions() {}

  static Answer all() throws ReflectiveOperationException, JMException {
    List<Object> all = new ArrayList<>();
    for (Object running : (List<?>) Cassandra.BEANS.getAttribute(Cassandra.COMPACTIONS, "Compactions")) {
      Map<String, Object> one = new LinkedHashMap<>();
      for (String key : KEYS) {
        Object value = ((Map<?, ?>) running).get(key);
        boolean isNumber = value != null && (key.equals("completed") || key.equals("total"));
        one.put(key, isNumber ? Long.valueOf(value.toString()) : value);
      }
      all.add(one);
    }
    return Answer.json(200, all);
  }
}
