package management;

/** As the system itself: the role manager writes a role wherever roles are. One that is there gets the new password. */
final class Roles {
  private static final String PACKAGE = "org.apache.cassandra.auth.";

  private Roles() {}

  static Answer create(Request wanted) throws ReflectiveOperationException {
    Object options = Class.forName(PACKAGE + "RoleOptions").getConstructor().newInstance();
    set(options, "SUPERUSER", Boolean.valueOf(wanted.parameter("is_superuser")));
    set(options, "LOGIN", Boolean.valueOf(wanted.parameter("can_login")));
    set(options, "PASSWORD", wanted.parameter("password"));
    Class<?> user = Class.forName(PACKAGE + "AuthenticatedUser");
    Class<?> resource = Class.forName(PACKAGE + "RoleResource");
    Class.forName(PACKAGE + "IRoleManager")
        .getMethod("createRole", user, resource, options.getClass())
        .invoke(
            Cassandra.callStatic("org.apache.cassandra.config.DatabaseDescriptor", "getRoleManager"),
            user.getField("SYSTEM_USER").get(null),
            resource.getMethod("role", String.class).invoke(null, wanted.parameter("username")),
            options);
    return Answer.ok("OK");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void set(Object options, String name, Object value) throws ReflectiveOperationException {
    Class<?> option = Class.forName(PACKAGE + "IRoleManager$Option");
    options.getClass().getMethod("setOption", option, Object.class).invoke(options, Enum.valueOf((Class) option, name), value);
  }
}
