#include "config/container_document.h"

#include "config/process_environment.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using variables = std::map<std::string, std::string>;

YAML::Node document(const variables& set) {
  const process_environment from{.values = set};
  return make_container_document(from.lookup()).document;
}

std::string flow(const YAML::Node& node) {
  YAML::Emitter out;
  out << YAML::Flow << YAML::DoubleQuoted << node;
  return out.c_str();
}

TEST(container_document_test, contact_points_have_several_forms) {
  const auto points = [](const std::string& text) {
    return flow(document({{"REAPER_STORAGE_TYPE", "Cassandra"},
                          {"REAPER_CASS_CONTACT_POINTS", text}})["cassandra"]["contactPoints"]);
  };
  const std::string expected = R"([{"host": "a-service", "port": "9042"}])";
  EXPECT_EQ(points(R"([{"host": "a-service", "port": 9042}])"), expected);
  EXPECT_EQ(points("[a-service]"), expected);
  EXPECT_EQ(points("a-service"), expected);
  EXPECT_EQ(points(R"(["a-service:9042"])"), expected);
  EXPECT_EQ(points("a:9043, fd00::1"),
            R"([{"host": "a", "port": "9043"}, {"host": "fd00::1", "port": "9042"}])");
}

TEST(container_document_test, cassandra_is_configured_as_the_operator_of_k8ssandra_does) {
  const auto cassandra =
      document({{"REAPER_STORAGE_TYPE", "cassandra"},
                {"REAPER_CASS_LOCAL_DC", "dc1"},
                {"REAPER_CASS_AUTH_ENABLED", "true"},
                {"REAPER_CASS_AUTH_USERNAME", "reaper"},
                {"REAPER_CASS_AUTH_PASSWORD", "s3cret"},
                {"REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED", "true"}})["cassandra"];
  EXPECT_EQ(cassandra["sessionKeyspaceName"].Scalar(), "reaper_db");
  EXPECT_EQ(cassandra["loadBalancingPolicy"]["localDataCenter"].Scalar(), "dc1");
  EXPECT_EQ(cassandra["authProvider"]["username"].Scalar(), "reaper");
  EXPECT_EQ(cassandra["authProvider"]["password"].Scalar(), "s3cret");
  EXPECT_EQ(cassandra["ssl"]["type"].Scalar(), "jdk") << "with the stores of JAVA_OPTS";
  EXPECT_FALSE(document({{"REAPER_STORAGE_TYPE", "cassandra"}})["cassandra"]["authProvider"]);
}

TEST(container_document_test, the_file_of_a_password_is_left_to_who_connects) {
  const auto login =
      document({{"REAPER_STORAGE_TYPE", "cassandra"},
                {"REAPER_CASS_AUTH_ENABLED", "true"},
                {"REAPER_CASS_AUTH_PASSWORD_FILE", "/secret"}})["cassandra"]["authProvider"];
  EXPECT_EQ(login["passwordFile"].Scalar(), "/secret");
  EXPECT_EQ(login["username"].Scalar(), "cassandra");
  EXPECT_FALSE(login["password"]);
}

}  // namespace
}  // namespace helenus::config
