#include "api/problem.h"

#include "api/errc.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cluster/errc.h"
#include "crypto/errc.h"
#include "http/errc.h"
#include "management/errc.h"
#include "repair/errc.h"
#include "storage/errc.h"

#include <array>
#include <cstdio>

namespace helenus::api {
namespace {

int status_of_request(errc value) {
  switch (value) {
    case errc::bad_parameter:
      return 400;
    case errc::not_an_integer:  // as the framework of Reaper answers; clients expect it
    case errc::not_a_uuid:
    case errc::unknown:
      return 404;
    case errc::conflict:
      return 409;
    case errc::wrong_media_type:
      return 415;
  }
  return 500;
}

int status_of_repair(repair::errc value) {
  switch (value) {
    case repair::errc::unknown_run:
    case repair::errc::unknown_segment:
    case repair::errc::unknown_keyspace:
    case repair::errc::unknown_table:
    case repair::errc::unknown_datacenter:
    case repair::errc::unknown_node:
      return 404;
    case repair::errc::nothing_to_repair:
    case repair::errc::invalid_request:
    case repair::errc::unsupported:
      return 400;
    case repair::errc::illegal_transition:
    case repair::errc::unit_busy:
    case repair::errc::scheduled:
    case repair::errc::wrong_owner:
    case repair::errc::still_running:
    case repair::errc::mixed_versions:
      return 409;
    case repair::errc::ring_inconsistent:
      return 500;
    case repair::errc::stopping:
      return 503;
  }
  return 500;
}

int status_of_cluster(cluster::errc value) {
  switch (value) {
    case cluster::errc::unknown_cluster:
      return 404;
    case cluster::errc::unreachable:
      return 500;
    case cluster::errc::wrong_cluster:
    case cluster::errc::empty_ring:
      return 400;
    case cluster::errc::in_use:
      return 409;
  }
  return 500;
}

int status_of_storage(storage::errc value) {
  switch (value) {
    case storage::errc::not_found:
      return 404;
    case storage::errc::superseded:
    case storage::errc::conflict:
      return 409;
    default:
      return 503;  // it may be there again later, perhaps after somebody made room
  }
}

int status_of_base(base::errc value) {
  switch (value) {
    case base::errc::invalid_argument:
    case base::errc::limit_exceeded:
      return 400;
    case base::errc::not_found:
      return 404;
    case base::errc::timed_out:
      return 504;
    case base::errc::unavailable:
    case base::errc::closed:
    case base::errc::cancelled:
      return 503;
    case base::errc::internal:
      return 500;
  }
  return 500;
}

/// Errors of reading what a client sent.
int status_of_message(http::errc value) {
  switch (value) {
    case http::errc::bad_target:
    case http::errc::bad_message:
      return 400;
    case http::errc::head_too_large:
      return 431;
    case http::errc::body_too_large:
      return 413;
    case http::errc::unknown_coding:
      return 415;
    case http::errc::too_slow:
      return 408;
  }
  return 500;
}

bool is_of_framework_kind(const error& failure) {
  return failure.code == errc::not_an_integer || failure.code == errc::not_a_uuid ||
         failure.code == errc::wrong_media_type;
}

/// True for errors that modules document: their text tells a person what to do.
bool is_expected(const error& failure) {
  const auto& category = failure.code.category();
  return failure.code != base::errc::internal &&
         (category == api_category() || category == repair::category() ||
          category == cluster::category() || category == storage::category() ||
          category == management::category() || category == crypto::category() ||
          category == http::http_category() || category == base::generic_category());
}

}  // namespace

int status_of(const error& failure) {
  const auto value = failure.code.value();
  const auto& category = failure.code.category();
  if (category == api_category()) return status_of_request(static_cast<errc>(value));
  if (category == repair::category()) return status_of_repair(static_cast<repair::errc>(value));
  if (category == cluster::category()) return status_of_cluster(static_cast<cluster::errc>(value));
  if (category == storage::category()) return status_of_storage(static_cast<storage::errc>(value));
  if (category == http::http_category()) return status_of_message(static_cast<http::errc>(value));
  if (category == base::generic_category()) return status_of_base(static_cast<base::errc>(value));
  return 500;
}

http::response to_response(const error& failure) {
  const auto status = status_of(failure);
  if (is_of_framework_kind(failure)) return http::error_response(status);
  if (!is_expected(failure)) {
    std::array<char, 17> id{};
    std::snprintf(id.data(), id.size(), "%016llx",
                  static_cast<unsigned long long>(base::random_bits()));
    base::log_error("api", "a request failed", {{"id", id.data()}, {"error", failure.message()}});
    return http::error_response(
        status, "There was an error processing your request. It has been logged (ID " +
                    std::string(id.data()) + ").");
  }
  http::response answer{
      .status = status, .content_type = "application/json", .body = failure.message()};
  if (status == 503) answer.headers.push_back({"Retry-After", "5"});
  return answer;
}

}  // namespace helenus::api
