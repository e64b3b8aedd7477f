#pragma once

#include "base/result.h"
#include "base/task.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace helenus::http {

/// Bodies below this size are not worth the work.
constexpr std::size_t least_compressed_bytes = 256;

/// `body` in the gzip format. Lets others work in between: the segments of a large run are tens of
/// MiB. Cancellation unwinds.
task<std::string> gzip(std::string body);

/// What is in a gzip body of one or more members. errc::bad_message when it is damaged or cut off,
/// errc::body_too_large when more than `most` bytes come out: it stops there, so that a small bomb
/// costs little.
result<std::string> gunzip(std::string_view body, std::uint64_t most);

}  // namespace helenus::http
