#include "sqlite/lock_holder.h"

#include <gtest/gtest.h>

namespace helenus::sqlite {
namespace {

constexpr std::string_view locks =
    "1: FLOCK  ADVISORY  WRITE 11 08:01:5678 0 EOF\n"
    "2: POSIX  ADVISORY  READ  22 fe:0a:77 1073741826 1073742335\n"
    "2: -> POSIX  ADVISORY  WRITE 33 fe:0a:78 1073741824 1073741824\n"
    "3: POSIX  ADVISORY  WRITE -1 fe:0a:79 0 EOF\n"
    "nonsense\n"
    "4: POSIX  ADVISORY  WRITE 44 fe:0a 0 EOF\n";

TEST(lock_holder, finds_the_process_that_holds_a_lock) {
  EXPECT_EQ(lock_holder_in(locks, 77, 0xfe, 0x0a), 22);
  EXPECT_EQ(lock_holder_in(locks, 5678, 8, 1), 11);
}

TEST(lock_holder, leaves_out_those_that_wait_and_those_it_can_not_see) {
  EXPECT_EQ(lock_holder_in(locks, 78, 0xfe, 0x0a), std::nullopt);
  EXPECT_EQ(lock_holder_in(locks, 79, 0xfe, 0x0a), std::nullopt);
}

TEST(lock_holder, does_not_mix_up_devices) {
  EXPECT_EQ(lock_holder_in(locks, 77, 8, 1), std::nullopt);
  EXPECT_EQ(lock_holder_in("", 77, 8, 1), std::nullopt);
}

TEST(lock_holder, nobody_holds_a_file_that_is_not_there) {
  EXPECT_EQ(lock_holder("/nonexistent/file"), std::nullopt);
}

}  // namespace
}  // namespace helenus::sqlite
