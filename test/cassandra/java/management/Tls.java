package management;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS before a server that speaks none, if there is -Dlab.management.keystore, of the password -Dlab.management.password: it
 * has the server's key, and the certificate that each client has to show. The JDK's own server with TLS would close the
 * connection of a stranger without telling him why.
 */
final class Tls {
  private static final String STORE = System.getProperty("lab.management.keystore");

  private Tls() {}

  static boolean isWanted() {
    return STORE != null;
  }

  static void start(InetSocketAddress address, InetSocketAddress behind) throws IOException, GeneralSecurityException {
    SSLServerSocket server = (SSLServerSocket) context().getServerSocketFactory().createServerSocket();
    server.setNeedClientAuth(true);
    server.setReuseAddress(true);
    server.bind(address);
    inBackground(
        () -> {
          while (true) {
            SSLSocket client = (SSLSocket) server.accept();
            inBackground(() -> serve(client, behind));
          }
        });
  }

  private static void serve(SSLSocket client, InetSocketAddress behind) throws IOException {
    try (Socket front = client;
        Socket back = new Socket()) {
      client.startHandshake();
      back.connect(behind);
      inBackground(() -> copy(back, front));
      copy(front, back);
    }
  }

  /** To the end of what is said; then nobody has any more to say. */
  private static void copy(Socket from, Socket to) throws IOException {
    try (Socket source = from;
        Socket target = to) {
      InputStream in = source.getInputStream();
      OutputStream out = target.getOutputStream();
      byte[] some = new byte[16384];
      for (int count = in.read(some); count >= 0; count = in.read(some)) out.write(some, 0, count);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException gone) {
                // A client that is refused, or one that goes away: nobody is there to be told.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static SSLContext context() throws GeneralSecurityException, IOException {
    char[] password = System.getProperty("lab.management.password").toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(STORE)) {
      store.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
