#include "crypto/cryptograph.h"

#include "crypto/errc.h"

#include <gtest/gtest.h>

#include <string>

namespace helenus::crypto {
namespace {

cryptograph with_passphrase(std::string_view passphrase) {
  cryptograph_options options;
  options.passphrase = base::secret(passphrase);
  return cryptograph(options);
}

std::string decrypted(const cryptograph& with, std::string_view kept) {
  const auto plain = with.decrypt(base::secret(kept));
  return plain ? std::string(plain->reveal()) : "failed: " + plain.error().message();
}

std::string encrypted(const cryptograph& with, std::string_view plain) {
  const auto hidden = with.encrypt(base::secret(plain));
  return hidden ? std::string(hidden->reveal()) : "failed: " + hidden.error().message();
}

// Made by Java.
constexpr auto passphrase_of_java = "reaper-test-passphrase";
constexpr auto hidden_by_java =
    "{cipher}000102030405060708090A0B0C0D0E0F64D3A1DFE320C3AD56C4D3DA252922AA";

TEST(cryptograph_test, what_java_encrypted_is_read_in_either_case_of_its_hex) {
  const auto with = with_passphrase(passphrase_of_java);
  EXPECT_EQ(decrypted(with, hidden_by_java), "s3cret-Jmx");
  EXPECT_EQ(decrypted(with,
                      "{cipher}000102030405060708090a0b0c0d0e0f"
                      "64d3a1dfe320c3ad56c4d3da252922aa"),
            "s3cret-Jmx");
}

// Made by Python's hashlib and the openssl command.
TEST(cryptograph_test, every_option_makes_the_key) {
  EXPECT_EQ(decrypted(with_passphrase("p\u00e4sswort \u00b5"),
                      "{cipher}FFEEDDCCBBAA99887766554433221100"
                      "07F2F3932C971B28E6FBF3C304EC252A8A5CBC5FF2695E7E77598FC423F8A22D"),
            "sixteen letters!");
  cryptograph_options options;
  options.passphrase = base::secret("p");
  options.salt = "other salt";
  options.algorithm = hash::sha256;
  options.iterations = 2;
  options.key_bits = 128;
  EXPECT_EQ(decrypted(cryptograph(options),
                      "{cipher}FFEEDDCCBBAA99887766554433221100474D77B99BC0BBA7DF3A2238F6021B93"),
            "p\u00e4ssword");
  options.salt = "s";
  options.algorithm = hash::sha384;
  options.iterations = 1;
  options.key_bits = 192;
  EXPECT_EQ(decrypted(cryptograph(options),
                      "{cipher}FFEEDDCCBBAA99887766554433221100"
                      "2AAA42151F7441B653E225A1DC2B8E179EDA0935BBDF888202E2B412A3C0DA3A"
                      "28681A440A7A98896C23E687B51083A9"),
            std::string(40, 'x'));
}

TEST(cryptograph_test, what_is_encrypted_comes_back_trimmed_and_never_looks_the_same_twice) {
  const auto with = with_passphrase(passphrase_of_java);
  for (const auto* plain : {"x", "sixteen letters!", "a \" b", "{cipher}00"}) {
    const auto hidden = encrypted(with, plain);
    EXPECT_TRUE(hidden.starts_with("{cipher}")) << hidden;
    EXPECT_EQ(hidden.find_first_not_of("0123456789ABCDEF", 8), std::string::npos) << hidden;
    EXPECT_EQ(decrypted(with, hidden), plain);
    EXPECT_NE(encrypted(with, plain), hidden);
  }
  EXPECT_EQ(decrypted(with, encrypted(with, " \t s3cret \r\n")), "s3cret");
  EXPECT_EQ(with.encrypt(base::secret(" \n ")).error().code, errc::blank_text);
}

TEST(cryptograph_test, a_text_without_the_prefix_is_as_it_is) {
  EXPECT_EQ(decrypted(with_passphrase("p"), "plain"), "plain");
  EXPECT_EQ(decrypted(cryptograph(), "plain"), "plain");
  EXPECT_EQ(encrypted(cryptograph(), " plain "), " plain ");
  EXPECT_EQ(cryptograph().decrypt(base::secret(hidden_by_java)).error().code, errc::secret_missing);
}

TEST(cryptograph_test, what_cannot_be_read_is_an_error_that_shows_nothing_of_it) {
  const auto with = with_passphrase("another passphrase");
  const std::string whole = hidden_by_java;
  for (const auto& kept :
       {whole, whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() - 2),
        whole.substr(0, 8 + 32), whole.substr(0, 8), "{cipher}" + std::string(64, 'x')}) {
    const auto failure = with.decrypt(base::secret(kept)).error();
    EXPECT_EQ(failure.code, errc::not_readable) << kept;
    EXPECT_EQ(failure.message().find("0102"), std::string::npos);
  }
}

TEST(cryptograph_test, a_passphrase_that_is_not_set_is_named_by_its_variable) {
  cryptograph_options options;
  options.secret_name = "MY_SECRET";
  const cryptograph with(options);
  EXPECT_TRUE(with.is_on());
  for (const auto& failure : {with.encrypt(base::secret("x")).error(),
                              with.decrypt(base::secret(hidden_by_java)).error()}) {
    EXPECT_EQ(failure.code, errc::secret_missing);
    EXPECT_NE(failure.message().find("MY_SECRET"), std::string::npos) << failure.message();
  }
  EXPECT_EQ(decrypted(with, "plain"), "plain");
}

}  // namespace
}  // namespace helenus::crypto
