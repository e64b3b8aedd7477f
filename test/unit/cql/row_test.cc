#include "cql/row.h"

#include "support/cql_rows.h"

#include <gtest/gtest.h>

namespace helenus::cql {
namespace {

using test::cql_column;
using test::cql_page;
using test::cql_rows;
using names = std::set<std::string>;

rows two_rows() {
  return cql_rows({cql_column<std::string>("name"), cql_column<std::int32_t>("jmx_port"),
                   cql_column<names>("seed_hosts")},
                  {{"prod", 7199, names{"10.0.0.1", "10.0.0.2"}}, {"test", nullptr, nullptr}},
                  "more");
}

TEST(row, columns_are_read_by_name) {
  const auto page = two_rows();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].get<std::string>("name").value(), "prod");
  EXPECT_EQ(page[0].get<std::int32_t>("jmx_port").value(), 7199);
  EXPECT_EQ(page[0].get<names>("seed_hosts").value(), (names{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(page.paging_state(), "more");
}

TEST(row, rows_are_walked_through) {
  std::string seen;
  const auto page = two_rows();
  for (const auto each : page) seen += each.get<std::string>("name").value() + ' ';
  EXPECT_EQ(seen, "prod test ");
}

TEST(row, a_value_is_put_where_it_belongs_and_an_error_changes_nothing) {
  const auto page = two_rows();
  std::string name = "before";
  EXPECT_TRUE(page[0].get("name", name));
  EXPECT_EQ(name, "prod");
  std::int32_t port = 7;
  EXPECT_EQ(page[1].get("jmx_port", port).error().code, errc::unexpected_null);
  EXPECT_EQ(port, 7);
}

TEST(row, null_is_an_error_unless_it_was_asked_for) {
  const auto page = two_rows();
  const auto refused = page[1].get<std::int32_t>("jmx_port");
  EXPECT_EQ(refused.error().code, errc::unexpected_null);
  EXPECT_EQ(refused.error().detail, "column jmx_port is null");
  EXPECT_EQ(page[1].get<std::optional<std::int32_t>>("jmx_port").value(), std::nullopt);
  EXPECT_EQ(page[0].get<std::optional<std::int32_t>>("jmx_port").value(), 7199);
  EXPECT_FALSE(page[1].has("jmx_port"));
  EXPECT_TRUE(page[0].has("jmx_port"));
}

TEST(row, a_null_collection_is_empty) {
  const auto page = two_rows();
  EXPECT_EQ(page[1].get<names>("seed_hosts").value(), names{});
  EXPECT_EQ(page[1].get<std::optional<names>>("seed_hosts").value(), std::nullopt);
}

TEST(row, another_type_or_name_is_an_error_that_names_the_column) {
  const auto page = two_rows();
  const auto wrong = page[0].get<std::int64_t>("jmx_port");
  EXPECT_EQ(wrong.error().code, errc::wrong_type);
  EXPECT_EQ(wrong.error().detail, "column jmx_port is a int, not a bigint");
  EXPECT_EQ(page[0].get<std::string>("owner").error().code, errc::no_such_column);
  EXPECT_FALSE(page[0].has("owner"));
}

TEST(row, a_cell_that_is_malformed_is_an_error_that_names_the_column) {
  auto bytes = cql_page({cql_column<std::int32_t>("jmx_port")}, {{"abc"}});
  const auto page = rows::parse(bytes, "").value();
  const auto refused = page[0].get<std::int32_t>("jmx_port");
  EXPECT_EQ(refused.error().code, errc::malformed);
  EXPECT_NE(refused.error().detail.find("jmx_port"), std::string::npos);
}

TEST(row, rows_may_be_moved) {
  auto page = two_rows();
  const auto moved = std::move(page);
  EXPECT_EQ(moved[1].get<std::string>("name").value(), "test");
}

TEST(row, a_condition_that_was_not_met_is_told_with_what_is_stored) {
  const auto refused = cql_rows({cql_column<bool>("[applied]"), cql_column<std::string>("leader")},
                                {{false, "another"}});
  EXPECT_FALSE(refused.applied());
  EXPECT_EQ(refused[0].get<std::string>("leader").value(), "another");
  EXPECT_TRUE(refused.has_condition());
  EXPECT_TRUE(cql_rows({cql_column<bool>("[applied]")}, {{true}}).applied());
  EXPECT_FALSE(two_rows().has_condition());
  EXPECT_TRUE(two_rows().applied());
  EXPECT_TRUE(rows().applied());
  EXPECT_TRUE(rows().empty());
}

TEST(row, nested_and_user_defined_types_are_described) {
  using matrix = std::map<std::string, std::vector<std::int32_t>>;
  const auto page = cql_rows({cql_column<matrix>("m")}, {{matrix{{"a", {1, 2}}}}});
  EXPECT_EQ(page[0].get<matrix>("m").value(), (matrix{{"a", {1, 2}}}));

  std::string udt;
  put_number(udt, 1, 4);
  put_string(udt, "address");
  put_number(udt, 0x30, 2);
  put_string(udt, "keyspace");
  put_string(udt, "address");
  put_number(udt, 1, 2);
  put_string(udt, "street");
  put_number(udt, 0x0D, 2);
  put_number(udt, 0, 4);
  EXPECT_EQ(to_text(rows::parse(udt, "").value().columns()[0].type), "udt<text>");
}

TEST(row, every_page_that_was_cut_off_is_malformed) {
  const auto whole = cql_page({cql_column<std::string>("name"), cql_column<names>("hosts")},
                              {{"prod", names{"a"}}, {nullptr, nullptr}});
  ASSERT_TRUE(rows::parse(whole, "").has_value());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(rows::parse(whole.substr(0, size), "").error().code, errc::malformed) << size;
  EXPECT_EQ(rows::parse(whole + 'x', "").error().code, errc::malformed);
}

TEST(row, announced_sizes_allocate_nothing) {
  std::string page;
  put_number(page, 0x7FFFFFFF, 4);
  EXPECT_EQ(rows::parse(page, "").error().code, errc::malformed);
  page = cql_page({cql_column<std::string>("name")}, {});
  page.replace(page.size() - 4, 4, "\x7f\xff\xff\xff");
  EXPECT_EQ(rows::parse(page, "").error().code, errc::malformed);
  std::string none;
  put_number(none, 0, 4);
  put_number(none, 5, 4);
  EXPECT_EQ(rows::parse(none, "").error().code, errc::malformed);
}

TEST(row, types_nested_without_end_are_refused) {
  std::string page;
  put_number(page, 1, 4);
  put_string(page, "c");
  for (int depth = 0; depth < 1000; ++depth) put_number(page, 0x20, 2);
  EXPECT_EQ(rows::parse(page, "").error().code, errc::limit_exceeded);
}

}  // namespace
}  // namespace helenus::cql
