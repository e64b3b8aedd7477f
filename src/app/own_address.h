#pragma once

#include "base/clock.h"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace helenus::app {

/// The address of this host's name, as Reaper tells others where it works; "127.0.0.1" when the
/// name has none. For people.
boost::asio::awaitable<std::string> own_address(base::clock& clock);

}  // namespace helenus::app
