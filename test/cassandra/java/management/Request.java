package management;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;

/** What a client asks. */
final class Request {
  /** The method and the path, as in `GET /metrics`. */
  final String what;

  private final Map<String, String> parameters = new HashMap<>();
  private final String body;

  Request(HttpExchange exchange) throws IOException {
    what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : (query == null ? "" : query).split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], "UTF-8"));
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    InputStream in = exchange.getRequestBody();
    byte[] some = new byte[4096];
    for (int count = in.read(some); count >= 0; count = in.read(some)) read.write(some, 0, count);
    body = read.toString("UTF-8");
  }

  /** null: it is not there. */
  String parameter(String name) {
    return parameters.get(name);
  }

  /** The body, which has to be an object of JSON. */
  Map<?, ?> json() throws BadRequest {
    try {
      return (Map<?, ?>) Json.read(body);
    } catch (ReflectiveOperationException | ClassCastException wrong) {
      throw new BadRequest("the body is no object of JSON");
    }
  }
}
