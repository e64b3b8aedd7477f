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
  EXPECT_EQ(read("seedHost=a")->at(0).jmx_port, 7199);
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

TEST(registration_test, credentials_are_refused_because_they_would_be_stored_in_plain_text) {
  EXPECT_EQ(
      parse_registration_form(form("seedHost=a&jmxUsername=u&jmxPassword=p"), "").error().code,
      errc::bad_parameter);
}

}  // namespace
}  // namespace helenus::api
