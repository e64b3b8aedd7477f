package management;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last thousand that somebody has asked for. */
final class Jobs {
  private static final int KEPT = 1000;

  private final Map<String, Job> jobs =
      Collections.synchronizedMap(
          new LinkedHashMap<String, Job>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Job> eldest) {
              return size() > KEPT;
            }
          });

  void add(Job job) {
    jobs.put(job.id, job);
  }

  Answer find(Request request) throws ReflectiveOperationException {
    Job job = jobs.get(request.parameter("job_id"));
    return job == null ? Answer.json(404, Collections.emptyMap()) : Answer.json(200, job.told());
  }
}
