#include "app/access.h"

#include "config/load.h"
#include "support/captured_log.h"
#include "support/certificates.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace helenus::app {
namespace {

namespace fs = std::filesystem;

class access_test : public ::testing::Test {
 protected:
  access_test() { fs::create_directories(folder); }
  ~access_test() override { fs::remove_all(folder); }

  fs::path folder = fs::temp_directory_path() / ("helenus-access-test-" + std::to_string(getpid()));
  boost::asio::io_context context;

  std::string put(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
  /// As the kubelet does it: a new folder, to which one link is moved.
  void mount(const std::string& version, const std::string& password) {
    fs::create_directories(folder / version);
    put(version + "/password", password);
    fs::create_symlink(version, folder / "..new");
    fs::rename(folder / "..new", folder / "..data");
    if (!fs::is_symlink(folder / "password")) {
      fs::create_symlink("..data/password", folder / "password");
    }
  }
  config::settings load(const std::string& file) {
    auto outcome = config::load(file);
    if (const auto* wrong = std::get_if<std::vector<config::problem>>(&outcome)) {
      ADD_FAILURE() << config::to_text(file, *wrong);
      return {};
    }
    return std::get<config::settings>(std::move(outcome));
  }
  template <class Value>
  result<Value> run(task<Value> work) {
    return test::run_blocking(context, std::move(work));
  }
  /// "user:password"
  std::string storage_login(access& from) {
    const auto now = run(from.to_storage());
    if (!now) return now.error().message();
    return now->login ? now->login->user + ":" + std::string(now->login->password.reveal())
                      : "none";
  }
  std::string node_login(access& from, const std::string& cluster) {
    const auto now = run(from.to_nodes());
    if (!now) return now.error().message();
    const auto login = management::jmx::choose_login(**now, {cluster, {}});
    return login ? login->user + ":" + std::string(login->password.reveal()) : "none";
  }
  std::string shown_user(access& from, const std::string& cluster) {
    const auto now = run(from.shown());
    model::cluster asked;
    asked.name = cluster;
    return now ? now->effective(asked).username : now.error().message();
  }
};

TEST_F(access_test, settings_without_logins_give_none) {
  access tested{config::settings{}};
  EXPECT_EQ(storage_login(tested), "none");
  EXPECT_EQ(storage_login(tested), "none");
  EXPECT_EQ(node_login(tested, "c"), "none");
}

TEST_F(access_test, a_mounted_secret_is_read_again_when_it_is_replaced) {
  mount("..1", "first\n");
  config::settings settings;
  settings.storage.cassandra.username = "helenus";
  settings.storage.cassandra.password_file = (folder / "password").string();
  access tested(settings);
  EXPECT_EQ(storage_login(tested), "helenus:first");
  mount("..2", "other\n");
  EXPECT_EQ(storage_login(tested), "helenus:other");
  const test::captured_log log;
  mount("..3", "");  // half-written
  EXPECT_EQ(storage_login(tested), "helenus:other");
  EXPECT_EQ(storage_login(tested), "helenus:other");
  EXPECT_EQ(log.lines().size(), 1U);
  EXPECT_TRUE(log.contains((folder / "password").string()));
  EXPECT_FALSE(log.contains("other"));
  mount("..4", "third");
  EXPECT_EQ(storage_login(tested), "helenus:third");
}

TEST_F(access_test, a_secret_that_was_never_there_is_named) {
  config::settings settings;
  settings.storage.cassandra.username = "helenus";
  settings.storage.cassandra.password_file = (folder / "password").string();
  access tested(settings);
  EXPECT_NE(storage_login(tested).find(settings.storage.cassandra.password_file),
            std::string::npos);
  put("password", "at last");
  EXPECT_EQ(storage_login(tested), "helenus:at last");
}

TEST_F(access_test, logins_of_the_configuration_and_of_variables_are_read_again) {
  const auto secret = put("node-password", "one");
  ::setenv("REAPER_JMX_AUTH_PASSWORD_FILE", secret.c_str(), 1);
  const auto text = [](const std::string& password) {
    return "jmxAuth: {username: reaper, password: '${REAPER_JMX_AUTH_PASSWORD}'}\n"
           "jmxCredentials: {orders: {username: o, password: " +
           password + "}}\n";
  };
  const auto file = put("helenus.yaml", text("p"));
  access tested(load(file));
  EXPECT_EQ(node_login(tested, "orders"), "o:p");
  EXPECT_EQ(node_login(tested, "other"), "reaper:one");
  put("node-password", "two, and longer");
  EXPECT_EQ(node_login(tested, "other"), "reaper:two, and longer");
  put("helenus.yaml", text("renewed"));
  EXPECT_EQ(node_login(tested, "orders"), "o:renewed");
  const test::captured_log log;
  put("helenus.yaml", "jmxCredentials: {orders: {username: o, password: secre");
  EXPECT_EQ(node_login(tested, "orders"), "o:renewed");
  EXPECT_TRUE(log.contains(file));
  EXPECT_FALSE(log.contains("secre"));
  ::unsetenv("REAPER_JMX_AUTH_PASSWORD_FILE");
}

TEST_F(access_test, users_are_another_object_only_when_files_have_changed) {
  const auto text = [](const std::string& password) {
    return "accessControl:\n  users: [{username: ana, roles: [user], password: " + password +
           "}]\n";
  };
  const auto file = put("helenus.yaml", text("first"));
  access tested(load(file));
  const auto first = run(tested.of_users()).value();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->accounts.at(0).password.reveal(), "first");
  EXPECT_EQ(run(tested.of_users()).value(), first);
  put("helenus.yaml", text("another"));
  EXPECT_EQ(run(tested.of_users()).value()->accounts.at(0).password.reveal(), "another");
  access without{config::settings{}};
  EXPECT_FALSE(run(without.of_users()).value());
}

TEST_F(access_test, a_passphrase_is_read_again) {
  const auto secret = put("passphrase", "first");
  ::setenv("CASSANDRA_REAPER_PROPERTY_KEY_SECRET_FILE", secret.c_str(), 1);
  const auto file = put("helenus.yaml", "cryptograph: {type: symmetric}\n");
  access tested(load(file));
  EXPECT_EQ(run(tested.encryption()).value()->passphrase.reveal(), "first");
  put("passphrase", "another");
  EXPECT_EQ(run(tested.encryption()).value()->passphrase.reveal(), "another");
  access without{config::settings{}};
  EXPECT_FALSE(run(without.encryption()).value());
  ::unsetenv("CASSANDRA_REAPER_PROPERTY_KEY_SECRET_FILE");
}

TEST_F(access_test, secrets_that_were_not_there_at_the_start_are_named_until_they_are) {
  const auto user = (folder / "user").string();
  const auto password = put("password", "\n");
  ::setenv("REAPER_CASS_AUTH_USERNAME_FILE", user.c_str(), 1);
  ::setenv("REAPER_CASS_AUTH_PASSWORD_FILE", password.c_str(), 1);
  const auto file =
      put("helenus.yaml",
          "storageType: cassandra\n"
          "cassandra:\n"
          "  contactPoints: [127.0.0.1]\n"
          "  authProvider: {type: plain-text, username: '${REAPER_CASS_AUTH_USERNAME}',\n"
          "                 password: '${REAPER_CASS_AUTH_PASSWORD}'}\n");
  const auto settings = load(file);
  EXPECT_EQ(settings.missing_secrets.size(), 2U);
  access tested(settings);
  EXPECT_EQ(
      storage_login(tested),
      "REAPER_CASS_AUTH_PASSWORD_FILE: the file '" + password +
          "' must hold one line of 1 to 4096 bytes; REAPER_CASS_AUTH_USERNAME_FILE: the file '" +
          user + "' is not a readable regular file");
  put("user", "helenus");
  EXPECT_EQ(read_again(*settings.origin).error().code, base::errc::unavailable);
  put("password", "s3cret");
  EXPECT_EQ(storage_login(tested), "helenus:s3cret");
  EXPECT_TRUE(read_again(*settings.origin)->missing_secrets.empty());
  ::unsetenv("REAPER_CASS_AUTH_USERNAME_FILE");
  ::unsetenv("REAPER_CASS_AUTH_PASSWORD_FILE");
}

TEST_F(access_test, the_login_that_is_shown_is_the_present_one) {
  const auto file = put("helenus.yaml", "jmxAuth: {username: reaper, password: first}\n");
  access tested(load(file));
  EXPECT_EQ(shown_user(tested, "orders"), "reaper");
  put("helenus.yaml",
      "jmxAuth: {username: helenus, password: other}\n"
      "jmxCredentials: {orders: {username: o, password: p}}\n");
  EXPECT_EQ(shown_user(tested, "orders"), "o");
  EXPECT_EQ(shown_user(tested, "other"), "helenus");
  EXPECT_TRUE(run(tested.shown())->by_default.has_password);
  put("helenus.yaml", "storageType: memory\n");
  EXPECT_EQ(shown_user(tested, "orders"), "");
}

TEST_F(access_test, certificates_of_storage_are_renewed_and_those_that_cannot_be_used_are_named) {
  const test::certificates first;
  const test::certificates second;
  const auto file = (folder / "ca.pem").string();
  config::settings settings;
  settings.storage.cassandra.tls = net::tls_client_options{.ca_file = file};
  access tested(settings);
  const auto missing = run(tested.to_storage());
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().message().starts_with("cassandra.ssl: "))
      << missing.error().message();
  fs::copy_file(first.ca_file(), file);
  const auto before = run(tested.to_storage()).value();
  EXPECT_TRUE(before == run(tested.to_storage()).value());
  fs::copy_file(second.ca_file(), file, fs::copy_options::overwrite_existing);
  EXPECT_FALSE(before == run(tested.to_storage()).value());
}

}  // namespace
}  // namespace helenus::app
