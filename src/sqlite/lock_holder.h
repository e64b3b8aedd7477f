#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace helenus::sqlite {

/// The process that holds a lock on the file, from /proc/locks; empty when nobody does or the
/// system does not tell (another pid namespace, another machine). Does not open the file: closing
/// it again would give up this process's own locks on it.
std::optional<pid_t> lock_holder(const std::filesystem::path& file);

/// The same from the text of /proc/locks, for the file with this inode.
std::optional<pid_t> lock_holder_in(std::string_view locks, std::uint64_t inode,
                                    unsigned device_major, unsigned device_minor);

}  // namespace helenus::sqlite
