package management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a command of repair has told since somebody listened. */
final class Job {
  /** Older servers answer with a text that has the array in it: -Dlab.management.changes=text. */
  private static final boolean CHANGES_ARE_TEXT = "text".equals(System.getProperty("lab.management.changes", "array"));

  final String id;
  private final long submitted = System.currentTimeMillis();
  private final List<Map<String, String>> changes = new ArrayList<>();
  private String status = "WAITING";
  private String error;
  private long ended;

  Job(String id) {
    this.id = id;
  }

  /** COMPLETE comes after ERROR too, and hides it: the real one has this defect. */
  synchronized void hear(String event, String message) {
    Map<String, String> change = new LinkedHashMap<>();
    change.put("status", event);
    change.put("change_time", String.valueOf(System.currentTimeMillis()));
    change.put("message", message);
    changes.add(change);
    if (event.equals("ERROR") || event.equals("ABORT")) {
      error = message;
      end("ERROR");
    } else if (event.equals("COMPLETE")) {
      end("COMPLETED");
    }
  }

  synchronized Map<String, Object> told() throws ReflectiveOperationException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("id", id);
    all.put("type", "repair");
    all.put("status", status);
    all.put("submit_time", String.valueOf(submitted));
    all.put("end_time", String.valueOf(ended));
    if (status.equals("ERROR")) all.put("error", error);
    all.put("status_changes", CHANGES_ARE_TEXT ? Json.write(changes) : new ArrayList<>(changes));
    return all;
  }

  private void end(String how) {
    status = how;
    ended = System.currentTimeMillis();
  }
}
