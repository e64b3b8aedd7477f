package management;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** In a pod: on all addresses, and Cassandra runs in this process from the moment that somebody asks for its start. */
public final class PodMain {
  private PodMain() {}

  public static void main(String[] arguments) throws IOException, GeneralSecurityException {
    Server.startBoth(null, new Lifecycle(false));
  }
}
