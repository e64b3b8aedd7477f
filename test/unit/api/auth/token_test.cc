#include "api/auth/token.h"

#include "crypto/base64url.h"
#include "crypto/hmac.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

const base::secret key("0123456789abcdef0123456789abcdef");  // 32 bytes
constexpr base::clock::wall_time now{1'767'225'600'250ms};   // 2026-01-01T00:00:00.25Z

std::string token(std::chrono::seconds lifetime = 10min) {
  return make_token(key, "ana", {role::user, role::cluster_operator}, now, lifetime);
}

/// Any header and claims, signed.
std::string signed_token(std::string_view header, std::string_view claims,
                         crypto::hash with = crypto::hash::sha256,
                         const base::secret& signing = key) {
  auto text = crypto::to_base64url(header) + "." + crypto::to_base64url(claims);
  return text + "." + crypto::to_base64url(crypto::hmac(with, signing.reveal(), text));
}

std::string part(std::string_view of, int index) {
  for (; index > 0; --index) of.remove_prefix(of.find('.') + 1);
  return *crypto::from_base64url(of.substr(0, of.find('.')));
}

TEST(token_test, says_whom_it_is_for_what_they_may_and_how_long) {
  EXPECT_EQ(part(token(), 0), R"({"alg":"HS256"})");
  EXPECT_EQ(part(token(), 1),
            R"({"sub":"ana","roles":["user","operator"],"iat":1767225600,"exp":1767226200})");
  EXPECT_EQ(token_subject(key, token(), now), "ana");
}

TEST(token_test, is_good_until_its_time_is_over) {
  EXPECT_EQ(token_subject(key, token(10min), now + 10min), "ana");
  EXPECT_EQ(token_subject(key, token(10min), now + 10min + 1s), std::nullopt);
}

TEST(token_test, the_length_of_the_secret_chooses_the_algorithm_as_with_reaper) {
  for (const auto& [length, name] : std::initializer_list<std::pair<std::size_t, std::string>>{
           {32, "HS256"}, {47, "HS256"}, {48, "HS384"}, {63, "HS384"}, {64, "HS512"}}) {
    const base::secret with(std::string(length, 'k'));
    const auto made = make_token(with, "ana", {}, now, 1min);
    EXPECT_EQ(part(made, 0), R"({"alg":")" + name + R"("})");
    EXPECT_EQ(token_subject(with, made, now), "ana");
  }
}

TEST(token_test, one_of_another_program_that_has_the_secret_is_accepted) {
  // RFC 7515, appendix A.1.1: a header with line breaks, and a time that is no whole number.
  EXPECT_EQ(token_subject(key,
                          signed_token("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
                                       R"({"sub":"ana","exp":1767225601.5})"),
                          now),
            "ana");
  const base::secret longer(std::string(64, 'k'));
  EXPECT_EQ(token_subject(longer,
                          signed_token(R"({"alg":"HS256"})", R"({"sub":"ana"})",
                                       crypto::hash::sha256, longer),
                          now),
            "ana");
}

TEST(token_test, a_key_that_is_too_short_for_the_algorithm_is_not_used_with_it) {
  EXPECT_EQ(
      token_subject(
          key, signed_token(R"({"alg":"HS512"})", R"({"sub":"ana"})", crypto::hash::sha512), now),
      std::nullopt);
}

TEST(token_test, without_a_signature_of_this_secret_it_is_nothing) {
  const auto made = token();
  const auto unsigned_part = made.substr(0, made.rfind('.'));
  EXPECT_EQ(token_subject(base::secret("another secret that is long enough"), made, now),
            std::nullopt);
  for (const auto& wrong :
       {unsigned_part, unsigned_part + ".", unsigned_part + ".AAAA", "x" + made, made + "A",
        signed_token(R"({"alg":"none"})", R"({"sub":"ana"})"),
        crypto::to_base64url(R"({"alg":"none"})") + "." + crypto::to_base64url(R"({"sub":"ana"})") +
            ".",
        signed_token(R"({"alg":"RS256"})", R"({"sub":"ana"})"), signed_token("{}", "{}")}) {
    EXPECT_EQ(token_subject(key, wrong, now), std::nullopt) << wrong;
  }
}

TEST(token_test, every_changed_letter_is_noticed) {
  const auto made = token();
  for (std::size_t place = 0; place < made.size(); ++place) {
    auto changed = made;
    changed[place] = changed[place] == 'x' ? 'y' : 'x';
    if (changed != made) EXPECT_EQ(token_subject(key, changed, now), std::nullopt) << place;
  }
}

TEST(token_test, times_that_are_none_or_not_yet_are_refused) {
  for (const auto* claims :
       {R"({"sub":"ana","exp":"soon"})", R"({"sub":"ana","exp":null})",
        R"({"sub":"ana","nbf":1767225700})", R"(["ana"])", "", "{", R"({"sub":"ana"} x)"}) {
    EXPECT_EQ(token_subject(key, signed_token(R"({"alg":"HS256"})", claims), now), std::nullopt)
        << claims;
  }
}

TEST(token_test, without_a_subject_it_is_for_nobody) {
  for (const auto* claims : {"{}", R"({"sub":7})"}) {
    EXPECT_EQ(token_subject(key, signed_token(R"({"alg":"HS256"})", claims), now), "") << claims;
  }
}

TEST(token_test, what_is_no_token_is_nobodys) {
  for (const auto* text :
       {"", ".", "..", "...", "a.b.c", "null", "Bearer", "a.b", "\xff.\xff.\xff"}) {
    EXPECT_EQ(token_subject(key, text, now), std::nullopt) << text;
  }
  EXPECT_EQ(token_subject(key, signed_token(std::string(2000, '['), "{}"), now), std::nullopt);
}

}  // namespace
}  // namespace helenus::api
