import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMISocketFactory;

/**
 * Starts Cassandra with every plain RMI server socket (the JMX registry and connector) bound to
 * -Dlab.jmx.bind: Cassandra itself can bind JMX only to 127.0.0.1 or to all addresses, so that two nodes
 * on one machine could not both have port 7199.
 */
public class LabMain {
  public static void main(String[] args) throws Exception {
    String bind = System.getProperty("lab.jmx.bind");
    if (bind != null) {
      final InetAddress address = InetAddress.getByName(bind);
      RMISocketFactory.setSocketFactory(
          new RMISocketFactory() {
            public Socket createSocket(String host, int port) throws IOException {
              return new Socket(host, port);
            }

            public ServerSocket createServerSocket(int port) throws IOException {
              ServerSocket socket = new ServerSocket();
              socket.setReuseAddress(true);
              socket.bind(new InetSocketAddress(address, port), 50);
              return socket;
            }
          });
    }
    Class.forName("org.apache.cassandra.service.CassandraDaemon")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }
}
