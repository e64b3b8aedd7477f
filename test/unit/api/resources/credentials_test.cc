#include "api/resources/clusters.h"
#include "unit/api/resources/rest_fixture.h"

namespace helenus::api {
namespace {

/// Credentials that are given with a registration.
class credentials_test : public rest_fixture {
 protected:
  void set_passphrase(std::string_view passphrase) {
    crypto::cryptograph_options options;
    options.passphrase = base::secret(passphrase);
    with.cryptograph = crypto::cryptograph(options);
  }
  http::response register_with(const std::string& user, const std::string& password) {
    return post_form("/cluster/auth", "seedHost=" + seed() + "&jmxPort=&jmxUsername=" + user +
                                          "&jmxPassword=" + password);
  }
  model::cluster stored() { return *test::run(context, clock, storage.clusters().find(name())); }
};

TEST_F(credentials_test, they_are_stored_encrypted_and_shown_without_the_password) {
  logins.by_cluster[name()] = {"configured", false};
  set_passphrase("open sesame");
  EXPECT_EQ(shown(register_with("ana", "hunter2")), "201 ");
  EXPECT_EQ(stored().jmx_username, "ana");
  EXPECT_TRUE(stored().jmx_password.reveal().starts_with("{cipher}"));
  EXPECT_EQ(with.cryptograph.decrypt(stored().jmx_password)->reveal(), "hunter2");
  const auto cluster = get("/cluster/" + name()).body;
  EXPECT_NE(cluster.find(R"("jmx_username":"ana","jmx_password_is_set":true)"), std::string::npos)
      << cluster;
  EXPECT_EQ(cluster.find("hunter2"), std::string::npos);
  EXPECT_EQ(cluster.find("{cipher}"), std::string::npos);
}

TEST_F(credentials_test, those_of_a_cluster_that_is_registered_stay) {
  set_passphrase("open sesame");
  register_with("ana", "hunter2");
  EXPECT_EQ(shown(register_with("bo", "other")), "204 ");
  EXPECT_EQ(shown(post("/cluster?seedHost=" + seed())), "204 ");
  EXPECT_EQ(shown(ask(method::put, "/cluster/auth/" + name(),
                      "jmxUsername=bo&jmxPassword=other&seedHost=" + seed(),
                      {{"Content-Type", "application/x-www-form-urlencoded"}})),
            "204 ");
  EXPECT_EQ(stored().jmx_username, "ana");
  EXPECT_EQ(with.cryptograph.decrypt(stored().jmx_password)->reveal(), "hunter2");
}

TEST_F(credentials_test, a_registered_cluster_keeps_its_connections) {
  set_passphrase("open sesame");
  connector.names.clear();
  ask(method::put, "/cluster/auth/" + name(), "jmxUsername=bo&jmxPassword=other&seedHost=" + seed(),
      {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(connector.names, std::vector<std::string>{""}) << "it has one of its own";
}

TEST_F(credentials_test, a_registration_of_its_name_without_any_uses_the_stored_ones) {
  set_passphrase("open sesame");
  register_with("ana", "hunter2");
  connector.users.clear();
  EXPECT_EQ(shown(put("/cluster/" + name() + "?seedHost=" + seed())), "204 ");
  EXPECT_EQ(connector.users, std::vector<std::string>{"ana"});
}

TEST_F(credentials_test, without_encryption_nobody_is_asked_and_nothing_is_stored) {
  const auto refused = register_with("ana", "hunter2");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("without enabling encryption"), std::string::npos) << refused.body;
  set_passphrase("");
  EXPECT_EQ(register_with("ana", "hunter2").status, 500);
  EXPECT_TRUE(connector.names.empty());
  EXPECT_EQ(get("/cluster").body, "[]");
}

}  // namespace
}  // namespace helenus::api
