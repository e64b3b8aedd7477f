#include "cql/wire.h"

#include "support/cql_rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace helenus::cql::wire {
namespace {

using namespace std::string_literals;
using test::cql_column;

TEST(wire, a_statement_carries_the_defaults_of_its_session) {
  session_options defaults;
  defaults.request_timeout = std::chrono::milliseconds(1000);
  const statement what{
      .text = "SELECT a", .values = {1}, .how = {.page_size = 7}, .paging_state = "p"};
  EXPECT_EQ(execute(what, defaults),
            "\2"                  // execute
            "\0\6\0\x8"           // LOCAL_QUORUM, SERIAL
            "\0\0\3\xe8\0\0\0\7"  // timeout, page size
            "\2"                  // reads
            "\0\0\0\x8SELECT a"   // text
            "\0\0\0\1\0\0\0\4\0\0\0\1"
            "\0\0\0\1p"s);
}

TEST(wire, a_statement_says_how_it_is_to_be_carried_out) {
  const statement what{.text = "X",
                       .values = {nullptr, value::unset()},
                       .how = {.consistency = consistency::each_quorum,
                               .serial_consistency = serial_consistency::local_serial,
                               .timeout = std::chrono::milliseconds(0),
                               .page_size = 0,
                               .idempotent = true,
                               .lightweight = true}};
  EXPECT_EQ(execute(what, {}),
            "\2\0\7\0\x9\0\0\0\1\0\0\0\1\5\0\0\0\1X"
            "\0\0\0\2\xff\xff\xff\xff\xff\xff\xff\xfe\0\0\0\0"s);
}

/// The other side reads the same files, and many like them: src/cql/driver/src/request.rs.
TEST(wire, requests_are_those_that_the_driver_is_tested_with) {
  const request_options write{.consistency = consistency::each_quorum,
                              .serial_consistency = serial_consistency::local_serial,
                              .timeout = std::chrono::seconds(1),
                              .page_size = 7,
                              .idempotent = true,
                              .lightweight = true};
  const request_options quorum{.consistency = consistency::quorum, .idempotent = true};
  const std::map<std::string, std::string> requests{
      {"prepare", prepare("SELECT a", std::chrono::seconds(1))},
      {"execute", execute({.text = "UPDATE a SET \u00e4 = ? WHERE b = ? AND c = ?",
                           .values = {nullptr, value::unset(), 5},
                           .how = write,
                           .paging_state = "next"},
                          {})},
      {"read", execute({.text = "SELECT a", .how = {.serial_read = true}}, {})},
      {"batch",
       execute_batch(
           {.kind = batch::kind::unlogged, .statements = {{"A", {true}}, {"B", {}}}, .how = quorum},
           {})},
      {"change_schema", change_schema("DROP TABLE a", std::chrono::minutes(1))},
      {"agree_on_schema", agree_on_schema(std::chrono::minutes(1))},
      {"nodes", ask_nodes()}};
  std::map<std::string, std::string> files;
  for (const auto& file :
       std::filesystem::directory_iterator(HELENUS_TEST_DIR "/unit/cql/requests")) {
    std::ifstream bytes(file.path(), std::ios::binary);
    files[file.path().filename()] = std::string(std::istreambuf_iterator<char>(bytes), {});
  }
  EXPECT_EQ(files, requests);
}

TEST(wire, a_serial_read_is_read_at_the_serial_consistency) {
  const statement what{.text = "SELECT a", .how = {.serial_read = true}};
  EXPECT_EQ(execute(what, {}).substr(1, 4), "\0\x8\0\x8"s);
}

TEST(wire, a_batch_carries_its_statements) {
  batch what{.kind = batch::kind::unlogged, .statements = {{"A", {true}}, {"B", {}}}};
  EXPECT_EQ(execute_batch(what, {}).substr(14),
            "\1\0\0\0\2\0\0\0\1A\0\0\0\1\0\0\0\1\1\0\0\0\1B\0\0\0\0"s);
}

TEST(wire, the_password_can_be_wiped) {
  session_options of;
  of.contact_points = {{"a", 9042}};
  of.login = credentials{"me", base::secret("hidden")};
  auto bytes = options(of);
  EXPECT_EQ(bytes.substr(0, 11), "\0\0\0\1\0\0\0\1a\x23\x52"s);
  EXPECT_NE(bytes.find("hidden"), std::string::npos);
  const char* where = bytes.data();
  const auto size = bytes.size();
  wipe(bytes);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(std::string(where, size).find("hidden"), std::string::npos);
}

TEST(wire, values_must_fit_their_places) {
  const places expected{cql_column<std::int64_t>("id"), {"at", {type_code::timeuuid, {}}}};
  EXPECT_TRUE(check(expected, {std::int64_t{1}, base::uuid()}).has_value());
  EXPECT_TRUE(check(expected, {nullptr, value::unset()}).has_value());
  EXPECT_EQ(check(expected, {std::int64_t{1}}).error().code, errc::invalid);
  const auto wrong = check(expected, {1, base::uuid()});
  EXPECT_EQ(wrong.error().code, errc::wrong_type);
  EXPECT_EQ(wrong.error().detail, "the value for id is a int, not a bigint");
}

TEST(wire, places_are_read) {
  const auto body = "\0\0\0\1\0\2id\0\x9"s;
  const auto read = read_places(body).value();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].name, "id");
  EXPECT_EQ(read[0].type.code, type_code::int_);
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_EQ(read_places(body.substr(0, size)).error().code, errc::malformed) << size;
}

TEST(wire, nodes_are_read) {
  const auto whole = "\0\0\0\1"s + std::string(16, '\7') + "\0\2::\0\3dc1\0\2r1\1"s;
  const auto read = read_nodes(whole).value();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].address, "::");
  EXPECT_EQ(read[0].datacenter, "dc1");
  EXPECT_EQ(read[0].rack, "r1");
  EXPECT_TRUE(read[0].connected);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(read_nodes(whole.substr(0, size)).error().code, errc::malformed) << size;
}

TEST(wire, only_select_reads) {
  EXPECT_TRUE(reads("SELECT a FROM b"));
  EXPECT_TRUE(reads("\n  select a"));
  EXPECT_FALSE(reads("INSERT INTO a"));
  EXPECT_FALSE(reads("sel"));
  EXPECT_FALSE(reads(""));
}

}  // namespace
}  // namespace helenus::cql::wire
