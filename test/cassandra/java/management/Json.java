package management;

/** JSON by the library that Cassandra itself has. */
final class Json {
  private Json() {}

  static Object read(String text) throws ReflectiveOperationException {
    Object mapper = mapper();
    return mapper.getClass().getMethod("readValue", String.class, Class.class).invoke(mapper, text, Object.class);
  }

  static String write(Object value) throws ReflectiveOperationException {
    Object mapper = mapper();
    return (String) mapper.getClass().getMethod("writeValueAsString", Object.class).invoke(mapper, value);
  }

  private static Object mapper() throws ReflectiveOperationException {
    return Class.forName("com.fasterxml.jackson.databind.ObjectMapper").getConstructor().newInstance();
  }
}
