package management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The samples of one name, as Prometheus' text format has them. */
final class Family {
  private final String name;
  private final String head;
  private final StringBuilder samples = new StringBuilder();

  Family(String name, String type, String help) {
    this.name = name;
    head = "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
  }

  void add(String suffix, Map<String, String> labels, double value) {
    List<String> texts = new ArrayList<>();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      texts.add(label.getKey() + "=\"" + escaped(label.getValue()) + "\",");
    }
    String all = texts.isEmpty() ? "" : "{" + String.join("", texts) + "}";
    samples.append(name).append(suffix).append(all).append(' ').append(number(value)).append('\n');
  }

  boolean isEmpty() {
    return samples.length() == 0;
  }

  String text() {
    return head + samples;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) return value > 0 ? "+Inf" : "-Inf";
    return Double.toString(value);
  }
}
