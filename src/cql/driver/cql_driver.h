#pragma once

#include <cstddef>
#include <cstdint>

/// The C ABI of the Rust library beside this file. Nothing but these functions, and bytes that one
/// side copies before it returns to the other, crosses between the two: neither frees what the
/// other made, and a request is known by its number, so that no pointer can outlive what it points
/// to. No panic leaves the library.
///
/// The layout of requests is written in cql/wire.h and read in driver/src/request.rs; that of
/// answers the other way round. Numbers are big-endian, as in the native protocol.
extern "C" {

struct helenus_cql_session;

/// How a request ended. The bytes are the driver's and valid during the call.
struct helenus_cql_outcome {
  std::uint64_t request;
  std::int32_t code;  ///< 0, or a value of cql::errc
  const char* detail;
  std::size_t detail_size;
  const char* body;
  std::size_t body_size;
  const char* paging_state;
  std::size_t paging_state_size;
};

/// Called on the driver's thread, at most once per request.
typedef void (*helenus_cql_ended)(void* context, const helenus_cql_outcome* outcome);

/// Starts the driver's thread, which connects; request 0 ends with the success or failure of that.
/// `tls` is an SSL_CTX of which a reference is taken, or null. Null when no thread can be started.
helenus_cql_session* helenus_cql_open(const char* options, std::size_t size, void* tls,
                                      helenus_cql_ended ended, void* context);

/// Hands over a request; `number` is not 0 and never used again.
void helenus_cql_submit(helenus_cql_session* session, std::uint64_t number, const char* request,
                        std::size_t size);

/// Has the session connect with these options in place of its own. A request like others; while it
/// is under way, and when it fails, all goes on as before. Those under way then end where they are.
void helenus_cql_renew(helenus_cql_session* session, std::uint64_t number, const char* options,
                       std::size_t size, void* tls);

/// Forgets a request. It may still end, if it was about to.
void helenus_cql_cancel(helenus_cql_session* session, std::uint64_t number);

/// Ends the thread with all requests and connections, and frees the session. After the return
/// `ended` is not called any more.
void helenus_cql_close(helenus_cql_session* session);
}
