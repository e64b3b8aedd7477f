package management;

/** A node of the lab: on -Dlab.management.address, beside a Cassandra that starts at once. */
public final class NodeMain {
  private NodeMain() {}

  public static void main(String[] arguments) throws Exception {
    Server.startBoth(System.getProperty("lab.management.address"), new Lifecycle(true));
    Class.forName("LabMain").getMethod("main", String[].class).invoke(null, (Object) arguments);
  }
}
