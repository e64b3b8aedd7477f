#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "cql/options.h"
#include "cql/session.h"
#include "cql/wire.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct helenus_cql_session;
struct helenus_cql_outcome;

namespace helenus::cql {

/// The session over the Rust library in driver/.
///
/// Requests are known to the driver by numbers only. Its thread posts how they ended to the io
/// thread, where a number that nobody waits for any more is nobody's: a cancelled request has
/// nothing that could be touched.
class driver_session final : public session {
 public:
  static task<std::unique_ptr<session>> connect(base::clock& clock, session_options options);
  ~driver_session() override;
  driver_session(const driver_session&) = delete;
  driver_session& operator=(const driver_session&) = delete;

  task<rows> execute(statement what) override;
  task<rows> execute_batch(batch what) override;
  task<void> prepare(std::string text) override;
  task<void> change_schema(std::string text) override;
  task<base::uuid> agree_on_schema() override;
  task<std::vector<node>> nodes() override;
  task<void> renew(std::optional<credentials> login,
                   std::shared_ptr<const net::tls_context> tls) override;
  task<void> close() override;

 private:
  struct outcome {
    std::int32_t code = 0;
    std::string detail;
    std::string body;
    std::string paging_state;
  };
  struct request {
    explicit request(boost::asio::any_io_executor executor) : ended(std::move(executor)) {}
    base::event ended;
    std::optional<driver_session::outcome> outcome;
  };
  /// What the driver's thread knows of us: it outlives both.
  struct mailbox {
    boost::asio::any_io_executor executor;
    driver_session* owner;  // io thread only; null when there is none any more
  };
  class waiting;

  driver_session(base::clock& clock, boost::asio::any_io_executor executor,
                 session_options options);
  static void ended(void* context, const helenus_cql_outcome* outcome) noexcept;
  void end(std::uint64_t number, outcome outcome);
  void stop();
  void end_all();
  result<void> start();
  /// Whether a request may change something, which is not known when it gets no answer.
  enum class effect { none, possible };
  task<outcome> wait_for(std::uint64_t number, base::clock::duration limit, effect after,
                         std::string what);
  task<outcome> send(std::string bytes, std::chrono::milliseconds timeout, effect after,
                     std::string what);
  task<const wire::places*> places_of(std::string_view text, std::chrono::milliseconds timeout);

  base::clock& clock_;
  boost::asio::any_io_executor executor_;
  session_options options_;
  std::shared_ptr<mailbox> mailbox_;
  helenus_cql_session* driver_ = nullptr;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, request*> requests_;
  std::unordered_map<std::string, wire::places> places_;
};

}  // namespace helenus::cql
