package management;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;

/**
 * What the metrics agent says of Cassandra, in Prometheus' text format. Of a timer there are no buckets, of an estimated
 * histogram is nothing.
 */
final class Metrics implements Server.Service {
  private static final double[] QUANTILES = {0.5, 0.75, 0.95, 0.98, 0.99, 0.999};

  @Override
  public Answer answer(Request request) throws Exception {
    if (!request.what.equals("GET /metrics")) return Answer.nothing(404);
    if (!Cassandra.isSetUp()) return Answer.text(500, "Cassandra is not ready");
    String wanted = request.parameter("name");
    String prefix = wanted == null ? "" : wanted;
    StringBuilder out = new StringBuilder();
    for (Family family : families(prefix).values()) out.append(family.text());
    if ("process_start_time_seconds".startsWith(prefix)) out.append(startTime().text());
    return Answer.of(200, "text/plain; version=0.0.4; charset=utf-8", out.toString());
  }

  private static Family startTime() {
    Family family = new Family("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.");
    family.add("", new LinkedHashMap<>(), ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    return family;
  }

  private static Map<String, Family> families(String prefix) throws ReflectiveOperationException, JMException {
    Map<String, Family> families = new TreeMap<>();
    Object registry = Class.forName("org.apache.cassandra.metrics.CassandraMetricsRegistry").getField("Metrics").get(null);
    Map<String, String> node = labelsOfNode();
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) Cassandra.call(registry, "getMetrics")).entrySet()) {
      MetricName name = new MetricName((String) entry.getKey());
      String type = type(entry.getValue());
      String family = type.equals("counter") ? name.family + "_total" : name.family;
      if (!family.startsWith(prefix)) continue;
      Map<String, String> labels = new LinkedHashMap<>(node);
      labels.putAll(name.labels);
      add(families.computeIfAbsent(family, made -> new Family(made, type, "")), labels, entry.getValue());
    }
    families.values().removeIf(Family::isEmpty);
    return families;
  }

  /** Of every sample. */
  private static Map<String, String> labelsOfNode() throws JMException, ReflectiveOperationException {
    Object address = Cassandra.callStatic("org.apache.cassandra.utils.FBUtilities", "getBroadcastAddressAndPort");
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("host", (String) Cassandra.storage("LocalHostId"));
    labels.put("instance", (String) address.getClass().getMethod("getHostAddress", boolean.class).invoke(address, false));
    labels.put("cluster", (String) Cassandra.storage("ClusterName"));
    labels.put("datacenter", (String) Cassandra.BEANS.getAttribute(Cassandra.SNITCH, "Datacenter"));
    labels.put("rack", (String) Cassandra.BEANS.getAttribute(Cassandra.SNITCH, "Rack"));
    return labels;
  }

  private static String type(Object metric) throws ClassNotFoundException {
    if (is(metric, "Sampling")) return "summary";
    return is(metric, "Metered") ? "counter" : "gauge";
  }

  private static void add(Family family, Map<String, String> labels, Object metric) throws ReflectiveOperationException {
    if (is(metric, "Gauge")) {
      addGauge(family, labels, metric);
      return;
    }
    double count = ((Number) get(metric, "Counting", "getCount")).doubleValue();
    if (!is(metric, "Sampling")) {
      family.add("", labels, count);
      return;
    }
    Object snapshot = get(metric, "Sampling", "getSnapshot");
    for (double quantile : QUANTILES) {
      Map<String, String> more = new LinkedHashMap<>(labels);
      more.put("quantile", String.valueOf(quantile));
      Object value = type("Snapshot").getMethod("getValue", double.class).invoke(snapshot, quantile);
      family.add("", more, (Double) value);
    }
    family.add("_count", labels, count);
  }

  private static void addGauge(Family family, Map<String, String> labels, Object metric) {
    Object value;
    try {
      value = get(metric, "Gauge", "getValue");
    } catch (ReflectiveOperationException unable) {
      return; // some can not be asked, as those of a table that is just dropped
    }
    if (value instanceof long[]) return;
    if (value instanceof Boolean) value = (Boolean) value ? 1 : 0;
    family.add("", labels, value instanceof Number ? ((Number) value).doubleValue() : 0.0);
  }

  private static boolean is(Object metric, String type) throws ClassNotFoundException {
    return type(type).isInstance(metric);
  }

  private static Object get(Object metric, String type, String getter) throws ReflectiveOperationException {
    return type(type).getMethod(getter).invoke(metric);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("com.codahale.metrics." + name);
  }
}
