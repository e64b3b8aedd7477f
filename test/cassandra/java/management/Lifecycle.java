package management;

import java.lang.management.ManagementFactory;

/** Whether Cassandra runs, and its start where somebody has to ask for it. */
final class Lifecycle {
  private static final long START_TIMEOUT = 600_000;
  private boolean isStarted;

  Lifecycle(boolean isStarted) {
    this.isStarted = isStarted;
  }

  synchronized Answer pid() {
    // Java 8 has no other way to it.
    return isStarted ? Answer.ok(ManagementFactory.getRuntimeMXBean().getName().split("@")[0]) : Answer.nothing(204);
  }

  /** Ends when Cassandra takes clients. */
  Answer start() throws Exception {
    synchronized (this) {
      if (!isStarted) new Thread(Lifecycle::runCassandra, "main").start();
      isStarted = true;
    }
    for (long end = System.currentTimeMillis() + START_TIMEOUT; !Cassandra.isServing(); Thread.sleep(200)) {
      if (System.currentTimeMillis() > end) return Answer.text(500, "Cassandra is not ready");
    }
    return Answer.ok("OK");
  }

  private static void runCassandra() {
    try {
      Cassandra.run(new String[0]);
    } catch (ReflectiveOperationException failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }
}
