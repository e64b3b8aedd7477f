#include "net/key_store.h"

#include "net/errc.h"
#include "net/tls_context.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace helenus::net {
namespace {

// Made by keytool of JDK 17 (fixtures/README.md).
const base::secret password("store secret");

std::string fixture(const std::string& name) {
  return HELENUS_TEST_DIR "/unit/net/fixtures/" + name;
}

std::string bytes_of(const std::string& name) {
  std::ifstream file(fixture(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string written(const std::string& name, const std::string& text) {
  auto path = ::testing::TempDir() + "key_store_" + std::to_string(::getpid()) + name;
  std::ofstream(path) << text;
  return path;
}

TEST(key_store, both_formats_hold_the_same) {
  const auto jks = read_key_store(bytes_of("key.jks"), password);
  ASSERT_TRUE(jks.has_value()) << jks.error().message();
  const auto pkcs12 = read_key_store(bytes_of("key.p12"), password);
  ASSERT_TRUE(pkcs12.has_value()) << pkcs12.error().message();
  ASSERT_EQ(jks->chain.size(), 1u);
  EXPECT_EQ(jks->chain, pkcs12->chain);
  EXPECT_FALSE(jks->key.empty());
  EXPECT_TRUE(jks->authorities.empty());
  EXPECT_FALSE(pkcs12->key.empty());

  const auto trusting = read_key_store(bytes_of("trust.jks"), base::secret());
  ASSERT_TRUE(trusting.has_value()) << trusting.error().message();
  EXPECT_EQ(trusting->authorities, jks->chain);
  EXPECT_EQ(read_key_store(bytes_of("trust.p12"), password).value().authorities, jks->chain);
}

TEST(key_store, a_wrong_password_is_said) {
  for (const char* name : {"key.jks", "key.p12", "trust.p12"}) {
    const auto refused = read_key_store(bytes_of(name), base::secret("another"));
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ(refused.error().code, errc::certificate_unreadable);
    EXPECT_NE(refused.error().detail.find("password"), std::string::npos) << name;
  }
}

TEST(key_store, what_was_cut_off_is_unreadable) {
  const auto whole = bytes_of("key.jks");
  ASSERT_GT(whole.size(), 100u);
  // The last 20 bytes are a digest that is not checked.
  for (std::size_t size = 4; size < whole.size() - 20; ++size)
    EXPECT_FALSE(read_key_store(whole.substr(0, size), password).has_value()) << size;
  const auto pkcs12 = bytes_of("key.p12");
  for (std::size_t size = 1; size < pkcs12.size(); size += 7)
    EXPECT_FALSE(read_key_store(pkcs12.substr(0, size), password).has_value()) << size;
}

TEST(key_store, other_files_are_no_key_stores) {
  EXPECT_TRUE(is_key_store(bytes_of("key.jks")));
  EXPECT_TRUE(is_key_store(bytes_of("trust.p12")));
  EXPECT_FALSE(is_key_store("-----BEGIN CERTIFICATE-----"));
  EXPECT_FALSE(is_key_store(""));
  EXPECT_FALSE(read_key_store("neither", password).has_value());
}

TEST(key_store, tls_takes_its_certificates_from_them) {
  for (const char* kind : {".jks", ".p12"}) {
    tls_client_options options;
    options.ca_file = fixture(std::string("trust") + kind);
    options.ca_password = password;
    options.certificate_file = fixture(std::string("key") + kind);
    options.key_password = password;
    const auto loaded = tls_context::load(options);
    EXPECT_TRUE(loaded.has_value()) << loaded.error().message();
    options.key_password = base::secret("another");
    const auto refused = tls_context::load(options);
    EXPECT_EQ(refused.error().code, errc::certificate_unreadable);
    EXPECT_NE(refused.error().detail.find(options.certificate_file), std::string::npos);
    EXPECT_EQ(refused.error().detail.find("another"), std::string::npos);
    // Java trusts the certificate of a key as well: the lab's nodetool has no other store.
    options.key_password = password;
    options.ca_file = options.certificate_file;
    EXPECT_TRUE(tls_context::load(options).has_value());
  }
}

TEST(key_store, passwords_are_read_from_files_that_are_named) {
  const auto right = written("right.password", std::string(password.reveal()) + "\n");
  const auto wrong = written("wrong.password", "another\n");
  tls_client_options options;
  options.ca_file = fixture("trust.p12");
  options.certificate_file = fixture("key.jks");
  options.ca_password_file = options.key_password_file = right;
  const auto loaded = tls_context::load(options);
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message();
  options.ca_password_file = wrong;
  const auto refused = tls_context::load(options);
  EXPECT_EQ(refused.error().code, errc::certificate_unreadable);
  EXPECT_NE(refused.error().detail.find(options.ca_file), std::string::npos);
  options.ca_password_file = "/no/such/password";
  const auto missing = tls_context::load(options);
  EXPECT_EQ(missing.error().code, errc::certificate_unreadable);
  EXPECT_NE(missing.error().detail.find("/no/such/password"), std::string::npos);
}

}  // namespace
}  // namespace helenus::net
