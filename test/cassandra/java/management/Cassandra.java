package management;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeErrorException;
import javax.management.RuntimeMBeanException;

/** The Cassandra of this process: its MBeans, and by reflection what they do not tell. */
final class Cassandra {
  static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
  static final ObjectName STORAGE_SERVICE = name("org.apache.cassandra.db:type=StorageService");
  static final ObjectName GOSSIPER = name("org.apache.cassandra.net:type=Gossiper");
  static final ObjectName SNITCH = name("org.apache.cassandra.db:type=EndpointSnitchInfo");
  static final ObjectName COMPACTIONS = name("org.apache.cassandra.db:type=CompactionManager");

  private Cassandra() {}

  /** Its own first thread can come no further than to wait for the end. */
  static void run(String[] arguments) throws ReflectiveOperationException {
    Class.forName("org.apache.cassandra.service.CassandraDaemon")
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }

  /** It has joined the ring, or is not to. Before, no other class of it may be touched. */
  static boolean isSetUp() throws ReflectiveOperationException {
    return BEANS.isRegistered(STORAGE_SERVICE)
        && Boolean.TRUE.equals(call(instance("org.apache.cassandra.service.StorageService"), "isDaemonSetupCompleted"));
  }

  /** It takes clients. */
  static boolean isServing() throws JMException {
    return BEANS.isRegistered(STORAGE_SERVICE)
        && "NORMAL".equals(storage("OperationMode"))
        && Boolean.TRUE.equals(storage("NativeTransportRunning"));
  }

  static Object storage(String attribute) throws JMException {
    return BEANS.getAttribute(STORAGE_SERVICE, attribute);
  }

  static List<?> keyspaces() throws JMException {
    return (List<?>) storage("Keyspaces");
  }

  static Object invoke(ObjectName bean, String operation) throws JMException {
    return BEANS.invoke(bean, operation, new Object[0], new String[0]);
  }

  /** The only one of a class. */
  static Object instance(String className) throws ReflectiveOperationException {
    return Class.forName(className).getField("instance").get(null);
  }

  static Object call(Object object, String method) throws ReflectiveOperationException {
    return object.getClass().getMethod(method).invoke(object);
  }

  static Object callStatic(String className, String method) throws ReflectiveOperationException {
    return Class.forName(className).getMethod(method).invoke(null);
  }

  /** What reflection and MBeans have wrapped. */
  static Throwable cause(Throwable failure) {
    boolean isWrapped =
        failure instanceof InvocationTargetException
            || failure instanceof MBeanException
            || failure instanceof RuntimeMBeanException
            || failure instanceof RuntimeErrorException;
    return isWrapped && failure.getCause() != null ? cause(failure.getCause()) : failure;
  }

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (JMException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }
}
