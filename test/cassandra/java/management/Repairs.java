package management;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.Notification;
import javax.management.NotificationListener;

/** Starts repairs and follows them. */
final class Repairs {
  /** The kinds of events, as Cassandra numbers them. */
  private static final List<String> EVENTS =
      Arrays.asList("START", "PROGRESS", "ERROR", "ABORT", "SUCCESS", "COMPLETE", "NOTIFICATION");

  private static final List<String> NOT_KEPT = Arrays.asList("PROGRESS", "NOTIFICATION");
  private static final List<String> PARALLELISMS = Arrays.asList("sequential", "parallel", "dc_parallel");

  private final Jobs jobs;
  private final Faults faults;

  Repairs(Jobs jobs, Faults faults) {
    this.jobs = jobs;
    this.faults = faults;
  }

  Answer start(Request request) throws Exception {
    Map<?, ?> wanted = request.json();
    if (wanted.get("keyspace") == null) throw new BadRequest("keyspaceName must be specified");
    Map<String, String> options = options(wanted);
    Object command =
        Cassandra.BEANS.invoke(
            Cassandra.STORAGE_SERVICE,
            "repairAsync",
            new Object[] {wanted.get("keyspace"), options},
            new String[] {String.class.getName(), Map.class.getName()});
    Job job = new Job("repair-" + command);
    jobs.add(job);
    if (command.equals(0)) {
      job.hear("COMPLETE", "");
    } else if (!faults.loseEvents()) {
      // What the command has told until now is lost, as with the real one.
      follow(job, "repair:" + command);
    }
    return faults.loseAnswers() ? Answer.LOST : Answer.json(202, Collections.singletonMap("repair_id", job.id));
  }

  static Answer stopAll() throws JMException {
    Cassandra.invoke(Cassandra.STORAGE_SERVICE, "forceTerminateAllRepairSessions");
    return Answer.nothing(202);
  }

  private static Map<String, String> options(Map<?, ?> wanted) throws BadRequest {
    Object isFull = wanted.get("full_repair");
    Object threads = wanted.get("repair_thread_count");
    // The real one does not take the blame of these from itself.
    if (isFull == null || threads != null && ((Number) threads).intValue() <= 0) {
      throw new IllegalStateException("Failed to execute method NodeOps.repair");
    }
    Map<String, String> options = new HashMap<>();
    options.put("incremental", String.valueOf(!(Boolean) isFull));
    options.put("trace", "false");
    if (threads != null) options.put("jobThreads", threads.toString());
    Object parallelism = wanted.get("repair_parallelism");
    if (parallelism != null) {
      if (!PARALLELISMS.contains(parallelism)) throw new BadRequest("no repair_parallelism: " + parallelism);
      options.put("parallelism", (String) parallelism);
    }
    putList(options, "columnFamilies", texts(wanted.get("tables")));
    putList(options, "dataCenters", texts(wanted.get("datacenters")));
    putList(options, "ranges", ranges(wanted.get("associated_tokens")));
    return options;
  }

  private static void putList(Map<String, String> options, String name, List<String> values) {
    if (!values.isEmpty()) options.put(name, String.join(",", values));
  }

  private static List<String> texts(Object list) {
    List<String> texts = new ArrayList<>();
    if (list != null) {
      for (Object each : (List<?>) list) texts.add(each.toString());
    }
    return texts;
  }

  private static List<String> ranges(Object list) throws BadRequest {
    List<String> ranges = new ArrayList<>();
    if (list != null) {
      for (Object each : (List<?>) list) {
        Map<?, ?> range = (Map<?, ?>) each;
        ranges.add(token(range.get("start")) + ":" + token(range.get("end")));
      }
    }
    return ranges;
  }

  /** A fraction is cut, as the real one does it: who sends doubles repairs something else. */
  private static long token(Object number) throws BadRequest {
    try {
      return number instanceof Double ? ((Double) number).longValue() : new BigInteger(String.valueOf(number)).longValueExact();
    } catch (ArithmeticException | NumberFormatException wrong) {
      throw new BadRequest("no token: " + number);
    }
  }

  private static void follow(Job job, String source) throws JMException {
    NotificationListener listener =
        new NotificationListener() {
          @Override
          public void handleNotification(Notification notification, Object handback) {
            String event = EVENTS.get((Integer) ((Map<?, ?>) notification.getUserData()).get("type"));
            if (!NOT_KEPT.contains(event)) job.hear(event, notification.getMessage());
            if (event.equals("COMPLETE")) forget(this);
          }
        };
    Cassandra.BEANS.addNotificationListener(
        Cassandra.STORAGE_SERVICE,
        listener,
        notification -> notification.getType().equals("progress") && source.equals(notification.getSource()),
        null);
  }

  private static void forget(NotificationListener listener) {
    try {
      Cassandra.BEANS.removeNotificationListener(Cassandra.STORAGE_SERVICE, listener);
    } catch (JMException gone) {
      throw new IllegalStateException(gone);
    }
  }
}
