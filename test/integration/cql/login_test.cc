#include "cql/errc.h"
#include "integration/cql/real_cluster.h"
#include "net/tls_context.h"
#include "support/certificates.h"

namespace helenus::test {
namespace {

using cql::errc;

/// A cluster that asks for a password, and of those who speak TLS for a certificate.
class login_test : public real_cluster_test {
 public:
  cql::session_options options(const char* user, std::string_view password) {
    auto made = real_options();
    made.login = cql::credentials{user, base::secret(password)};
    return made;
  }
  error refusal(cql::session_options with) {
    const auto outcome = run(cql::connect(clock, std::move(with)));
    return outcome ? error{base::errc::internal, "it was not refused"} : outcome.error();
  }
  /// The certificate that the cluster asks for, from one kind of file.
  static net::tls_client_options own_certificate(const char* kind) {
    net::tls_client_options own;
    own.certificate_file = setting(kind);
    own.key_password = base::secret(setting("HELENUS_TEST_CQL_STORE_PASSWORD"));
    return own;
  }
  /// A session over TLS, and what became of it.
  result<void> attempt(net::tls_client_options with) {
    auto made = options("cassandra", "cassandra");
    auto loaded = net::tls_context::load(with);
    if (!loaded) return loaded.error();
    made.tls = std::move(*loaded);
    return run([](login_test& test, cql::session_options options) -> task<void> {
      CO_TRY(db, co_await cql::connect(test.clock, std::move(options)));
      CO_TRY_VOID(co_await db->execute({.text = "SELECT key FROM system.local"}));
      co_return co_await db->close();
    }(*this, std::move(made)));
  }
};

TEST_F(login_test, a_wrong_password_or_none_is_told_from_the_rest) {
  const auto wrong = refusal(options("cassandra", "not the password"));
  EXPECT_EQ(wrong.code, errc::authentication_failed) << wrong.detail;
  EXPECT_EQ(wrong.detail.find("not the password"), std::string::npos);
  EXPECT_EQ(refusal(options("nobody", "x")).code, errc::authentication_failed);
  EXPECT_EQ(refusal(real_options()).code, errc::authentication_failed);
}

TEST_F(login_test, a_missing_permission_is_named) {
  expect([](login_test& test) -> task<void> {
    CO_TRY(admin, co_await cql::connect(test.clock, test.options("cassandra", "cassandra")));
    CO_TRY_VOID(co_await admin->change_schema(
        "CREATE KEYSPACE guarded WITH replication = {'class': 'SimpleStrategy', "
        "'replication_factor': 1}"));
    CO_TRY_VOID(co_await admin->change_schema("CREATE TABLE guarded.t (id int PRIMARY KEY)"));
    CO_TRY_VOID(co_await admin->change_schema(
        "CREATE ROLE reader WITH PASSWORD = 'readerpw' AND LOGIN = true"));
    CO_TRY_VOID(co_await admin->change_schema("GRANT SELECT ON KEYSPACE guarded TO reader"));
    auto with = test.options("reader", "readerpw");
    with.keyspace = "guarded";
    CO_TRY(reader, co_await cql::connect(test.clock, std::move(with)));
    CO_TRY_VOID(co_await reader->execute({.text = "SELECT id FROM t"}));
    const auto refused =
        co_await reader->execute({.text = "INSERT INTO t (id) VALUES (?)", .values = {1}});
    EXPECT_EQ(refused.error().code, errc::permission_missing);
    EXPECT_NE(refused.error().detail.find("MODIFY"), std::string::npos) << refused.error().detail;
    EXPECT_NE(refused.error().detail.find("guarded.t"), std::string::npos);
    const auto no_table = co_await reader->change_schema("CREATE TABLE u (id int PRIMARY KEY)");
    EXPECT_EQ(no_table.error().code, errc::permission_missing);
    CO_TRY_VOID(co_await reader->close());
    co_return co_await admin->close();
  }(*this));
}

TEST_F(login_test, sessions_speak_tls_to_nodes_whose_certificate_they_trust) {
  auto trust = own_certificate("HELENUS_TEST_CQL_PEM");
  const auto stranger = attempt(trust);
  EXPECT_EQ(stranger.error().code, errc::tls_failed) << stranger.error().detail;
  trust.ca_file = setting("HELENUS_TEST_CQL_CA");
  const auto by_address = attempt(trust);
  EXPECT_TRUE(by_address.has_value()) << by_address.error().detail;
  trust.verification = net::tls_verification::chain;
  EXPECT_TRUE(attempt(trust));
  trust.verification = net::tls_verification::chain_and_name;
  trust.expected_name = "another.example";
  const auto named = attempt(trust);
  EXPECT_EQ(named.error().code, errc::tls_failed) << named.error().detail;
  trust = own_certificate("HELENUS_TEST_CQL_PEM");
  trust.verification = net::tls_verification::none;
  EXPECT_TRUE(attempt(trust));
}

TEST_F(login_test, a_certificate_is_shown_from_every_kind_of_file) {
  for (const char* kind :
       {"HELENUS_TEST_CQL_PEM", "HELENUS_TEST_CQL_JKS", "HELENUS_TEST_CQL_P12"}) {
    auto own = own_certificate(kind);
    own.ca_file = setting("HELENUS_TEST_CQL_CA");
    const auto accepted = attempt(own);
    EXPECT_TRUE(accepted.has_value()) << kind << ": " << accepted.error().detail;
  }
}

TEST_F(login_test, a_missing_certificate_and_one_of_another_authority_are_told_as_such) {
  const auto authority = setting("HELENUS_TEST_CQL_CA");
  const auto without = attempt({.ca_file = authority});
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().code, errc::tls_failed) << without.error().detail;
  EXPECT_NE(without.error().detail.find("certificate"), std::string::npos)
      << without.error().detail;
  certificates elsewhere;
  const auto foreign = elsewhere.issue("client");
  const auto refused = attempt(
      {.ca_file = authority, .certificate_file = foreign.certificate, .key_file = foreign.key});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::tls_failed) << refused.error().detail;
  EXPECT_NE(refused.error().detail.find("certificate"), std::string::npos)
      << refused.error().detail;
}

TEST_F(login_test, a_session_goes_on_with_another_login_and_drops_nothing) {
  expect([](login_test& test) -> task<void> {
    auto trust = own_certificate("HELENUS_TEST_CQL_PEM");
    trust.verification = net::tls_verification::none;
    CO_TRY(trusted, net::tls_context::load(trust));
    CO_TRY(admin, co_await cql::connect(test.clock, test.options("cassandra", "cassandra")));
    CO_TRY_VOID(co_await admin->change_schema(
        "CREATE ROLE rotated WITH PASSWORD = 'first' AND LOGIN = true"));
    CO_TRY(db, co_await cql::connect(test.clock, test.options("rotated", "first")));
    const auto read = [&db] { return db->execute({.text = "SELECT key FROM system.local"}); };
    CO_TRY_VOID(co_await read());

    const auto wrong = co_await db->renew(cql::credentials{"rotated", base::secret("guess")}, {});
    EXPECT_EQ(wrong.error().code, errc::authentication_failed) << wrong.error().detail;
    CO_TRY_VOID(co_await read());

    CO_TRY_VOID(co_await admin->change_schema(
        "CREATE ROLE successor WITH PASSWORD = 'second' AND LOGIN = true"));
    for (int times = 0; times < 3; ++times) {
      CO_TRY_VOID(
          co_await db->renew(cql::credentials{"successor", base::secret("second")}, trusted));
      CO_TRY_VOID(co_await read());
    }
    CO_TRY_VOID(co_await db->renew(cql::credentials{"cassandra", base::secret("cassandra")}, {}));
    for (const auto* role : {"rotated", "successor"}) {
      CO_TRY_VOID(co_await db->change_schema("DROP ROLE " + std::string(role)));
    }
    CO_TRY_VOID(co_await db->close());
    EXPECT_EQ((co_await db->renew({}, {})).error().code, errc::closed);
    co_return co_await admin->close();
  }(*this));
}

TEST_F(login_test, a_keyspace_that_is_not_there_is_told_from_the_rest) {
  auto with = options("cassandra", "cassandra");
  with.keyspace = "not_there";
  const auto refused = refusal(std::move(with));
  EXPECT_EQ(refused.code, errc::no_such_keyspace) << refused.detail;
}

TEST_F(login_test, a_data_center_that_is_not_there_is_named_with_those_that_are) {
  auto with = options("cassandra", "cassandra");
  with.local_datacenter = "dc9";
  const auto refused = refusal(std::move(with));
  EXPECT_EQ(refused.code, errc::unreachable);
  EXPECT_NE(refused.detail.find("dc1"), std::string::npos) << refused.detail;
}

TEST_F(login_test, nothing_that_listens_is_unreachable) {
  auto with = options("cassandra", "cassandra");
  for (auto& contact : with.contact_points) contact.port = 9;
  const auto refused = refusal(with);
  EXPECT_EQ(refused.code, errc::unreachable);
  EXPECT_NE(refused.detail.find(":9"), std::string::npos) << refused.detail;
  with.contact_points = {{"no-such-host.invalid", 9042}};
  const auto unresolved = refusal(with);
  EXPECT_EQ(unresolved.code, errc::unresolved);
  EXPECT_NE(unresolved.detail.find("no-such-host.invalid"), std::string::npos);
}

}  // namespace
}  // namespace helenus::test
