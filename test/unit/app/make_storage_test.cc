#include "app/make_storage.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

TEST(make_storage_test, a_session_is_what_the_settings_say) {
  const config::cassandra_settings settings{.contact_points = {{.host = "shop", .port = 9142}},
                                            .keyspace = "state",
                                            .local_datacenter = "dc1",
                                            .username = {},
                                            .password = {},
                                            .password_file = {},
                                            .tls = {},
                                            .translated_addresses = {{"10.0.0.1", "192.168.0.1"}},
                                            .request_timeout = 3s,
                                            .migrates_schema = false};
  const auto made = cassandra_options_of(
      settings, {.login = cql::credentials{"u", base::secret("p")}, .tls = {}});
  EXPECT_EQ(made.keyspace, "state");
  EXPECT_EQ(made.schema, storage::cassandra::schema_policy::wait);
  EXPECT_EQ(made.session.contact_points, settings.contact_points);
  EXPECT_EQ(made.session.local_datacenter, "dc1");
  EXPECT_EQ(made.session.translated_addresses, settings.translated_addresses);
  EXPECT_EQ(made.session.request_timeout, 3s);
  ASSERT_TRUE(made.session.login);
  EXPECT_EQ(made.session.login->user, "u");
}

}  // namespace
}  // namespace helenus::app
