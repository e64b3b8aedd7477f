import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Stands in for the management API: what cass-operator asks of it while it brings up a data center. Cassandra runs in this
 * process, from the moment that somebody asks for its start. Everything is asked of Cassandra itself; what there is not here
 * is answered with 404. By reflection, so that no jar of Cassandra is needed to compile it.
 */
public class LabManagement {
  private static final int PORT = 8080;
  private static final String STORAGE_SERVICE = "org.apache.cassandra.db:type=StorageService";
  private static final String GOSSIPER = "org.apache.cassandra.net:type=Gossiper";
  private static final String SNITCH = "org.apache.cassandra.db:type=EndpointSnitchInfo";
  private static final long START_TIMEOUT = 600_000;
  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
  private static Thread cassandra;

  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", LabManagement::handle);
    server.start();
  }

  private static void handle(HttpExchange exchange) throws IOException {
    int status = 200;
    String said;
    try {
      said = answer(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(), parameters(exchange));
      if (said == null) {
        status = 404;
        said = "";
      }
    } catch (Throwable failure) {
      status = 500;
      said = failure.toString();
    }
    System.out.println("management: " + exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " " + status);
    byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", said.startsWith("{") ? "application/json" : "text/plain");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
    exchange.close();
  }

  private static Map<String, String> parameters(HttpExchange exchange) throws UnsupportedEncodingException {
    Map<String, String> found = new HashMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : (query == null ? "" : query).split("&")) {
      String[] parts = pair.split("=", 2);
      found.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], "UTF-8"));
    }
    return found;
  }

  /** null: there is no such thing. */
  private static String answer(String request, Map<String, String> parameters) throws Exception {
    switch (request) {
      case "GET /api/v0/probes/liveness":
        return "OK";
      case "GET /api/v0/probes/readiness":
        check(isServing());
        return "OK";
      case "GET /api/v0/probes/cluster":
        check(isServing() && ((List<?>) BEANS.getAttribute(new ObjectName(STORAGE_SERVICE), "UnreachableNodes")).isEmpty());
        return "OK";
      case "POST /api/v0/lifecycle/start":
        start();
        return "OK";
      case "GET /api/v0/metadata/versions/features":
        return "{\"cassandra_version\":" + text(storage("ReleaseVersion")) + ",\"features\":[]}";
      case "GET /api/v0/metadata/endpoints":
        return endpoints();
      case "POST /api/v0/ops/auth/role":
        createRole(parameters);
        return "OK";
      case "POST /api/v0/ops/seeds/reload":
        BEANS.invoke(new ObjectName(GOSSIPER), "reloadSeeds", new Object[0], new String[0]);
        return "OK";
      case "POST /api/v0/ops/node/drain":
        BEANS.invoke(new ObjectName(STORAGE_SERVICE), "drain", new Object[0], new String[0]);
        return "OK";
      default:
        return null;
    }
  }

  private static void check(boolean wanted) {
    if (!wanted) throw new IllegalStateException("Cassandra is not ready");
  }

  /** Ends when Cassandra takes clients. */
  private static void start() throws Exception {
    synchronized (LabManagement.class) {
      if (cassandra == null) {
        cassandra = new Thread(LabManagement::runCassandra, "main");
        cassandra.start();
      }
    }
    for (long end = System.currentTimeMillis() + START_TIMEOUT; !isServing(); Thread.sleep(200)) {
      check(System.currentTimeMillis() < end);
    }
  }

  private static void runCassandra() {
    try {
      Class<?> daemon = Class.forName("org.apache.cassandra.service.CassandraDaemon");
      daemon.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } catch (ReflectiveOperationException failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  private static boolean isServing() throws Exception {
    return BEANS.isRegistered(new ObjectName(STORAGE_SERVICE))
        && "NORMAL".equals(storage("OperationMode"))
        && Boolean.TRUE.equals(storage("NativeTransportRunning"));
  }

  private static Object storage(String attribute) throws Exception {
    return BEANS.getAttribute(new ObjectName(STORAGE_SERVICE), attribute);
  }

  private static String endpoints() throws Exception {
    List<?> alive = (List<?>) storage("LiveNodes");
    List<?> joining = (List<?>) storage("JoiningNodes");
    List<?> leaving = (List<?>) storage("LeavingNodes");
    List<String> entities = new ArrayList<>();
    for (Map.Entry<?, ?> node : ((Map<?, ?>) storage("EndpointToHostId")).entrySet()) {
      String address = node.getKey().toString();
      boolean isLocal = node.getValue().equals(storage("LocalHostId"));
      String status = joining.contains(address) ? "BOOT" : leaving.contains(address) ? "LEAVING" : "NORMAL";
      entities.add(
          String.format(
              "{\"ENDPOINT_IP\":%s,\"RPC_ADDRESS\":%s,\"NATIVE_ADDRESS_AND_PORT\":%s,\"HOST_ID\":%s,\"IS_ALIVE\":%s,"
                  + "\"IS_LOCAL\":%s,\"STATUS\":%s,\"DC\":%s,\"RACK\":%s}",
              text(address), text(address), text(address + ":9042"), text(node.getValue()), text(alive.contains(address)),
              text(isLocal), text(status), text(place("getDatacenter", address)), text(place("getRack", address))));
    }
    return "{\"entity\":[" + String.join(",", entities) + "]}";
  }

  private static Object place(String operation, String address) throws Exception {
    return BEANS.invoke(
        new ObjectName(SNITCH), operation, new Object[] {address}, new String[] {String.class.getName()});
  }

  private static String text(Object value) {
    return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** As the system itself: the role manager writes it wherever roles are. One that is there gets the new password. */
  private static void createRole(Map<String, String> wanted) throws Exception {
    String auth = "org.apache.cassandra.auth.";
    Object options = Class.forName(auth + "RoleOptions").getConstructor().newInstance();
    set(options, "SUPERUSER", Boolean.valueOf(wanted.get("is_superuser")));
    set(options, "LOGIN", Boolean.valueOf(wanted.get("can_login")));
    set(options, "PASSWORD", wanted.get("password"));
    Class<?> user = Class.forName(auth + "AuthenticatedUser");
    Class<?> resource = Class.forName(auth + "RoleResource");
    Object roles = Class.forName("org.apache.cassandra.config.DatabaseDescriptor").getMethod("getRoleManager").invoke(null);
    Class.forName(auth + "IRoleManager")
        .getMethod("createRole", user, resource, options.getClass())
        .invoke(
            roles,
            user.getField("SYSTEM_USER").get(null),
            resource.getMethod("role", String.class).invoke(null, wanted.get("username")),
            options);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void set(Object options, String name, Object value) throws Exception {
    Class<?> option = Class.forName("org.apache.cassandra.auth.IRoleManager$Option");
    options.getClass().getMethod("setOption", option, Object.class).invoke(options, Enum.valueOf((Class) option, name), value);
  }
}
