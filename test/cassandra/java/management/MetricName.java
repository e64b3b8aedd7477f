package management;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the real agent calls what Cassandra calls `org.apache.cassandra.metrics.Table.ReadLatency.shop.orders`. */
final class MetricName {
  private static final String PREFIX = "org.apache.cassandra.metrics.";
  private static final String WORD = "\\.(\\w+)";

  /** What the agent's default settings make labels of. */
  private static final List<Rule> RULES =
      Arrays.asList(
          new Rule("Table" + WORD + WORD + WORD, "table_$1", "keyspace", "table"),
          new Rule("keyspace" + WORD + WORD, "keyspace_$1", "keyspace"),
          // Cuts what follows the first words: `Repair#7` becomes `Repair`, `Native-Transport-Requests` `Native`.
          new Rule("ThreadPools" + WORD + WORD + WORD + ".*", "thread_pools_$1", "pool_type", "pool_name"),
          new Rule("ClientRequest" + WORD + WORD, "client_request_$1", "request_type"),
          new Rule("ClientRequest" + WORD + WORD + WORD, "client_request_$1_cl", "request_type", "cl"),
          new Rule("Cache" + WORD + WORD, "cache_$1", "cache"),
          new Rule("DroppedMessage" + WORD + WORD, "dropped_message_$1", "message_type"),
          new Rule("Streaming" + WORD + "\\.(.+)", "streaming_$1", "peer_ip"));

  final String family;
  final Map<String, String> labels = new LinkedHashMap<>();

  MetricName(String given) {
    String name = given;
    for (Rule rule : RULES) {
      Matcher matcher = rule.pattern.matcher(given);
      if (!matcher.matches()) continue;
      name = PREFIX + rule.name.replace("$1", matcher.group(1));
      for (String label : rule.labels) labels.put(label, matcher.group(2 + labels.size()));
    }
    family = snakeCase(name);
  }

  private static String snakeCase(String name) {
    return name.replaceAll("(?<=[^A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
        .replaceAll("[^A-Za-z0-9]+", "_")
        .toLowerCase(Locale.ROOT);
  }

  private static final class Rule {
    final Pattern pattern;
    final String name;
    final List<String> labels = new ArrayList<>();

    Rule(String pattern, String name, String... labels) {
      this.pattern = Pattern.compile(Pattern.quote(PREFIX) + pattern);
      this.name = name;
      this.labels.addAll(Arrays.asList(labels));
    }
  }
}
