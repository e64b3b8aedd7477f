#pragma once

#include "base/result.h"
#include "cql/options.h"
#include "cql/row.h"
#include "cql/session.h"
#include "cql/statement.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Requests to the driver as bytes, and its answers from bytes: what driver/src/request.rs reads
/// and writes. Pure.
namespace helenus::cql::wire {

/// A prepared statement's `?`: names and types.
using places = std::vector<column>;

/// What the driver needs of the options. It holds the password: wipe() it.
std::string options(const session_options& of);
/// Overwrites bytes that hold a secret.
void wipe(std::string& bytes);

std::string prepare(std::string_view text, std::chrono::milliseconds timeout);
std::string execute(const statement& what, const session_options& defaults);
std::string execute_batch(const batch& what, const session_options& defaults);
std::string change_schema(std::string_view text, std::chrono::milliseconds timeout);
std::string agree_on_schema(std::chrono::milliseconds timeout);
std::string ask_nodes();

/// Answers. Errors: malformed, limit_exceeded.
result<places> read_places(std::string_view body);
result<std::vector<node>> read_nodes(std::string_view body);
result<base::uuid> read_version(std::string_view body);

/// Whether the values fit the places: as many, and of their types. Errors: invalid, wrong_type.
result<void> check(const places& expected, const std::vector<value>& values);

/// Whether a statement only reads: it begins with SELECT.
bool reads(std::string_view text);

}  // namespace helenus::cql::wire
