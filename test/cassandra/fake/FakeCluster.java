import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.rmi.MarshalledObject;
import java.rmi.registry.LocateRegistry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceNotFoundException;
import javax.management.ListenerNotFoundException;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.StandardMBean;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIConnectionImpl;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.management.remote.rmi.RMIServerImpl;
import javax.security.auth.Subject;

/**
 * As much of Cassandra's management as Helenus asks for, without Cassandra: a ring as large as you like, and
 * repairs that take the time you say. Each node that listens has a JMX server of its own on its loopback address.
 *
 * <p>java FakeCluster.java NETWORK RING_NODES LISTENING VNODES REPAIR_MILLIS KEYSPACE...
 *
 * <p>System properties: fake.version, fake.empty (no token at all), fake.bare (keyspaces, separated by commas, whose
 * ranges have no replica: RF 0, or a data centre that is not there), fake.password (of the user cassandra).
 */
public class FakeCluster {
    static final int REPLICAS = 3;
    static final int JMX_PORT = 7199;
    static final String VERSION = System.getProperty("fake.version", "5.0.9");
    static final boolean EMPTY = Boolean.getBoolean("fake.empty");
    static final List<String> BARE = Arrays.asList(System.getProperty("fake.bare", "").split(","));
    static final String PASSWORD = System.getProperty("fake.password");
    static final BigInteger RING = BigInteger.ONE.shiftLeft(64);
    static final BigInteger MINIMUM = BigInteger.ONE.shiftLeft(63).negate();

    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    final int repairMillis;
    final List<String> keyspaces;
    final List<String> addresses = new ArrayList<>();
    final Map<String, String> hostIds = new LinkedHashMap<>();
    final LinkedHashMap<String, String> tokenToEndpoint = new LinkedHashMap<>();
    final HashMap<List<String>, List<String>> ranges = new HashMap<>();
    final HashMap<List<String>, List<String>> bareRanges = new HashMap<>();

    FakeCluster(int network, int nodes, int vnodes, int repairMillis, List<String> keyspaces) {
        this.repairMillis = repairMillis;
        this.keyspaces = keyspaces;
        for (int i = 0; i < nodes; i++) {
            String address = "127." + network + "." + (i / 250) + "." + (i % 250 + 1);
            addresses.add(address);
            hostIds.put(address, new UUID(0x1000L + network, i + 1).toString());
        }
        if (EMPTY) return;
        BigInteger step = RING.divide(BigInteger.valueOf((long) nodes * vnodes));
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < nodes * vnodes; i++) {
            String token = MINIMUM.add(step.multiply(BigInteger.valueOf(i))).toString();
            tokens.add(token);
            // Shuffled by a prime step, so that replica sets differ from vnode to vnode.
            tokenToEndpoint.put(token, addresses.get((int) ((i * 7919L + i / nodes) % nodes)));
        }
        for (int i = 0; i < tokens.size(); i++) {
            String start = tokens.get((i + tokens.size() - 1) % tokens.size());
            List<String> replicas = new ArrayList<>();
            for (int next = i; replicas.size() < Math.min(REPLICAS, nodes); next++) {
                String owner = tokenToEndpoint.get(tokens.get(next % tokens.size()));
                if (!replicas.contains(owner)) replicas.add(owner);
            }
            ranges.put(Arrays.asList(start, tokens.get(i)), replicas);
            bareRanges.put(Arrays.asList(start, tokens.get(i)), new ArrayList<>());
        }
    }

    String endpointStates() {
        StringBuilder text = new StringBuilder();
        for (String address : addresses) {
            text.append('/').append(address).append("\n  generation:1\n  heartbeat:100\n  STATUS:20:NORMAL,1\n")
                .append("  LOAD:30:1048576.0\n  SCHEMA:10:00000000-0000-1000-8000-000000000000\n  DC:8:dc1\n")
                .append("  RACK:9:rack1\n  RELEASE_VERSION:5:").append(VERSION)
                .append("\n  NET_VERSION:1:12\n  HOST_ID:2:")
                .append(hostIds.get(address)).append("\n  TOKENS:19:<hidden>\n");
        }
        return text.toString();
    }

    /** An MBean made of functions. */
    static class Bean extends NotificationBroadcasterSupport implements DynamicMBean {
        final Map<String, java.util.function.Supplier<Object>> attributes = new HashMap<>();
        final Map<String, Function<Object[], Object>> operations = new HashMap<>();

        @Override
        public Object getAttribute(String name) throws AttributeNotFoundException {
            if (!attributes.containsKey(name)) throw new AttributeNotFoundException(name);
            return attributes.get(name).get();
        }

        @Override
        public AttributeList getAttributes(String[] names) {
            AttributeList list = new AttributeList();
            for (String name : names) {
                if (attributes.containsKey(name)) list.add(new Attribute(name, attributes.get(name).get()));
            }
            return list;
        }

        @Override
        public Object invoke(String name, Object[] arguments, String[] signature) throws ReflectionException {
            if (!operations.containsKey(name)) throw new ReflectionException(new NoSuchMethodException(name));
            return operations.get(name).apply(arguments);
        }

        @Override
        public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
            throw new AttributeNotFoundException(attribute.getName());
        }

        @Override
        public AttributeList setAttributes(AttributeList list) {
            return new AttributeList();
        }

        @Override
        public MBeanInfo getMBeanInfo() {
            return new MBeanInfo(getClass().getName(), "fake", null, null, null, new MBeanNotificationInfo[0]);
        }
    }

    /** Counts what a client calls while it works, but for fetches of notifications. */
    static class CountingConnection extends RMIConnectionImpl {
        static final AtomicLong calls = new AtomicLong();

        CountingConnection(RMIServerImpl server, String id, ClassLoader loader, Subject subject, Map<String, ?> environment) {
            super(server, id, loader, subject, environment);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Object invoke(ObjectName name, String operation, MarshalledObject arguments, String[] signature, Subject who)
            throws InstanceNotFoundException, MBeanException, ReflectionException, IOException {
            calls.incrementAndGet();
            return super.invoke(name, operation, arguments, signature, who);
        }

        @Override
        public Object getAttribute(ObjectName name, String attribute, Subject who)
            throws MBeanException, AttributeNotFoundException, InstanceNotFoundException, ReflectionException, IOException {
            calls.incrementAndGet();
            return super.getAttribute(name, attribute, who);
        }

        @Override
        public AttributeList getAttributes(ObjectName name, String[] attributes, Subject who)
            throws InstanceNotFoundException, ReflectionException, IOException {
            calls.incrementAndGet();
            return super.getAttributes(name, attributes, who);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Set<ObjectName> queryNames(ObjectName name, MarshalledObject query, Subject who) throws IOException {
            calls.incrementAndGet();
            return super.queryNames(name, query, who);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Integer[] addNotificationListeners(ObjectName[] names, MarshalledObject[] filters, Subject[] who)
            throws InstanceNotFoundException, IOException {
            calls.incrementAndGet();
            return super.addNotificationListeners(names, filters, who);
        }

        @Override
        public void removeNotificationListeners(ObjectName name, Integer[] listeners, Subject who)
            throws InstanceNotFoundException, ListenerNotFoundException, IOException {
            calls.incrementAndGet();
            super.removeNotificationListeners(name, listeners, who);
        }
    }

    /** One node: its MBeans and its repairs. */
    class Node {
        final String address;
        final AtomicInteger commands = new AtomicInteger();
        final AtomicInteger notifications = new AtomicInteger();
        final Map<Integer, String> statuses = new ConcurrentHashMap<>();
        final Bean storage = new Bean();

        Node(String address) {
            this.address = address;
        }

        void listen() throws Exception {
            MBeanServer server = MBeanServerFactory.newMBeanServer();
            fillStorage();
            server.registerMBean(storage, new ObjectName("org.apache.cassandra.db:type=StorageService"));
            Bean detector = new Bean();
            detector.attributes.put("AllEndpointStates", FakeCluster.this::endpointStates);
            server.registerMBean(detector, new ObjectName("org.apache.cassandra.net:type=FailureDetector"));
            Bean pending = new Bean();
            pending.attributes.put("Value", () -> 0);
            server.registerMBean(pending, new ObjectName("org.apache.cassandra.metrics:type=Compaction,name=PendingTasks"));
            Bean snitch = new Bean();
            snitch.operations.put("getDatacenter", arguments -> "dc1");
            snitch.operations.put("getRack", arguments -> "rack1");
            server.registerMBean(snitch, new ObjectName("org.apache.cassandra.db:type=EndpointSnitchInfo"));
            for (String keyspace : keyspaces) {
                for (String type : new String[] {"Tables,keyspace=%s,table=t", "ColumnFamilies,keyspace=%s,columnfamily=t"}) {
                    Bean table = new Bean();
                    HashMap<String, String> compaction = new HashMap<>();
                    compaction.put("class", "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy");
                    table.attributes.put("CompactionParameters", () -> compaction);
                    server.registerMBean(table, new ObjectName("org.apache.cassandra.db:type=" + String.format(type, keyspace)));
                }
            }
            server.registerMBean(
                new StandardMBean(ManagementFactory.getRuntimeMXBean(), java.lang.management.RuntimeMXBean.class, true),
                new ObjectName(ManagementFactory.RUNTIME_MXBEAN_NAME));
            connect(server);
        }

        void connect(MBeanServer server) throws IOException {
            RMIServerSocketFactory here = port -> {
                ServerSocket socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), 100);
                return socket;
            };
            Map<String, Object> environment = new HashMap<>();
            environment.put(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, here);
            if (PASSWORD != null) environment.put(JMXConnectorServer.AUTHENTICATOR, (JMXAuthenticator) this::authenticate);
            java.rmi.registry.Registry registry = LocateRegistry.createRegistry(JMX_PORT, null, here);
            RMIJRMPServerImpl remote = new RMIJRMPServerImpl(JMX_PORT, null, here, environment) {
                @Override
                protected RMIConnection makeClient(String id, Subject subject) throws IOException {
                    RMIConnection made = new CountingConnection(this, id, getDefaultClassLoader(), subject, environment);
                    UnicastRemoteObject.exportObject(made, JMX_PORT, null, here);
                    return made;
                }
            };
            RMIConnectorServer connector = new RMIConnectorServer(
                new JMXServiceURL("rmi", address, JMX_PORT), environment, remote, server);
            connector.start();
            registry.rebind("jmxrmi", remote.toStub());
        }

        Subject authenticate(Object credentials) {
            if (credentials instanceof String[] && Arrays.equals((String[]) credentials, new String[] {"cassandra", PASSWORD})) {
                return new Subject();
            }
            throw new SecurityException("Authentication failed! Invalid username or password");
        }

        void fillStorage() {
            Map<String, java.util.function.Supplier<Object>> a = storage.attributes;
            a.put("ClusterName", () -> "fake");
            a.put("PartitionerName", () -> "org.apache.cassandra.dht.Murmur3Partitioner");
            a.put("ReleaseVersion", () -> VERSION);
            a.put("OperationMode", () -> "NORMAL");
            a.put("LocalHostId", () -> hostIds.get(address));
            a.put("EndpointToHostId", () -> new HashMap<>(hostIds));
            a.put("HostIdToEndpoint", () -> {
                HashMap<String, String> reverse = new HashMap<>();
                hostIds.forEach((host, id) -> reverse.put(id, host));
                return reverse;
            });
            a.put("TokenToEndpointMap", () -> tokenToEndpoint);
            a.put("LiveNodes", () -> new ArrayList<>(addresses));
            for (String none : new String[] {"UnreachableNodes", "JoiningNodes", "LeavingNodes", "MovingNodes"}) {
                a.put(none, ArrayList::new);
            }
            a.put("LoadMap", HashMap::new);
            a.put("LoadString", () -> "1 MiB");
            for (String list : new String[] {"Keyspaces", "NonSystemKeyspaces", "NonLocalStrategyKeyspaces"}) {
                a.put(list, () -> new ArrayList<>(keyspaces));
            }
            storage.operations.put("getRangeToEndpointMap", arguments -> BARE.contains(arguments[0]) ? bareRanges : ranges);
            storage.operations.put("repairAsync", arguments -> repair());
            storage.operations.put("forceTerminateAllRepairSessions", arguments -> null);
            storage.operations.put("getParentRepairStatus", arguments -> {
                String status = statuses.get((Integer) arguments[0]);
                return status == null ? null : new ArrayList<>(Arrays.asList(status, "text"));
            });
        }

        int repair() {
            int number = commands.incrementAndGet();
            statuses.put(number, "IN_PROGRESS");
            send(number, 0, "Starting repair command #" + number);
            timer.schedule(() -> {
                statuses.put(number, "COMPLETED");
                send(number, 4, "Repair completed successfully");
                send(number, 5, "Repair command #" + number + " finished in 0 seconds");
            }, repairMillis, TimeUnit.MILLISECONDS);
            return number;
        }

        void send(int number, int kind, String text) {
            Notification event = new Notification(
                "progress", "repair:" + number, notifications.incrementAndGet(), System.currentTimeMillis(), text);
            HashMap<String, Integer> data = new HashMap<>();
            data.put("type", kind);
            data.put("progressCount", 0);
            data.put("total", 7);
            event.setUserData(data);
            storage.sendNotification(event);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int network = Integer.parseInt(arguments[0]);
        int nodes = Integer.parseInt(arguments[1]);
        int listening = Integer.parseInt(arguments[2]);
        FakeCluster cluster = new FakeCluster(network, nodes, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]),
            Arrays.asList(arguments).subList(5, arguments.length));
        for (String address : cluster.addresses.subList(0, listening)) cluster.new Node(address).listen();
        System.out.println("listening " + cluster.addresses.get(0));
        // Each line on standard input asks how many calls there have been. It ends with its parent.
        for (int letter = System.in.read(); letter >= 0; letter = System.in.read()) {
            if (letter == '\n') System.out.println("calls " + CountingConnection.calls.get());
        }
        System.exit(0);
    }
}
