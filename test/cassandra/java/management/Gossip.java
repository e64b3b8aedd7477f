package management;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;

/** All endpoints that gossip has heard of and not forgotten, those that have left among them, with all that they say. */
final class Gossip {
  private static final String PACKAGE = "org.apache.cassandra.";

  private Gossip() {}

  static Answer endpoints() throws ReflectiveOperationException, JMException {
    return Answer.json(200, wrapped(states()));
  }

  private static List<Map<String, String>> states() throws ReflectiveOperationException, JMException {
    Object gossiper = Cassandra.instance(PACKAGE + "gms.Gossiper");
    Object partitioner = Cassandra.callStatic(PACKAGE + "config.DatabaseDescriptor", "getPartitioner");
    Object self = Cassandra.callStatic(PACKAGE + "utils.FBUtilities", "getBroadcastAddressAndPort");
    Method find = gossiper.getClass().getMethod("getEndpointStateForEndpoint", self.getClass());
    List<Map<String, String>> all = new ArrayList<>();
    for (Object endpoint : (Collection<?>) Cassandra.call(gossiper, "getEndpoints")) {
      Object state = find.invoke(gossiper, endpoint);
      if (state == null) continue; // forgotten since
      Map<String, String> one = applicationStates(state, partitioner);
      one.put("ENDPOINT_IP", (String) endpoint.getClass().getMethod("getHostAddress", boolean.class).invoke(endpoint, false));
      one.put("IS_ALIVE", String.valueOf(Cassandra.call(state, "isAlive")));
      one.put("PARTITIONER", partitioner.getClass().getName());
      one.put("CLUSTER_NAME", (String) Cassandra.storage("ClusterName"));
      one.put("IS_LOCAL", String.valueOf(endpoint.equals(self)));
      all.add(one);
    }
    return all;
  }

  private static Map<String, String> applicationStates(Object state, Object partitioner) throws ReflectiveOperationException {
    Map<String, String> said = new HashMap<>();
    for (Object each : (Collection<?>) Cassandra.call(state, "states")) {
      Map.Entry<?, ?> entry = (Map.Entry<?, ?>) each;
      String name = ((Enum<?>) entry.getKey()).name();
      String value = (String) entry.getValue().getClass().getField("value").get(entry.getValue());
      said.put(name, name.equals("TOKENS") ? tokens(value, partitioner) : value);
    }
    return said;
  }

  /** They are gossiped in a binary form. */
  private static String tokens(String gossiped, Object partitioner) throws ReflectiveOperationException {
    DataInput in = new DataInputStream(new ByteArrayInputStream(gossiped.getBytes(StandardCharsets.ISO_8859_1)));
    Object tokens =
        Class.forName(PACKAGE + "gms.TokenSerializer")
            .getMethod("deserialize", Class.forName(PACKAGE + "dht.IPartitioner"), DataInput.class)
            .invoke(null, partitioner, in);
    List<String> texts = new ArrayList<>();
    for (Object token : (Collection<?>) tokens) texts.add(token.toString());
    return String.join(",", texts);
  }

  /** The real server answers not with its answer, but with an object that carries it through its own insides. */
  private static Map<String, Object> wrapped(Object entity) {
    Map<String, Object> type = new LinkedHashMap<>();
    type.put("type", "application");
    type.put("subtype", "json");
    type.put("parameters", Collections.emptyMap());
    type.put("wildcardType", false);
    type.put("wildcardSubtype", false);
    Map<String, Object> variant = new LinkedHashMap<>();
    variant.put("language", null);
    variant.put("mediaType", type);
    variant.put("encoding", null);
    variant.put("languageString", null);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("entity", entity);
    all.put("variant", variant);
    all.put("annotations", Collections.emptyList());
    all.put("mediaType", type);
    all.put("language", null);
    all.put("encoding", null);
    return all;
  }
}
