#include "base/secret.h"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>

namespace helenus::base {
namespace {

template <class Text>
concept printable = requires(std::ostream& out, const Text& text) { out << text; };

static_assert(!printable<secret>);
static_assert(!std::convertible_to<secret, std::string_view>);

TEST(secret_test, a_moved_secret_leaves_nothing_behind) {
  secret first("a rather long password, not stored in place");
  const secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "a rather long password, not stored in place");
  EXPECT_TRUE(first.empty());  // NOLINT: what is left behind is what is tested
}

TEST(secret_test, assignment_replaces_the_text) {
  secret kept("old");
  const secret other("new");
  kept = other;
  EXPECT_EQ(kept.reveal(), "new");
  kept = secret("newest");
  EXPECT_EQ(kept.reveal(), "newest");
}

}  // namespace
}  // namespace helenus::base
