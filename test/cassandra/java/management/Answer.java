package management;

import java.nio.charset.StandardCharsets;

/** What goes back to a client. */
final class Answer {
  /** The connection is closed without a word. */
  static final Answer LOST = new Answer(0, "", "");

  final int status;
  final String contentType;
  final byte[] body;

  private Answer(int status, String contentType, String body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body.getBytes(StandardCharsets.UTF_8);
  }

  static Answer of(int status, String contentType, String body) {
    return new Answer(status, contentType, body);
  }

  static Answer text(int status, String said) {
    return new Answer(status, "text/plain", said);
  }

  static Answer ok(Object said) {
    return text(200, String.valueOf(said));
  }

  static Answer json(int status, Object said) throws ReflectiveOperationException {
    return new Answer(status, "application/json", Json.write(said));
  }

  static Answer nothing(int status) {
    return text(status, "");
  }
}
