#include "api/requests/registration.h"

#include "api/errc.h"
#include "crypto/errc.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

result<registrations> read(std::string_view query) {
  return parse_registration(*http::parse_parameters(query), "c");
}

TEST(registration_test, every_seed_is_a_candidate) {
  const auto all = read("seedHost=10.0.0.1,%2010.0.0.2@orders%20,,&jmxPort=7100");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).seed, "10.0.0.1");
  EXPECT_EQ(all->at(1).seed, "10.0.0.2");
  EXPECT_EQ(all->at(1).jmx_port, 7100);
  EXPECT_EQ(all->at(1).expected_name, "c");
  EXPECT_EQ(all->at(0).credentials_of, "");
  EXPECT_EQ(all->at(0).other_seeds, std::vector<std::string>{"10.0.0.2"});
  EXPECT_EQ(all->at(1).other_seeds, std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ(read("seedHost=a")->at(0).jmx_port, 7199);
}

TEST(registration_test, the_cluster_behind_the_first_host_selects_the_login_for_all) {
  const auto all = read("seedHost=10.0.0.1@%20Orders%20Prod,10.0.0.2@other,10.0.0.3");
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3U);
  for (const auto& one : *all) EXPECT_EQ(one.credentials_of, "Orders Prod") << one.seed;
}

TEST(registration_test, a_seed_and_a_possible_port_are_needed) {
  for (const auto* wrong : {"", "seedHost=", "seedHost=,", "seedHost=@c", "seedHost=a&jmxPort=0",
                            "seedHost=a&jmxPort=65536"}) {
    EXPECT_EQ(read(wrong).error().code, errc::bad_parameter) << wrong;
  }
  EXPECT_EQ(read("seedHost=a&jmxPort=x").error().code, errc::not_an_integer);
}

http::request form(std::string body) {
  http::request asked;
  asked.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  asked.body = std::move(body);
  return asked;
}

TEST(registration_test, the_form_variant_reads_its_body) {
  EXPECT_EQ(
      parse_registration_form(form("seedHost=a%2Cb&jmxUsername=&jmxPassword="), "", {})->size(),
      2U);
  auto not_a_form = form("seedHost=a");
  not_a_form.headers.clear();
  EXPECT_EQ(parse_registration_form(not_a_form, "", {}).error().code, errc::wrong_media_type);
}

TEST(registration_test, a_form_that_cannot_be_read_is_a_bad_parameter_that_names_the_field) {
  std::string too_many = "seedHost=a";
  for (std::size_t count = 0; count < http::max_parameters; ++count) too_many += "&x=1";
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"seedHost=%FF", "parameter seedHost contains"},
      {"seedHost=a\xC3", "parameter seedHost contains"},
      {"seedHost=%zz", "parameter seedHost is not followed by two hex digits"},
      {"jmxPort=7199&seedHost=a%2", "parameter seedHost is not"},
      {"s%FFeed=a", "the name of a parameter contains"},
      {"seedHost=a&jmxPort=x", "jmxPort is not a whole number"},
      {too_many, "more than 256 parameters"}};
  for (const auto& [body, part] : wrong) {
    const auto failure = parse_registration_form(form(body), "", {}).error();
    EXPECT_EQ(failure.code, errc::bad_parameter) << body;
    EXPECT_NE(failure.detail.find(part), std::string::npos) << failure.detail;
  }
}

crypto::cryptograph cryptograph_of(std::string_view passphrase) {
  crypto::cryptograph_options options;
  options.passphrase = base::secret(passphrase);
  return crypto::cryptograph(options);
}

TEST(registration_test, credentials_are_kept_encrypted_for_every_seed) {
  const auto cryptograph = cryptograph_of("open sesame");
  const auto all = parse_registration_form(form("seedHost=a,b&jmxUsername=%C3%BC&jmxPassword=p%26"),
                                           "c", cryptograph);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  for (const auto& one : *all) {
    EXPECT_EQ(one.jmx_username, "\u00fc");
    EXPECT_TRUE(one.jmx_password.reveal().starts_with("{cipher}"));
    EXPECT_EQ(cryptograph.decrypt(one.jmx_password)->reveal(), "p&");
  }
}

TEST(registration_test, half_a_login_is_none) {
  for (const auto* half : {"", "&jmxUsername=u", "&jmxPassword=p", "&jmxUsername=u&jmxPassword=%20",
                           "&jmxUsername=+&jmxPassword=p"}) {
    for (const auto& cryptograph : {crypto::cryptograph(), cryptograph_of("open sesame")}) {
      const auto all =
          parse_registration_form(form("seedHost=a" + std::string(half)), "c", cryptograph);
      ASSERT_TRUE(all) << half;
      EXPECT_TRUE(all->front().jmx_username.empty());
      EXPECT_TRUE(all->front().jmx_password.empty());
    }
  }
}

TEST(registration_test, a_seed_is_missed_first_then_what_encrypts) {
  const std::string login = "&jmxUsername=u&jmxPassword=hunter2";
  const auto failure = [](const std::string& body, const crypto::cryptograph& with) {
    return parse_registration_form(form(body), "", with).error();
  };
  EXPECT_NE(failure("seedHost=" + login, {}).message().find("seedHost"), std::string::npos);
  const auto refused = failure("seedHost=a" + login, {});
  EXPECT_EQ(refused.code, errc::bad_parameter);
  EXPECT_NE(refused.message().find("without enabling encryption"), std::string::npos);
  const auto no_passphrase = failure("seedHost=a" + login, cryptograph_of(""));
  EXPECT_EQ(no_passphrase.code, crypto::errc::secret_missing);
  EXPECT_EQ((refused.message() + no_passphrase.message()).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace helenus::api
