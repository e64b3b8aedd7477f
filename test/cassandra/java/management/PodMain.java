package management;

/**
 * In a pod: on all addresses. Cassandra starts at once, or with MGMT_API_EXPLICIT_START=true, as cass-operator has it, when
 * somebody asks for it.
 */
public final class PodMain {
  private PodMain() {}

  public static void main(String[] arguments) throws Exception {
    Lifecycle lifecycle = new Lifecycle(false);
    Server.startBoth(null, lifecycle);
    if (!"true".equals(System.getenv("MGMT_API_EXPLICIT_START"))) lifecycle.start();
  }
}
