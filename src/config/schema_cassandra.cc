#include "config/java_options.h"
#include "config/schema.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>

namespace helenus::config {

using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t default_port = 9042;

/// Keys of Reaper's driver, and of its health check.
constexpr std::array<std::string_view, 15> keys_without_effect{"sessionName",
                                                               "sessionMetrics",
                                                               "nodeMetrics",
                                                               "schemaOptions",
                                                               "retryPolicy",
                                                               "reconnectionPolicyFactory",
                                                               "speculativeExecutionPolicy",
                                                               "poolingOptions",
                                                               "protocolVersion",
                                                               "timestampGenerator",
                                                               "compression",
                                                               "validationQuery",
                                                               "healthCheckTimeout",
                                                               "metricsEnabled",
                                                               "cassandraOptions"};

auto text_into(std::string& into) {
  return [&into](reader& from, const YAML::Node& value) { from.text(value, into); };
}

/// `type` of a block of which there is only one kind.
key only_type(std::string_view name) {
  return {"type", [name](reader& from, const YAML::Node& value) {
            const std::array names{name};
            from.one_of(value, names);
          }};
}

/// `{host: h, port: 9042}`, or `h` and `h:9042` as before Reaper 4.
void read_contact_point(reader& from, const YAML::Node& item, cassandra_settings& into) {
  net::endpoint point{.host = {}, .port = default_port};
  if (item.IsScalar()) {
    auto parsed = net::parse_endpoint(item.Scalar(), default_port);
    if (!parsed) return from.refuse(item, "host or host:port is accepted");
    point = std::move(*parsed);
  } else {
    const std::array keys{key{"host", text_into(point.host)},
                          key{"port", [&](reader& inner, const YAML::Node& value) {
                                inner.integer(value, 1, 65'535, point.port);
                              }}};
    from.block(item, keys);
  }
  if (point.host.empty()) return from.refuse(item, "a contact point needs a host");
  into.contact_points.push_back(std::move(point));
}

void read_load_balancing(reader& from, const YAML::Node& block, cassandra_settings& into) {
  const std::array keys{key{"type"}, key{"localDataCenter", text_into(into.local_datacenter)},
                        key{"dataCenterFailoverAllowLocalConsistencyLevels"}, key{"slowAvoidance"},
                        key{"dcFailoverMaxNodesPerRemoteDc"}};
  from.block(block, keys);
}

void read_login(reader& from, const YAML::Node& block, cassandra_settings& into) {
  const std::array keys{
      only_type("plain-text"), key{"username", text_into(into.username)},
      key{"password",
          [&](reader& inner, const YAML::Node& value) { inner.secret(value, into.password); }},
      key{"passwordFile", text_into(into.password_file)}};
  from.block(block, keys);
  if (into.username.empty()) from.refuse(block, "a login needs a username");
}

/// `pem` is ours; `default` is Reaper's with key stores of Java; `jdk` takes those of JAVA_OPTS.
/// What a file holds is seen when it is read.
void read_tls(reader& from, const YAML::Node& block, cassandra_settings& into) {
  net::tls_client_options tls;
  bool verify_name = true;
  const auto secret_into = [](base::secret& to) {
    return [&to](reader& inner, const YAML::Node& value) {
      std::string text;
      inner.secret(value, text);
      to = base::secret(text);
    };
  };
  const std::array keys{
      key{"type",
          [](reader& inner, const YAML::Node& value) {
            constexpr std::array<std::string_view, 3> names{"pem", "default", "jdk"};
            inner.one_of(value, names);
          }},
      key{"caFile", text_into(tls.ca_file)},
      key{"certificateFile", text_into(tls.certificate_file)},
      key{"keyFile", text_into(tls.key_file)},
      key{"keyPasswordFile", text_into(tls.key_password_file)},
      key{"trustStorePath", text_into(tls.ca_file)},
      key{"trustStorePassword", secret_into(tls.ca_password)},
      key{"trustStorePasswordFile", text_into(tls.ca_password_file)},
      key{"keyStorePath", text_into(tls.certificate_file)},
      key{"keyStorePassword", secret_into(tls.key_password)},
      key{"keyStorePasswordFile", text_into(tls.key_password_file)},
      key{"cipherSuites"},
      key{"hostValidation",
          [&](reader& inner, const YAML::Node& value) { inner.flag(value, verify_name); }}};
  from.block(block, keys);
  if (tls.certificate_file.empty() && !(tls.key_file + tls.key_password_file).empty()) {
    return from.refuse(block, "a key is accepted with a certificateFile only");
  }
  if (!verify_name) tls.verification = net::tls_verification::chain;
  into.tls = std::move(tls);
}

void read_address(reader& from, const YAML::Node& value, std::string& into) {
  std::string text;
  from.text(value, text);
  boost::system::error_code wrong;
  const auto address = boost::asio::ip::make_address(text, wrong);
  if (wrong) return from.refuse(value, "an IP address is accepted");
  into = address.to_string();
}

/// `multiIpPerNode` is a list of addresses. The other kinds look addresses up elsewhere, which this
/// version does not do: nodes are reached by the addresses that they tell.
void read_address_translator(reader& from, const YAML::Node& block, cassandra_settings& into) {
  const auto read_entry = [&](const YAML::Node& entry) {
    std::string known;
    std::string reached;
    from.block(entry, std::array{key{"from",
                                     [&known](reader& inner, const YAML::Node& value) {
                                       read_address(inner, value, known);
                                     }},
                                 key{"to", [&reached](reader& inner, const YAML::Node& value) {
                                       read_address(inner, value, reached);
                                     }}});
    if (!known.empty() && !reached.empty()) into.translated_addresses[known] = reached;
  };
  const std::array keys{key{"type",
                            [](reader& inner, const YAML::Node& value) {
                              constexpr std::array<std::string_view, 3> names{
                                  "multiIpPerNode", "ec2-multi-region", "ec2MultiRegion"};
                              if (inner.one_of(value, names) == 0) return;
                              inner.not_used.emplace_back("cassandra.addressTranslator.type");
                            }},
                        key{"ipTranslations", [&](reader& inner, const YAML::Node& list) {
                              inner.items(list, read_entry);
                            }}};
  from.block(block, keys);
}

void read_requests(reader& from, const YAML::Node& block, cassandra_settings& into) {
  const std::array keys{key{"requestTimeout",
                            [&](reader& inner, const YAML::Node& value) {
                              std::chrono::milliseconds timeout{0};
                              inner.duration(value, 100ms, 10min, timeout);
                              if (timeout > 0ms) into.request_timeout = timeout;
                            }},
                        key{"requestConsistency"}, key{"requestPageSize"},
                        key{"requestSerialConsistency"}, key{"requestDefaultIdempotence"}};
  from.block(block, keys);
}

}  // namespace

void read_surroundings(const environment& variables, cassandra_settings& into) {
  const auto skip = variables("REAPER_SKIP_SCHEMA_MIGRATION");
  if (skip && enumeration_name(*skip) == "TRUE") into.migrates_schema = false;
  if (!into.tls || !(into.tls->ca_file + into.tls->certificate_file).empty()) return;
  const auto options = java_properties(variables("JAVA_OPTS").value_or(""));
  const std::string driver = "datastax-java-driver.advanced.ssl-engine-factory.";
  const auto find = [&options](const std::string& name) {
    const auto found = options.find(name);
    return found == options.end() ? std::string() : found->second;
  };
  const auto find_either = [&](const std::string& ours, const std::string& java) {
    return find(options.contains(driver + ours) ? driver + ours : "javax.net.ssl." + java);
  };
  // The driver has no files of passwords, so Java's are for stores whose password it does not name.
  const auto find_file = [&](const std::string& ours, const std::string& java) {
    return options.contains(driver + ours) ? std::string() : find("javax.net.ssl." + java);
  };
  into.tls->ca_file = find_either("truststore-path", "trustStore");
  into.tls->ca_password_file = find_file("truststore-password", "trustStorePasswordFile");
  into.tls->ca_password = base::secret(find_either("truststore-password", "trustStorePassword"));
  into.tls->certificate_file = find_either("keystore-path", "keyStore");
  into.tls->key_password_file = find_file("keystore-password", "keyStorePasswordFile");
  into.tls->key_password = base::secret(find_either("keystore-password", "keyStorePassword"));
  if (find(driver + "hostname-validation") == "false") {
    into.tls->verification = net::tls_verification::chain;
  }
}

void read_cassandra(reader& from, const YAML::Node& block, cassandra_settings& into) {
  std::vector<key> keys{
      only_type("basic"),
      {"sessionKeyspaceName",
       [&](reader& inner, const YAML::Node& value) {
         inner.text(value, into.keyspace);
         const auto valid = [](char one) {
           return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') ||
                  (one >= '0' && one <= '9') || one == '_';
         };
         if (into.keyspace.empty() || into.keyspace.size() > 48 ||
             !std::all_of(into.keyspace.begin(), into.keyspace.end(), valid)) {
           inner.refuse(value, "a keyspace has 1 to 48 letters, digits and _");
         }
       }},
      {"contactPoints",
       [&](reader& inner, const YAML::Node& list) {
         inner.items(list, [&](const YAML::Node& item) { read_contact_point(inner, item, into); });
       }},
      {"loadBalancingPolicy",
       [&](reader& inner, const YAML::Node& value) { read_load_balancing(inner, value, into); }},
      {"authProvider",
       [&](reader& inner, const YAML::Node& value) { read_login(inner, value, into); }},
      {"ssl", [&](reader& inner, const YAML::Node& value) { read_tls(inner, value, into); }},
      {"addressTranslator",
       [&](reader& inner, const YAML::Node& value) {
         read_address_translator(inner, value, into);
       }},
      {"requestOptionsFactory",
       [&](reader& inner, const YAML::Node& value) { read_requests(inner, value, into); }},
      {"shutdownGracePeriod"}};
  for (const auto name : keys_without_effect) keys.push_back({name});
  from.block(block, keys);
}

}  // namespace helenus::config
