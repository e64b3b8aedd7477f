import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import javax.management.*;
import javax.management.openmbean.*;
import javax.management.remote.*;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import javax.rmi.ssl.SslRMIServerSocketFactory;

/**
 * A JMX server that starts its connector as Cassandra does (registry and server on one port), with MBeans that answer
 * with everything a client may have to read, and misbehave on request.
 *
 * <p>System properties: user and password (to be asked for), tls=true, clientAuth=true, idleTimeout (ms), stubHost
 * (what the stub names as the server's address). Prints "PORT n" when it listens; ends when standard input does.
 */
public final class JmxTestServer {
  private JmxTestServer() {}

  public static void main(String[] arguments) throws Exception {
    MBeanServer server = java.lang.management.ManagementFactory.getPlatformMBeanServer();
    server.registerMBean(new Samples(), new ObjectName("helenus.test:type=Samples"));
    server.registerMBean(new Trouble(), new ObjectName("helenus.test:type=Trouble"));
    server.registerMBean(new Noise(), new ObjectName("helenus.test:type=Noise"));

    int port;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = probe.getLocalPort();
    }
    System.setProperty("java.rmi.server.hostname", System.getProperty("stubHost", "127.0.0.1"));
    Map<String, Object> environment = new HashMap<>();
    environment.put("jmx.remote.x.daemon", "true"); // exported for good, as Cassandra does it
    if (System.getProperty("idleTimeout") != null) {
      environment.put("jmx.remote.x.server.connection.timeout", System.getProperty("idleTimeout"));
    }
    for (String filter : new String[] {"serial.filter.pattern", "credentials.filter.pattern"}) {
      if (System.getProperty(filter) != null) {
        environment.put("jmx.remote.rmi.server." + filter, System.getProperty(filter));
      }
    }
    if (System.getProperty("user") != null) {
      environment.put(JMXConnectorServer.AUTHENTICATOR, (JMXAuthenticator) JmxTestServer::authenticate);
    }
    boolean tls = Boolean.getBoolean("tls");
    SslRMIClientSocketFactory client = tls ? new SslRMIClientSocketFactory() : null;
    SslRMIServerSocketFactory own =
        tls ? new SslRMIServerSocketFactory(null, null, Boolean.getBoolean("clientAuth")) : null;
    Registry registry =
        tls ? LocateRegistry.createRegistry(port, client, own) : LocateRegistry.createRegistry(port);
    RMIJRMPServerImpl made = new RMIJRMPServerImpl(port, client, own, environment);
    new RMIConnectorServer(new JMXServiceURL("rmi", "127.0.0.1", port), environment, made, server).start();
    registry.bind("jmxrmi", made.toStub());
    System.out.println("PORT " + port);
    System.out.flush();
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  private static javax.security.auth.Subject authenticate(Object credentials) {
    if (credentials instanceof String[]) {
      String[] words = (String[]) credentials;
      if (words.length == 2
          && words[0].equals(System.getProperty("user"))
          && words[1].equals(System.getProperty("password"))) {
        return new javax.security.auth.Subject();
      }
    }
    throw new SecurityException("Authentication failed! Invalid username or password");
  }

  // --- what can be read ---

  public enum Color {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "a constant with a body";
      }
    }
  }

  public static final class Unknown implements Serializable {
    private static final long serialVersionUID = 7;
    int number = 5;
    String text = "inside";
    Unknown self = this;
  }

  public interface SamplesMBean {
    String[] getNames();

    Object sample(String name) throws Exception;

    /** Gives back what it got: a client's writer and reader must agree. */
    Object echo(Object value);

    String typeOf(Object value);

    int getLevel();

    void setLevel(int level);

    String getText();

    void setText(String text);
  }

  public static final class Samples implements SamplesMBean {
    private final Map<String, Callable<Object>> makers = new LinkedHashMap<>();
    private int level;
    private String text = "";

    public Samples() {
      scalars();
      collections();
      others();
    }

    private void scalars() {
      makers.put("null", () -> null);
      makers.put("boolean", () -> true);
      makers.put("byte", () -> (byte) -1);
      makers.put("short", () -> (short) -2);
      makers.put("int", () -> -3);
      makers.put("long", () -> Long.MIN_VALUE);
      makers.put("float", () -> 1.5f);
      makers.put("double", () -> Double.NaN);
      makers.put("char", () -> 'x');
      makers.put("string", () -> "\u0000 \u00e4 \u20ac \ud83d\ude00");
      makers.put("long string", () -> "x".repeat(70_000));
      makers.put("big integer", () -> BigInteger.TWO.pow(127));
      makers.put("big decimal", () -> new BigDecimal("1.25"));
      makers.put("atomic integer", () -> new AtomicInteger(4));
      makers.put("atomic long", () -> new AtomicLong(5));
      makers.put("atomic boolean", () -> new AtomicBoolean(true));
      makers.put("uuid", () -> UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
      makers.put("date", () -> new Date(1234567890123L));
      makers.put("instant", () -> Instant.ofEpochSecond(1, 2_000_000));
      makers.put("duration", () -> Duration.ofSeconds(3));
      makers.put("enum", () -> Color.RED);
      makers.put("enum with body", () -> Color.GREEN);
      makers.put("class", () -> String.class);
    }

    private void collections() {
      makers.put("array list", () -> new ArrayList<>(List.of("a", "b")));
      makers.put("linked list", () -> new LinkedList<>(List.of("a", "b")));
      makers.put("list of", () -> List.of("a", "b"));
      makers.put("arrays list", () -> Arrays.asList("a", "b"));
      makers.put("unmodifiable list", () -> Collections.unmodifiableList(new ArrayList<>(List.of("a", "b"))));
      makers.put("synchronized list", () -> Collections.synchronizedList(new ArrayList<>(List.of("a", "b"))));
      makers.put("copy on write list", () -> new CopyOnWriteArrayList<>(List.of("a", "b")));
      makers.put("vector", () -> new Vector<>(List.of("a", "b")));
      makers.put("array deque", () -> new ArrayDeque<>(List.of("a", "b")));
      makers.put("hash set", () -> new HashSet<>(List.of("a", "b")));
      makers.put("linked hash set", () -> new LinkedHashSet<>(List.of("a", "b")));
      makers.put("tree set", () -> new TreeSet<>(List.of("a", "b")));
      makers.put("set of", () -> Set.of("a", "b"));
      makers.put("concurrent set", () -> new ConcurrentSkipListSet<>(List.of("a", "b")));
      makers.put("hash map", () -> new HashMap<>(Map.of("k", "v")));
      makers.put("linked hash map", () -> new LinkedHashMap<>(Map.of("k", "v")));
      makers.put("tree map", () -> new TreeMap<>(Map.of("k", "v")));
      makers.put("map of", () -> Map.of("k", "v"));
      makers.put("concurrent map", () -> new ConcurrentHashMap<>(Map.of("k", "v")));
      makers.put("unmodifiable map", () -> Collections.unmodifiableMap(new HashMap<>(Map.of("k", "v"))));
      makers.put("singleton map", () -> Collections.singletonMap("k", "v"));
      makers.put("hashtable", () -> new Hashtable<>(Map.of("k", "v")));
      makers.put("properties", () -> {
        Properties properties = new Properties();
        properties.setProperty("k", "v");
        return properties;
      });
      makers.put("empty list", Collections::emptyList);
      makers.put("empty map", Collections::emptyMap);
      makers.put("string array", () -> new String[] {"a", "b"});
      makers.put("byte array", () -> new byte[] {1, 2, 3});
      makers.put("long array", () -> new long[] {1, 2, 3});
      makers.put("double array", () -> new double[] {1, 2, 3});
      makers.put("nested array", () -> new int[][] {{1}, {2, 3}});
    }

    private void others() {
      makers.put("ipv4", () -> InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
      makers.put("ipv6", () -> Inet6Address.getByName("2001:db8::1"));
      makers.put("socket address", () -> new InetSocketAddress("127.0.0.1", 9042));
      makers.put("uri", () -> URI.create("http://example.org/"));
      makers.put("object name", () -> new ObjectName("d:type=T,name=\"q\""));
      makers.put("unknown class", Unknown::new);
      makers.put("exception", () -> new IllegalStateException("kept", new IOException("cause")));
      makers.put("list in itself", () -> {
        ArrayList<Object> list = new ArrayList<>();
        list.add(list);
        return list;
      });
      makers.put("composite", this::composite);
      makers.put("table", () -> {
        TabularDataSupport table =
            new TabularDataSupport(
                new TabularType("Table", "rows", composite().getCompositeType(), new String[] {"name"}));
        table.put(composite());
        return table;
      });
      makers.put("many values", () -> {
        Map<List<String>, List<String>> map = new LinkedHashMap<>();
        for (int i = 0; i < 5_000; i++) {
          map.put(List.of("" + i, "" + (i + 1)), new ArrayList<>(List.of("10.0.0.1", "10.0.0.2", "10.0.0.3")));
        }
        return map;
      });
    }

    private CompositeDataSupport composite() throws OpenDataException {
      CompositeType type =
          new CompositeType(
              "Row",
              "a row",
              new String[] {"name", "count"},
              new String[] {"name", "count"},
              new OpenType<?>[] {SimpleType.STRING, SimpleType.LONG});
      return new CompositeDataSupport(type, new String[] {"name", "count"}, new Object[] {"n", 7L});
    }

    @Override
    public String[] getNames() {
      return makers.keySet().toArray(new String[0]);
    }

    @Override
    public Object sample(String name) throws Exception {
      return makers.get(name).call();
    }

    @Override
    public Object echo(Object value) {
      return value;
    }

    @Override
    public String typeOf(Object value) {
      return value == null ? "null" : value.getClass().getName();
    }

    @Override
    public int getLevel() {
      return level;
    }

    @Override
    public void setLevel(int level) {
      this.level = level;
    }

    @Override
    public String getText() {
      return text;
    }

    @Override
    public void setText(String text) {
      this.text = text;
    }
  }

  // --- what can go wrong ---

  public interface TroubleMBean {
    int getBroken();

    void fail(String kind) throws Exception;

    Object unserializable();

    Object halfUnserializable();

    byte[] big(int bytes);

    List<Object> deep(int levels);

    int sleep(long milliseconds) throws InterruptedException;

    void die();
  }

  public static final class Trouble implements TroubleMBean {
    @Override
    public int getBroken() {
      throw new IllegalStateException("the getter failed");
    }

    @Override
    public void fail(String kind) throws Exception {
      switch (kind) {
        case "checked":
          throw new IOException("a checked one");
        case "unchecked":
          throw new IllegalArgumentException("an unchecked one");
        case "error":
          throw new AssertionError("an error");
        case "denied":
          throw new SecurityException("Access Denied");
        case "deep":
          throw new RuntimeException("outer", new RuntimeException("middle", new IOException("inner")));
        case "long":
          throw new RuntimeException("x".repeat(140_000));
        case "control":
          throw new RuntimeException("\u001b[31mred\n\u0000");
        default:
          throw new Exception("own");
      }
    }

    @Override
    public Object unserializable() {
      return new Object();
    }

    @Override
    public Object halfUnserializable() {
      return new ArrayList<>(Arrays.asList("first", new Object()));
    }

    @Override
    public byte[] big(int bytes) {
      return new byte[bytes];
    }

    @Override
    public List<Object> deep(int levels) {
      List<Object> outer = new ArrayList<>();
      for (int i = 0; i < levels; i++) {
        outer = new ArrayList<>(List.<Object>of(outer));
      }
      return outer;
    }

    @Override
    public int sleep(long milliseconds) throws InterruptedException {
      Thread.sleep(milliseconds);
      return 1;
    }

    @Override
    public void die() {
      Runtime.getRuntime().halt(1);
    }
  }

  // --- what is said unasked ---

  public interface NoiseMBean {
    void emit(int count);

    void emitLater(int count, int pauseMilliseconds);

    void emitUnserializable();
  }

  public static final class Noise extends NotificationBroadcasterSupport implements NoiseMBean {
    private final AtomicLong number = new AtomicLong();

    private void send(Object userData) {
      Notification event = new Notification("noise", "helenus", number.incrementAndGet(), "event " + number.get());
      event.setUserData(userData);
      sendNotification(event);
    }

    @Override
    public void emit(int count) {
      for (int i = 0; i < count; i++) {
        send(new HashMap<>(Map.of("number", i)));
      }
    }

    @Override
    public void emitLater(int count, int pauseMilliseconds) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < count; i++) {
                  emit(1);
                  try {
                    Thread.sleep(pauseMilliseconds);
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void emitUnserializable() {
      send(new Object());
    }
  }
}
