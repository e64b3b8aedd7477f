import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.server.RMIServerSocketFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.StandardMBean;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;

/**
 * As much of Cassandra's management as a benchmark asks for, without Cassandra: a ring as large as you like, and
 * repairs that take the time you say. Each node that listens has a JMX server of its own on its loopback address.
 *
 * <p>java FakeCluster.java NETWORK RING_NODES LISTENING VNODES REPAIR_MILLIS KEYSPACE...
 */
public class FakeCluster {
    static final int REPLICAS = 3;
    static final int JMX_PORT = 7199;
    static final BigInteger RING = BigInteger.ONE.shiftLeft(64);
    static final BigInteger MINIMUM = BigInteger.ONE.shiftLeft(63).negate();

    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    final int repairMillis;
    final List<String> keyspaces;
    final List<String> addresses = new ArrayList<>();
    final Map<String, String> hostIds = new LinkedHashMap<>();
    final LinkedHashMap<String, String> tokenToEndpoint = new LinkedHashMap<>();
    final HashMap<List<String>, List<String>> ranges = new HashMap<>();

    FakeCluster(int network, int nodes, int vnodes, int repairMillis, List<String> keyspaces) {
        this.repairMillis = repairMillis;
        this.keyspaces = keyspaces;
        for (int i = 0; i < nodes; i++) {
            String address = "127." + network + "." + (i / 250) + "." + (i % 250 + 1);
            addresses.add(address);
            hostIds.put(address, new UUID(0x1000L + network, i + 1).toString());
        }
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
        }
    }

    String endpointStates() {
        StringBuilder text = new StringBuilder();
        for (String address : addresses) {
            text.append('/').append(address).append("\n  generation:1\n  heartbeat:100\n  STATUS:20:NORMAL,1\n")
                .append("  LOAD:30:1048576.0\n  SCHEMA:10:00000000-0000-1000-8000-000000000000\n  DC:8:dc1\n")
                .append("  RACK:9:rack1\n  RELEASE_VERSION:5:5.0.9\n  NET_VERSION:1:12\n  HOST_ID:2:")
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
            java.rmi.registry.Registry registry = LocateRegistry.createRegistry(JMX_PORT, null, here);
            javax.management.remote.rmi.RMIJRMPServerImpl remote =
                new javax.management.remote.rmi.RMIJRMPServerImpl(JMX_PORT, null, here, environment);
            RMIConnectorServer connector = new RMIConnectorServer(
                new JMXServiceURL("rmi", address, JMX_PORT), environment, remote, server);
            connector.start();
            registry.rebind("jmxrmi", remote.toStub());
        }

        void fillStorage() {
            Map<String, java.util.function.Supplier<Object>> a = storage.attributes;
            a.put("ClusterName", () -> "fake");
            a.put("PartitionerName", () -> "org.apache.cassandra.dht.Murmur3Partitioner");
            a.put("ReleaseVersion", () -> "5.0.9");
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
            storage.operations.put("getRangeToEndpointMap", arguments -> ranges);
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
        System.in.read();  // ends with its parent
        System.exit(0);
    }
}
