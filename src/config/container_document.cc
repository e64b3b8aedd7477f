#include "config/container_document.h"

#include "config/container_variables.h"
#include "config/java_options.h"
#include "config/scalar.h"

#include <algorithm>

namespace helenus::config {
namespace {

bool is_true(const std::optional<std::string>& value) {
  return value && parse_boolean(*value).value_or(false);
}

/// One item of a list that is separated by commas and blanks, removed from `rest`; empty at the
/// end.
std::string_view take_item(std::string_view& rest) {
  constexpr std::string_view separators = ", \t\r\n";
  rest.remove_prefix(std::min(rest.find_first_not_of(separators), rest.size()));
  const auto item = rest.substr(0, rest.find_first_of(separators));
  rest.remove_prefix(item.size());
  return item;
}

class document_maker {
 public:
  explicit document_maker(const environment& variables) : variables_(variables) {}

  container_document make() {
    for (const auto& one : container_variables()) add(one);
    if (enumeration_name(value_of("REAPER_STORAGE_TYPE", "memory")) == "CASSANDRA") {
      add_cassandra();
    } else {
      add_folder();
    }
    add_access();
    add_jmx_logins();
    add_server_tls();
    add_java_options();
    return std::move(made_);
  }

 private:
  std::string value_of(const char* name, std::string_view otherwise = {}) {
    return variables_(name).value_or(std::string(otherwise));
  }

  /// `path` is "server.adminConnectors[0].port".
  void put(std::string_view path, YAML::Node value, const char* variable) {
    YAML::Node at = made_.document;
    std::string_view rest = path;
    while (true) {
      const auto name = rest.substr(0, rest.find_first_of(".["));
      rest.remove_prefix(name.size());
      YAML::Node next = at[std::string(name)];
      at.reset(next);
      if (rest.starts_with('[')) {  // the lists have one entry
        YAML::Node entry = at[std::size_t{0}];
        at.reset(entry);
        rest.remove_prefix(std::min(rest.find(']') + 1, rest.size()));
      }
      if (rest.empty()) break;
      rest.remove_prefix(1);
    }
    at = value;
    if (variable && variables_(variable)) made_.variables[std::string(path)] = variable;
  }
  void put_text(std::string_view path, const std::string& text, const char* variable) {
    put(path, YAML::Node(text), variable);
  }
  /// Lists and maps are written as in YAML: "[a, b]", "{10.0.0.1: 7200}".
  void put_flow(std::string_view path, const std::string& text, const char* variable) {
    try {
      put(path, YAML::Load(text), variable);
    } catch (const YAML::Exception& wrong) {
      made_.problems.push_back({0, variable, text, "not YAML: " + wrong.msg});
    }
  }

  void add(const container_variable& one) {
    const auto value = value_of(one.name, one.otherwise);
    if (value.empty()) return;
    if (one.shape == value_shape::flow) {
      put_flow(one.path, value, one.name);
    } else {
      put_text(one.path, value, one.name);
    }
  }

  /// An empty folder is a database in memory only.
  void add_folder() {
    constexpr const char* name = "REAPER_MEMORY_STORAGE_DIRECTORY";
    put_text("persistenceStoragePath", value_of(name, "/var/lib/cassandra-reaper/storage"), name);
  }

  void add_access() {
    constexpr const char* enabled = "REAPER_AUTH_ENABLED";
    put_text("accessControl.enabled", value_of(enabled, "true"), enabled);
    const bool on = is_true(value_of(enabled, "true"));
    // The image answers scripts of other pages in any case; without logins that would let any page
    // that an operator opens do everything.
    constexpr const char* cross_origin = "REAPER_ENABLE_CROSS_ORIGIN";
    put_text("enableCrossOrigin", value_of(cross_origin, on ? "true" : "false"), cross_origin);
    if (!on) return;
    put_text("accessControl.jwt.secret", value_of("JWT_SECRET"), "JWT_SECRET");
    YAML::Node users;
    users.push_back(user("REAPER_AUTH_USER", "REAPER_AUTH_PASSWORD", "operator"));
    if (!value_of("REAPER_READ_USER").empty()) {
      users.push_back(user("REAPER_READ_USER", "REAPER_READ_USER_PASSWORD", "user"));
    }
    put("accessControl.users", users, nullptr);
  }
  YAML::Node user(const char* name, const char* password, const char* role) {
    YAML::Node made;
    made["username"] = value_of(name);
    made["password"] = value_of(password);
    made["roles"].push_back(role);
    if (!value_of(name).empty() && value_of(password).empty()) {
      made_.problems.push_back({0, password, "", std::string(name) + " is set, so this is needed"});
    }
    return made;
  }

  void add_jmx_logins() {
    if (const auto name = value_of("REAPER_JMX_AUTH_USERNAME"); !name.empty()) {
      put_text("jmxAuth.username", name, "REAPER_JMX_AUTH_USERNAME");
      put_text("jmxAuth.password", value_of("REAPER_JMX_AUTH_PASSWORD"),
               "REAPER_JMX_AUTH_PASSWORD");
    }
    constexpr const char* variable = "REAPER_JMX_CREDENTIALS";
    const auto all = value_of(variable);
    YAML::Node logins;
    for (std::string_view rest = all, item; !(item = take_item(rest)).empty();) {
      const auto colon = item.find(':');
      const auto at = item.rfind('@');
      if (colon == std::string_view::npos || at == std::string_view::npos || at < colon) {
        made_.problems.push_back(
            {0, variable, "", "user:password@cluster, separated by commas, is accepted"});
        return;
      }
      YAML::Node login;
      login["username"] = std::string(item.substr(0, colon));
      login["password"] = std::string(item.substr(colon + 1, at - colon - 1));
      logins[std::string(item.substr(at + 1))] = login;
    }
    if (logins.size() > 0) put("jmxCredentials", logins, variable);
  }

  /// As in the image any text switches it on.
  void add_server_tls() {
    constexpr const char* variable = "REAPER_SERVER_TLS_ENABLE";
    if (value_of(variable).empty()) return;
    const std::string connector = "server.applicationConnectors[0].";
    put_text(connector + "type", "https", variable);
    const auto file = [&](const char* key, const char* name) {
      if (const auto value = value_of(name); !value.empty()) put_text(connector + key, value, name);
    };
    file("keyStorePath", "REAPER_SERVER_TLS_KEYSTORE_PATH");
    file("trustStorePath", "REAPER_SERVER_TLS_TRUSTSTORE_PATH");
    for (const auto* password : {"keyStorePassword", "trustStorePassword"}) {
      put_text(connector + password, "changeit", nullptr);  // as the image has it
    }
    file("needClientAuth", "REAPER_SERVER_TLS_CLIENT_AUTH");
    file("disableSniHostCheck", "REAPER_SERVER_TLS_DISABLE_SNI");
  }

  void add_cassandra() {
    for (const auto& one : cassandra_variables()) add(one);
    put_text("cassandra.type", "basic", nullptr);
    add_contact_points();
    add_address_translator();
    if (value_of("REAPER_CASS_AUTH_ENABLED") == "true") add_cassandra_login();
    // Its stores are named by JAVA_OPTS: read_surroundings().
    constexpr const char* encrypted = "REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED";
    if (value_of(encrypted) == "true") put_text("cassandra.ssl.type", "jdk", encrypted);
  }

  void add_cassandra_login() {
    const std::string block = "cassandra.authProvider.";
    const auto put_login = [&](const char* key, const char* name, std::string_view otherwise) {
      put_text(block + key, value_of(name, otherwise), name);
    };
    put_text(block + "type", "plain-text", nullptr);
    put_login("username", "REAPER_CASS_AUTH_USERNAME", "cassandra");
    // The file is read again at each attempt, so that a password may change.
    constexpr const char* file = "REAPER_CASS_AUTH_PASSWORD_FILE";
    if (!value_of(file).empty()) return put_login("passwordFile", file, "");
    put_login("password", "REAPER_CASS_AUTH_PASSWORD", "cassandra");
  }

  /// The mapping is `from:to`, separated by commas.
  void add_address_translator() {
    constexpr const char* enabled = "REAPER_CASS_ADDRESS_TRANSLATOR_ENABLED";
    constexpr const char* type = "REAPER_CASS_ADDRESS_TRANSLATOR_TYPE";
    constexpr const char* mapping = "REAPER_CASS_ADDRESS_TRANSLATOR_MAPPING";
    if (value_of(enabled) != "true") {
      for (const auto* variable : {type, mapping}) {
        if (!value_of(variable).empty()) made_.not_used.emplace_back(variable);
      }
      return;
    }
    if (const auto kind = value_of(type); !kind.empty()) {
      put_text("cassandra.addressTranslator.type", kind, type);
    }
    const auto all = value_of(mapping);
    YAML::Node translations;
    for (std::string_view rest = all, item; !(item = take_item(rest)).empty();) {
      const auto colon = std::min(item.find(':'), item.size());
      YAML::Node one;
      one["from"] = std::string(item.substr(0, colon));
      one["to"] = std::string(item.substr(std::min(colon + 1, item.size())));
      translations.push_back(one);
    }
    if (!all.empty()) put("cassandra.addressTranslator.ipTranslations", translations, mapping);
  }

  /// `[{"host": "h", "port": 9042}]`, or names and addresses with or without brackets and ports.
  void add_contact_points() {
    constexpr const char* variable = "REAPER_CASS_CONTACT_POINTS";
    const auto given = value_of(variable);
    if (given.empty()) return;
    if (given.find('{') != std::string::npos) {
      return put_flow("cassandra.contactPoints", given, variable);
    }
    std::string plain = given;
    std::erase_if(plain,
                  [](char letter) { return letter == '[' || letter == ']' || letter == '"'; });
    YAML::Node points;
    for (std::string_view rest = plain, item; !(item = take_item(rest)).empty();) {
      const auto colon = item.find(':');
      const bool has_port = colon != std::string_view::npos && colon == item.rfind(':');
      YAML::Node point;
      point["host"] = std::string(has_port ? item.substr(0, colon) : item);
      point["port"] = std::string(has_port ? item.substr(colon + 1) : "9042");
      points.push_back(point);
    }
    put("cassandra.contactPoints", points, variable);
  }

  /// `-Ddw.KEY=VALUE` goes before everything.
  void add_java_options() {
    constexpr std::string_view prefix = "dw.";
    for (const auto& [name, value] : java_properties(value_of("JAVA_OPTS"))) {
      if (!name.starts_with(prefix)) continue;
      try {
        put_text(name.substr(prefix.size()), value, "JAVA_OPTS");
      } catch (const YAML::Exception&) {
        made_.problems.push_back({0, "JAVA_OPTS", "", "-D" + name + " names no key"});
      }
    }
  }

  const environment& variables_;
  container_document made_;
};

}  // namespace

container_document make_container_document(const environment& variables) {
  return document_maker(variables).make();
}

}  // namespace helenus::config
