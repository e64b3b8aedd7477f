#include "app/certificates.h"

#include "config/load.h"
#include "net/errc.h"
#include "support/captured_log.h"
#include "support/certificates.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

namespace helenus::app {
namespace {

class certificates_test : public ::testing::Test {
 protected:
  static const certificates::client_options& of_nodes(const config::settings& now) {
    return now.jmx.tls;
  }
  static config::settings with_authority(const std::string& file) {
    config::settings settings;
    settings.jmx.tls = net::tls_client_options{.ca_file = file};
    return settings;
  }

  test::certificates first;
  test::certificates second;
  boost::asio::io_context context;
  std::filesystem::path file = first.ca_file() + ".in-use";
  certificates tested{with_authority(file.string()), of_nodes};

  result<std::shared_ptr<const net::tls_context>> current() {
    return test::run_blocking(context, tested.current());
  }
  /// Replaces the file; each one is a second newer than the one before.
  void put(const std::string& source) {
    std::filesystem::copy_file(source, file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::last_write_time(file, time_ += std::chrono::seconds(1));
  }

 private:
  std::filesystem::file_time_type time_ = std::filesystem::file_time_type::clock::now();
};

TEST_F(certificates_test, are_read_again_only_when_a_file_has_changed) {
  put(first.ca_file());
  const auto before = current();
  ASSERT_TRUE(before) << before.error().message();
  EXPECT_EQ(*current(), *before);
  put(second.ca_file());
  const auto renewed = current();
  ASSERT_TRUE(renewed);
  EXPECT_NE(*renewed, *before);
  EXPECT_EQ(*current(), *renewed);
}

TEST_F(certificates_test, the_last_good_ones_are_used_until_the_renewed_ones_are_good) {
  put(first.ca_file());
  const auto before = current();
  ASSERT_TRUE(before);
  const auto half = file.string() + ".half";
  std::ofstream(half) << "-----BEGIN CERTIFICATE-----\n";
  const test::captured_log log;
  put(half);
  EXPECT_EQ(*current(), *before);
  EXPECT_EQ(*current(), *before);
  EXPECT_EQ(log.lines().size(), 1U);
  EXPECT_TRUE(log.contains(file.string()));
  std::filesystem::remove(file);
  EXPECT_EQ(*current(), *before);
  put(second.ca_file());
  EXPECT_NE(*current(), *before);
}

TEST_F(certificates_test, what_was_never_good_is_an_error_and_is_tried_again) {
  const auto missing = current();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, net::errc::certificate_unreadable);
  EXPECT_FALSE(current());
  put(first.ca_file());
  EXPECT_TRUE(current());
}

TEST_F(certificates_test, those_of_a_port_are_renewed_as_well) {
  const auto old = first.issue("helenus");
  const auto renewed = first.issue("helenus");
  config::settings settings;
  settings.admin.tls = net::tls_server_options{.certificate_file = file.string(),
                                               .key_file = file.string() + ".key"};
  certificates own(settings, [](const auto& now) -> const auto& { return now.admin.tls; });
  const auto put_both = [&](const test::certificates::files& source) {
    put(source.certificate);
    std::filesystem::copy_file(source.key, file.string() + ".key",
                               std::filesystem::copy_options::overwrite_existing);
  };
  put_both(old);
  const auto before = test::run_blocking(context, own.current());
  ASSERT_TRUE(before) << before.error().message();
  put(renewed.certificate);  // its key is still to come
  EXPECT_EQ(*test::run_blocking(context, own.current()), *before);
  put_both(renewed);
  EXPECT_NE(*test::run_blocking(context, own.current()), *before);
}

TEST_F(certificates_test, a_renewed_password_of_a_key_store_opens_it) {
  const auto secret = file.string() + ".password";
  const auto configuration = file.string() + ".yaml";
  const auto write = [](const std::string& name, const std::string& text) {
    std::ofstream(name) << text;
  };
  ::setenv("JAVA_OPTS_FILE", secret.c_str(), 1);
  const auto store = std::string(HELENUS_TEST_DIR "/unit/net/fixtures/key.p12");
  write(configuration, "server: {adminConnectors: [{type: https, port: 8443, keyStorePath: " +
                           store + ", keyStorePassword: '${JAVA_OPTS}'}]}\n");
  write(secret, "one that is wrong");
  auto loaded = config::load(configuration);
  const auto& settings = std::get<config::settings>(loaded);
  certificates own(settings, [](const auto& now) -> const auto& { return now.admin.tls; });
  const auto wrong = test::run_blocking(context, own.current());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, net::errc::certificate_unreadable);
  write(secret, "store secret");
  const auto right = test::run_blocking(context, own.current());
  ASSERT_TRUE(right) << right.error().message();
  write(configuration, "server: {adminConnectors: [{type: https, por");
  EXPECT_EQ(*test::run_blocking(context, own.current()), *right);
  ::unsetenv("JAVA_OPTS_FILE");
}

TEST_F(certificates_test, a_renewed_file_with_a_password_opens_key_and_authorities) {
  const auto secret = file.string() + ".password";
  const auto configuration = file.string() + ".yaml";
  const std::string stores(HELENUS_TEST_DIR "/unit/net/fixtures/");
  std::ofstream(configuration)
      << "server: {adminConnectors: [{type: https, port: 8443, keyStorePath: " << stores
      << "key.p12, keyStorePasswordFile: " << secret << ", trustStorePath: " << stores
      << "trust.p12, trustStorePasswordFile: " << secret << ", needClientAuth: true}]}\n";
  std::ofstream(secret) << "one that is wrong\n";
  auto loaded = config::load(configuration);
  const auto& settings = std::get<config::settings>(loaded);
  certificates own(settings, [](const auto& now) -> const auto& { return now.admin.tls; });
  EXPECT_FALSE(test::run_blocking(context, own.current()));
  std::ofstream(secret) << "store secret\n";
  const auto right = test::run_blocking(context, own.current());
  EXPECT_TRUE(right) << right.error().message();
}

}  // namespace
}  // namespace helenus::app
