#include "api/resources/crypto.h"

#include "unit/api/resources/rest_fixture.h"

namespace helenus::api {
namespace {

class crypto_test : public rest_fixture {
 protected:
  void set_passphrase(std::string_view passphrase) {
    crypto::cryptograph_options options;
    options.passphrase = base::secret(passphrase);
    with.cryptograph = crypto::cryptograph(options);
  }
};

TEST_F(crypto_test, a_text_is_encrypted_for_the_configuration) {
  set_passphrase("open sesame");
  const auto answer = get("/crypto/encrypt/%20a%2Fb%26%C3%BC%20");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/plain");
  EXPECT_EQ(with.cryptograph.decrypt(base::secret(answer.body))->reveal(), "a/b&\u00fc");
}

TEST_F(crypto_test, without_a_cryptograph_it_is_as_it_came) {
  EXPECT_EQ(shown(get("/crypto/encrypt/a%20b")), "200 a b");
}

TEST_F(crypto_test, what_cannot_be_encrypted_is_told) {
  set_passphrase("");
  const auto refused = get("/crypto/encrypt/hunter2");
  EXPECT_EQ(refused.status, 500);
  EXPECT_NE(refused.body.find("CASSANDRA_REAPER_PROPERTY_KEY_SECRET"), std::string::npos)
      << refused.body;
  EXPECT_EQ(refused.body.find("hunter2"), std::string::npos);
  set_passphrase("open sesame");
  EXPECT_EQ(shown(get("/crypto/encrypt/%20")), "500 a blank text cannot be encrypted");
}

TEST_F(crypto_test, the_answer_is_plain_text_only) {
  EXPECT_EQ(ask(method::get, "/crypto/encrypt/x", {}, {{"Accept", "application/json"}}).status,
            406);
}

}  // namespace
}  // namespace helenus::api
