#include "api/requests/registration.h"

#include "api/errc.h"

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
  EXPECT_EQ(parse_registration_form(form("seedHost=a%2Cb&jmxUsername=&jmxPassword="), "")->size(),
            2U);
  auto not_a_form = form("seedHost=a");
  not_a_form.headers.clear();
  EXPECT_EQ(parse_registration_form(not_a_form, "").error().code, errc::wrong_media_type);
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
    const auto failure = parse_registration_form(form(body), "").error();
    EXPECT_EQ(failure.code, errc::bad_parameter) << body;
    EXPECT_NE(failure.detail.find(part), std::string::npos) << failure.detail;
  }
}

TEST(registration_test, credentials_are_refused_because_they_would_be_stored_in_plain_text) {
  EXPECT_EQ(
      parse_registration_form(form("seedHost=a&jmxUsername=u&jmxPassword=p"), "").error().code,
      errc::bad_parameter);
}

}  // namespace
}  // namespace helenus::api
