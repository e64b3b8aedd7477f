package management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executors;

/** Both servers: the management API on port 8080, the metrics on port 9000. */
final class Server {
  interface Service {
    Answer answer(Request request) throws Exception;
  }

  private static final int API_PORT = 8080;
  private static final int METRICS_PORT = 9000;
  private static final boolean PLAIN_METRICS = Boolean.getBoolean("lab.management.plainMetrics");

  private Server() {}

  /** host null: on all addresses. */
  static void startBoth(String host, Lifecycle lifecycle) throws IOException, GeneralSecurityException {
    start(host, API_PORT, new Api(lifecycle), Tls.isWanted());
    start(host, METRICS_PORT, new Metrics(), Tls.isWanted() && !PLAIN_METRICS);
  }

  private static void start(String host, int port, Service service, boolean withTls)
      throws IOException, GeneralSecurityException {
    InetSocketAddress address = host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    InetSocketAddress hidden = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(withTls ? hidden : address, 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> handle(exchange, service));
    server.start();
    if (withTls) Tls.start(address, server.getAddress());
  }

  private static void handle(HttpExchange exchange, Service service) throws IOException {
    try {
      Request request = new Request(exchange);
      Answer answer = answer(request, service);
      System.out.println("management: " + request.what + " " + answer.status);
      if (answer == Answer.LOST) return;
      exchange.getResponseHeaders().set("Content-Type", answer.contentType);
      exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(answer.body);
      }
    } finally {
      exchange.close();
    }
  }

  private static Answer answer(Request request, Service service) {
    try {
      return service.answer(request);
    } catch (BadRequest wrong) {
      return Answer.text(400, wrong.getMessage());
    } catch (Throwable failure) {
      return Answer.text(500, String.valueOf(Cassandra.cause(failure).getLocalizedMessage()));
    }
  }
}
