package management;

import java.util.Collections;
import java.util.Map;

/** What goes wrong on purpose. The real server has no such call: `PUT /lab/faults` with what shall be so from now on. */
final class Faults {
  private volatile Map<?, ?> wanted = Collections.emptyMap();

  Answer set(Request request) throws BadRequest {
    wanted = request.json();
    return Answer.ok("OK");
  }

  /** Repairs start, but nobody is told so: the connection is closed. */
  boolean loseAnswers() {
    return Boolean.TRUE.equals(wanted.get("lose_answers"));
  }

  /** As if all had been told before somebody listened. */
  boolean loseEvents() {
    return Boolean.TRUE.equals(wanted.get("lose_events"));
  }
}
