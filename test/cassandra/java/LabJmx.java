import java.lang.reflect.Array;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIClientSocketFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.rmi.RMIConnector;
import javax.management.remote.rmi.RMIServer;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/**
 * One JMX request with the JDK's own client; the answer is one line of JSON.
 *
 * <pre>
 * LabJmx HOST PORT get MBEAN ATTRIBUTE...                     an object of all of them
 * LabJmx HOST PORT invoke MBEAN OPERATION [TYPE:VALUE]...     TYPE: string int long boolean
 * LabJmx HOST PORT repair KEYSPACE [OPTION=VALUE]...          waits for the end of the repair
 * </pre>
 *
 * Credentials: the environment's LAB_JMX_USER and LAB_JMX_PASSWORD. TLS: -Dlab.jmx.tls=true.
 */
public class LabJmx {
  private static final String STORAGE_SERVICE = "org.apache.cassandra.db:type=StorageService";
  private static final int PROGRESS_COMPLETE = 5;
  private static final int LEGACY_FINISHED = 3;

  public static void main(String[] args) throws Exception {
    Map<String, Object> environment = new HashMap<>();
    if (System.getenv("LAB_JMX_USER") != null) {
      environment.put(
          JMXConnector.CREDENTIALS,
          new String[] {System.getenv("LAB_JMX_USER"), System.getenv("LAB_JMX_PASSWORD")});
    }
    RMIClientSocketFactory sockets =
        Boolean.getBoolean("lab.jmx.tls") ? new SslRMIClientSocketFactory() : null;
    // Not by a service URL: that needs JNDI's provider for RMI, which small runtimes leave out.
    Registry registry = LocateRegistry.getRegistry(args[0], Integer.parseInt(args[1]), sockets);
    try (JMXConnector connector = new RMIConnector((RMIServer) registry.lookup("jmxrmi"), environment)) {
      connector.connect();
      List<String> rest = Arrays.asList(args).subList(2, args.length);
      System.out.println(json(answer(connector.getMBeanServerConnection(), rest)));
    } catch (Exception refused) {
      for (Throwable cause = refused; cause != null; cause = cause.getCause()) System.err.println(cause);
      System.exit(1);
    }
    System.exit(0); // the client's lease threads would keep the process for a while
  }

  private static Object answer(MBeanServerConnection server, List<String> words) throws Exception {
    switch (words.get(0)) {
      case "get":
        Map<String, Object> attributes = new TreeMap<>();
        for (String name : words.subList(2, words.size())) {
          attributes.put(name, server.getAttribute(new ObjectName(words.get(1)), name));
        }
        return attributes;
      case "invoke":
        return invoke(server, words);
      case "repair":
        return repair(server, words);
      default:
        throw new IllegalArgumentException("not a request: " + words.get(0));
    }
  }

  private static Object invoke(MBeanServerConnection server, List<String> words) throws Exception {
    List<Object> values = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (String word : words.subList(3, words.size())) {
      int colon = word.indexOf(':');
      String value = word.substring(colon + 1);
      switch (word.substring(0, colon)) {
        case "string":
          values.add(value);
          types.add("java.lang.String");
          break;
        case "int":
          values.add(Integer.valueOf(value));
          types.add("int");
          break;
        case "long":
          values.add(Long.valueOf(value));
          types.add("long");
          break;
        case "boolean":
          values.add(Boolean.valueOf(value));
          types.add("boolean");
          break;
        default:
          throw new IllegalArgumentException("not a typed value: " + word);
      }
    }
    return server.invoke(
        new ObjectName(words.get(1)), words.get(2), values.toArray(), types.toArray(new String[0]));
  }

  private static Object repair(MBeanServerConnection server, List<String> words) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (String word : words.subList(2, words.size())) {
      int equals = word.indexOf('=');
      options.put(word.substring(0, equals), word.substring(equals + 1));
    }
    ObjectName service = new ObjectName(STORAGE_SERVICE);
    List<Object> said = new ArrayList<>();
    CountDownLatch finished = new CountDownLatch(1);
    server.addNotificationListener(
        service,
        (notification, handback) -> {
          Object data = notification.getUserData();
          Map<String, Object> line = new TreeMap<>();
          line.put("type", notification.getType());
          line.put("source", String.valueOf(notification.getSource()));
          line.put("data", data);
          line.put("message", notification.getMessage());
          synchronized (said) {
            said.add(line);
          }
          boolean complete =
              data instanceof Map && Integer.valueOf(PROGRESS_COMPLETE).equals(((Map<?, ?>) data).get("type"));
          boolean legacy = data instanceof int[] && ((int[]) data)[1] == LEGACY_FINISHED;
          if (complete || legacy) finished.countDown();
        },
        null,
        null);
    Object command =
        server.invoke(
            service,
            "repairAsync",
            new Object[] {words.get(1), options},
            new String[] {"java.lang.String", "java.util.Map"});
    boolean nothingToDo = Integer.valueOf(0).equals(command);
    Map<String, Object> result = new TreeMap<>();
    result.put("command", command);
    result.put("complete", nothingToDo || finished.await(120, TimeUnit.SECONDS));
    synchronized (said) {
      result.put("notifications", new ArrayList<>(said));
    }
    return result;
  }

  private static String json(Object value) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      return String.valueOf(value);
    }
    List<String> parts = new ArrayList<>();
    if (value instanceof TabularData) {
      value = ((TabularData) value).values();
    } else if (value instanceof CompositeData) {
      CompositeData data = (CompositeData) value;
      Map<String, Object> fields = new TreeMap<>();
      for (String key : data.getCompositeType().keySet()) fields.put(key, data.get(key));
      value = fields;
    }
    if (value instanceof Map) {
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        parts.add(json(String.valueOf(entry.getKey())) + ": " + json(entry.getValue()));
      }
      return "{" + String.join(", ", parts) + "}";
    }
    if (value instanceof Collection) {
      for (Object item : (Collection<?>) value) parts.add(json(item));
      return "[" + String.join(", ", parts) + "]";
    }
    if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) parts.add(json(Array.get(value, i)));
      return "[" + String.join(", ", parts) + "]";
    }
    return quoted(value.toString());
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
