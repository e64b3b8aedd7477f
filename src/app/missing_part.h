#pragma once

#include "app/startup_machine.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace helenus::app {

/// What a process in this state is busy with, as what is waited for; empty when it is with nothing.
std::string_view work_of(startup_state state);

/// What a step of the start lacked that failed so, in a few words: "the keyspace". The failure
/// itself says more. Pure.
std::string missing_part(startup_state step, const error& failure);

}  // namespace helenus::app
