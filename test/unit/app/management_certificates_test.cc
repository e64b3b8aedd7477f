#include "app/management_certificates.h"

#include "base/errc.h"
#include "http/client.h"
#include "http/server.h"
#include "net/errc.h"
#include "support/captured_log.h"
#include "support/certificates.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace helenus::app {
namespace {

namespace fs = std::filesystem;

/// A PKCS#12 store with the certificate of a PEM file.
void write_store(const std::string& certificate, const std::string& file) {
  auto* source = std::fopen(certificate.c_str(), "r");
  auto* trusted = PEM_read_X509(source, nullptr, nullptr, nullptr);
  std::fclose(source);
  auto* store = PKCS12_create("changeit", nullptr, nullptr, trusted, nullptr, 0, 0, 0, 0, 0);
  auto* target = std::fopen(file.c_str(), "w");
  EXPECT_EQ(i2d_PKCS12_fp(target, store), 1);
  std::fclose(target);
  PKCS12_free(store);
  X509_free(trusted);
}

/// Stores of clusters in a folder that is mounted as Kubernetes mounts a Secret, and a node that
/// wants to see a certificate.
class management_certificates_test : public ::testing::Test {
 protected:
  management_certificates_test() { fs::create_directories(folder()); }

  fs::path folder() const { return fs::path(nodes.ca_file()).parent_path() / "stores"; }
  static std::string text_of(const std::string& file) {
    std::ifstream bytes(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(bytes), {}};
  }

  /// A pair of stores in which everything is encrypted that can be, all of a new version.
  void put(const std::string& prefix, test::certificates& authority) {
    const auto own = authority.issue("helenus", "changeit");
    const auto version = "..version" + std::to_string(++versions_);
    fs::create_directories(folder() / version);
    std::ofstream(folder() / version / (prefix + "keystore.jks"))
        << text_of(own.certificate) << text_of(own.key);
    write_store(authority.ca_file(), folder() / version / (prefix + "truststore.jks"));
    fs::create_directory_symlink(version, folder() / "..new");
    fs::rename(folder() / "..new", folder() / "..data");
    for (const auto* kind : {"keystore.jks", "truststore.jks"}) {
      const auto link = folder() / (prefix + kind);
      if (!fs::is_symlink(link)) fs::create_symlink(fs::path("..data") / (prefix + kind), link);
    }
  }
  config::http_management_settings with_folder() const {
    return {.enabled = true, .truststores_dir = folder().string()};
  }

  result<std::shared_ptr<const net::tls_context>> current(management_certificates& tested,
                                                          const std::string& cluster) {
    return test::run_blocking(context, tested.of_cluster(cluster));
  }

  /// What a node whose certificate is that of another host answers.
  result<http::response> ask_node(std::shared_ptr<const net::tls_context> with) {
    const auto own = nodes.issue("some.other.host");
    const net::tls_server_options files{.certificate_file = own.certificate,
                                        .key_file = own.key,
                                        .ca_file = nodes.ca_file(),
                                        .clients = net::client_certificate::needed};
    return test::run_blocking(context, ask(files, std::move(with)));
  }

  boost::asio::io_context context;
  base::real_clock clock;
  test::certificates nodes;

 private:
  task<http::response> ask(net::tls_server_options files,
                           std::shared_ptr<const net::tls_context> with) {
    CO_TRY(listener, net::listener::open(context.get_executor(), {.host = "127.0.0.1"}));
    http::server node(
        context.get_executor(), clock, std::move(listener), {},
        [](http::request&) -> task<http::response> { co_return http::response{.status = 200}; },
        [files]() -> task<std::shared_ptr<const net::tls_context>> {
          co_return net::tls_context::load(files);
        });
    base::task_group group(context.get_executor());
    group.spawn("node", node.run());
    auto answer = co_await http::fetch(
        clock, {.host = "127.0.0.1", .port = node.port(), .tls = std::move(with)},
        {.raw_target = "/"});
    group.cancel();
    CO_TRY_VOID(co_await group.join());
    co_return answer;
  }

  int versions_ = 0;
};

TEST_F(management_certificates_test, without_a_key_store_nodes_are_asked_without_tls) {
  management_certificates tested({.enabled = true, .truststore = nodes.ca_file()});
  const auto none = current(tested, "orders");
  ASSERT_TRUE(none) << none.error().message();
  EXPECT_EQ(*none, nullptr);
}

TEST_F(management_certificates_test, a_node_trusts_us_and_we_trust_it_whatever_its_name) {
  put("", nodes);
  management_certificates tested({.enabled = true,
                                  .keystore = (folder() / "keystore.jks").string(),
                                  .truststore = (folder() / "truststore.jks").string()});
  const auto any = current(tested, "");
  ASSERT_TRUE(any) << any.error().message();
  EXPECT_EQ(*current(tested, "orders"), *any) << "there are no stores for single clusters";
  const auto answer = ask_node(*any);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 200);
}

TEST_F(management_certificates_test, each_cluster_has_its_own_stores) {
  test::certificates others;
  put("orders-", nodes);
  management_certificates tested(with_folder());
  const auto orders = current(tested, "orders");
  ASSERT_TRUE(orders) << orders.error().message();
  put("users-", others);
  EXPECT_TRUE(ask_node(*orders));
  const auto users = current(tested, "users");
  ASSERT_TRUE(users) << users.error().message();
  EXPECT_EQ(ask_node(*users).error().code, net::errc::tls_untrusted);
}

TEST_F(management_certificates_test, a_cluster_without_a_name_yet_has_the_stores_for_any) {
  put("", nodes);
  auto settings = with_folder();
  management_certificates without(settings);
  const auto none = current(without, "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, net::errc::certificate_unreadable);
  EXPECT_NE(none.error().message().find("httpManagement.keystore"), std::string::npos);
  settings.keystore = (folder() / "keystore.jks").string();
  settings.truststore = (folder() / "truststore.jks").string();
  management_certificates with(settings);
  const auto any = current(with, "");
  ASSERT_TRUE(any) << any.error().message();
  EXPECT_TRUE(ask_node(*any));
  EXPECT_FALSE(current(with, "orders")) << "they are not for a cluster that has a name";
}

TEST_F(management_certificates_test, stores_that_are_not_there_yet_are_waited_for_and_renewed) {
  management_certificates tested(with_folder());
  const auto early = current(tested, "orders");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, net::errc::certificate_unreadable);
  EXPECT_NE(early.error().message().find((folder() / "orders-").string()), std::string::npos);
  put("orders-", nodes);
  const auto first = current(tested, "orders");
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(*current(tested, "orders"), *first) << "nothing has changed";
  put("orders-", nodes);
  const auto renewed = current(tested, "orders");
  ASSERT_TRUE(renewed);
  EXPECT_NE(*renewed, *first);
  EXPECT_TRUE(ask_node(*renewed));
  const test::captured_log log;
  fs::remove(folder() / "..data");
  EXPECT_EQ(*current(tested, "orders"), *renewed) << "the last good ones are used";
  EXPECT_TRUE(log.contains("certificates for nodes"));
}

TEST_F(management_certificates_test, a_name_cannot_lead_out_of_the_folder) {
  put("orders-", nodes);
  auto settings = with_folder();
  settings.truststores_dir += "/inner";
  fs::create_directories(settings.truststores_dir);
  management_certificates tested(settings);
  for (const auto& name : {std::string("../orders"), std::string("/orders"), std::string(".."),
                           std::string(".orders"), std::string("a/b"), std::string("a\0b", 3)}) {
    const auto refused = current(tested, name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, base::errc::invalid_argument) << name;
    EXPECT_NE(refused.error().message().find("httpManagement.truststoresDir"), std::string::npos);
  }
}

}  // namespace
}  // namespace helenus::app
