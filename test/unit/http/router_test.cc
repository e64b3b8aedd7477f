#include "http/router.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::http {
namespace {

route make(method verb, const char* pattern) {
  return {verb, pattern, availability::always, "", {}};
}

class router_test : public ::testing::Test {
 protected:
  router routes = [] {
    router made;
    made.add(make(method::get, "/repair_run"));
    made.add(make(method::post, "/repair_run"));
    made.add(make(method::post, "/repair_run/purge"));
    made.add(make(method::get, "/repair_run/{id}"));
    made.add(make(method::put, "/repair_run/{id}/state/{state}"));
    made.add(make(method::get, "/repair_run/cluster/{name}"));
    made.add(make(method::get, "/repair_run/{id}/segments"));
    return made;
  }();

  /// The pattern and its parameters, or "405 allow", or "404".
  std::string find(method verb, std::vector<std::string> path) {
    const auto match = routes.find(verb, path);
    if (const auto* found = std::get_if<router::found>(&match)) {
      auto text = found->what->pattern;
      for (const auto& parameter : found->path_parameters) text += " " + parameter;
      return text;
    }
    if (const auto* wrong = std::get_if<router::wrong_method>(&match)) return "405 " + wrong->allow;
    return "404";
  }
};

TEST_F(router_test, parameters_are_given_in_their_order) {
  EXPECT_EQ(find(method::put, {"repair_run", "1", "state", "PAUSED"}),
            "/repair_run/{id}/state/{state} 1 PAUSED");
}

TEST_F(router_test, a_literal_wins_over_a_parameter_even_for_another_method) {
  EXPECT_EQ(find(method::get, {"repair_run", "purge"}), "405 POST,OPTIONS");
}

TEST_F(router_test, a_literal_that_leads_nowhere_falls_back_to_a_parameter) {
  EXPECT_EQ(find(method::get, {"repair_run", "purge", "segments"}),
            "/repair_run/{id}/segments purge");
}

TEST_F(router_test, all_routes_are_listed_once) {
  std::set<std::pair<method, std::string>> listed;
  for (const auto* one : routes.routes()) listed.emplace(one->verb, one->pattern);
  EXPECT_EQ(routes.routes().size(), 7U);
  EXPECT_EQ(listed.size(), 7U);
  EXPECT_TRUE(listed.contains({method::put, "/repair_run/{id}/state/{state}"}));
}

TEST_F(router_test, head_finds_get) {
  EXPECT_EQ(find(method::head, {"repair_run"}), "/repair_run");
}

TEST_F(router_test, a_known_path_names_its_methods) {
  EXPECT_EQ(find(method::del, {"repair_run"}), "405 GET,POST,HEAD,OPTIONS");
  EXPECT_EQ(find(method::other, {"repair_run"}), "405 GET,POST,HEAD,OPTIONS");
}

TEST_F(router_test, unknown_paths_and_empty_parameters_are_not_found) {
  EXPECT_EQ(find(method::get, {}), "404");
  EXPECT_EQ(find(method::get, {"repair_run", "1", "state"}), "404");
  EXPECT_EQ(find(method::get, {"repair_run", ""}), "404");
  EXPECT_EQ(find(method::get, {"Repair_run"}), "404");
}

}  // namespace
}  // namespace helenus::http
